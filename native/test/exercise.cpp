// Every cell forward, backward and by step, from several threads at once, on threads of our own and
// on lent ones: each must compute to the bit what one thread computes. Made for ThreadSanitizer and
// AddressSanitizer; it needs no Python.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "recurra/kernels.h"

namespace {

using Floats = std::vector<float>;

// Lends a new thread for every task; joins them when it goes.
class NewThreads : public recurra::Lender {
 public:
  ~NewThreads() override {
    for (std::thread& thread : started_) thread.join();
  }
  int threads() const override { return 3; }
  void start(std::function<void()> task) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    started_.emplace_back(std::move(task));
  }

 private:
  mutable std::mutex mutex_;
  mutable std::vector<std::thread> started_;
};

struct Shape {
  std::int64_t batch, time, features, units;
};

// A problem with all its arrays; the same numbers for the same seed.
struct Case {
  recurra::Problem p;
  std::vector<Floats> arrays;
  std::vector<std::uint8_t> mask;
  std::mt19937 random{7};

  Case(recurra::Cell cell, bool reset_after, Shape s, bool masked, bool dropped) {
    const std::int64_t gates = cell == recurra::Cell::lstm ? 4 : cell == recurra::Cell::gru ? 3 : 1;
    p.cell = cell;
    p.reset_after = reset_after;
    p.batch = s.batch, p.time = s.time, p.features = s.features, p.units = s.units;
    arrays.reserve(16);
    p.x = draw(s.batch * s.time * s.features);
    p.kernel = draw(s.features * gates * s.units);
    p.recurrent_kernel = draw(s.units * gates * s.units);
    const bool two = cell == recurra::Cell::gru && reset_after;
    p.bias = draw((two ? 2 : 1) * gates * s.units);
    p.h0 = draw(s.batch * s.units);
    if (cell == recurra::Cell::lstm) p.c0 = draw(s.batch * s.units);
    if (masked) {
      for (std::int64_t i = 0; i < s.batch * s.time; ++i) mask.push_back(random() % 3 != 0);
      p.mask = mask.data();
    }
    if (dropped) {
      p.dropout = {draw(gates * s.batch * s.features), gates > 1};
      p.recurrent_dropout = {draw(gates * s.batch * s.units), gates > 1};
    }
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  const float* draw(std::int64_t count) {
    std::uniform_real_distribution<float> number(-0.5f, 0.5f);
    Floats array(static_cast<std::size_t>(count));
    for (float& value : array) value = number(random);
    arrays.push_back(std::move(array));
    return arrays.back().data();
  }
};

// All outputs and gradients, one after another.
Floats everything(const recurra::Problem& p, const recurra::Threads& threads) {
  const std::int64_t gates = p.cell == recurra::Cell::lstm ? 4 : p.cell == recurra::Cell::gru ? 3 : 1;
  const std::int64_t states = p.batch * p.units, weights = gates * p.units;
  const std::int64_t biases = weights * (p.cell == recurra::Cell::gru && p.reset_after ? 2 : 1);
  const std::int64_t sizes[] = {states * p.time, states, states, p.batch * p.time * p.features,
                                states, states, p.features * weights, p.units * weights, biases};
  std::int64_t total = 0;
  for (std::int64_t size : sizes) total += size;
  Floats all(static_cast<std::size_t>(total)), saved(recurra::saved_size(p));
  float* at[9];
  float* next = all.data();
  for (int i = 0; i < 9; ++i) {
    at[i] = next;
    next += sizes[i];
  }
  recurra::forward(p, {at[0], at[1], at[2], saved.data()}, threads);
  const recurra::Upstream up{at[0], saved.data(), at[0], at[1],
                             p.cell == recurra::Cell::lstm ? at[2] : nullptr};
  recurra::backward(p, up, {at[3], at[4], at[5], at[6], at[7], at[8]}, threads);
  return all;
}

int failures = 0;
std::mutex failures_mutex;

void expect_same(const Floats& a, const Floats& b, const char* what) {
  if (std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0) return;
  std::lock_guard<std::mutex> lock(failures_mutex);
  std::printf("differs: %s\n", what);
  ++failures;
}

void steps_equal_the_sequence(const Case& c) {
  const recurra::Problem& p = c.p;
  const std::size_t states = static_cast<std::size_t>(p.batch * p.units);
  Floats h(states), cell(states), expected(states), end(states);
  std::copy(p.h0, p.h0 + states, h.begin());
  if (p.c0 != nullptr) std::copy(p.c0, p.c0 + states, cell.begin());
  recurra::forward(p, {nullptr, expected.data(), end.data(), nullptr}, {1, nullptr});
  recurra::Stepper stepper(p);
  Floats x(static_cast<std::size_t>(p.batch * p.features));
  for (std::int64_t t = 0; t < p.time; ++t) {
    for (std::int64_t b = 0; b < p.batch; ++b) {
      const float* from = p.x + (b * p.time + t) * p.features;
      std::copy(from, from + p.features, x.begin() + b * p.features);
    }
    stepper.step(x.data(), h.data(), p.c0 == nullptr ? nullptr : cell.data());
  }
  for (std::size_t i = 0; i < states; ++i) {
    if (std::abs(h[i] - expected[i]) < 1e-5f) continue;
    std::printf("differs: steps, unit %zu: %g, %g\n", i, h[i], expected[i]);
    ++failures;
    return;
  }
}

void exercise(const Case& c) {
  const Floats alone = everything(c.p, {1, nullptr});
  expect_same(alone, everything(c.p, {3, nullptr}), "three threads");
  {
    const NewThreads lender;
    expect_same(alone, everything(c.p, {0, &lender}), "lent threads");
  }
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] { expect_same(alone, everything(c.p, {2, nullptr}), "callers"); });
  }
  for (std::thread& caller : callers) caller.join();
}

}  // namespace

int main() {
  const Shape shapes[] = {{1, 9, 3, 5}, {5, 4, 20, 18}, {30, 3, 5, 33}, {0, 3, 2, 4}, {3, 0, 2, 4}};
  int cases = 0;
  for (const char* const* name = recurra::instruction_sets(); *name != nullptr; ++name) {
    recurra::use_instruction_set(*name);
    for (const Shape& shape : shapes) {
      for (int kind = 0; kind < 4; ++kind) {
        const recurra::Cell cells[] = {recurra::Cell::simple_rnn, recurra::Cell::lstm,
                                       recurra::Cell::gru, recurra::Cell::gru};
        for (int options = 0; options < 4; ++options, ++cases) {
          const Case c(cells[kind], kind != 3, shape, options % 2 == 1, options / 2 == 1);
          exercise(c);
          if (options == 0) steps_equal_the_sequence(c);
        }
      }
    }
  }
  std::printf("%d cases, %d failures\n", cases, failures);
  return failures == 0 ? 0 : 1;
}
