// Compiled once for each instruction set, with RECURRA_ISA naming it.
#include "engine.h"

#include <algorithm>
#include <chrono>

#include "backward.h"
#include "denormals.h"
#include "pool.h"

namespace recurra {
namespace RECURRA_ISA {
namespace {

Scratch& own_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

Scratch& call_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

template <class C>
Side input_side(const Problem& p) {
  return {p.kernel, p.features, C::kXFirst, C::kXCount};
}
template <class C>
Side state_side(const Problem& p) {
  return {p.recurrent_kernel, p.units, C::kHFirst, C::kHCount};
}

template <class C>
Side candidate_side(const Problem& p) {
  return {p.recurrent_kernel, p.units, 0, C::kTwoPhases ? 1 : 0};
}

template <class C>
Packed<C> pack(const Problem& p, Scratch& scratch) {
  const Layout<C> layout(p);
  Packed<C> w{input_side<C>(p), state_side<C>(p), candidate_side<C>(p),
              nullptr, nullptr, nullptr, nullptr};
  const std::size_t bias = static_cast<std::size_t>(layout.blocks * C::kGates * kGroup);
  scratch.reserve(
      layout.packed_size(w.x) + layout.packed_size(w.h) + layout.packed_size(w.c) + bias, 4);
  layout.pack(w.x, w.kernel = scratch.take(layout.packed_size(w.x)));
  layout.pack(w.h, w.recurrent = scratch.take(layout.packed_size(w.h)));
  layout.pack(w.c, w.candidate = scratch.take(layout.packed_size(w.c)));
  layout.pack_bias(p, w.bias = scratch.take(bias));
  return w;
}

template <class C, bool PerGate>
void run_forward(const Problem& p, const Result& out, const Threads& threads) {
  const Plan plan(p);
  const Packed<C> w = pack<C>(p, call_scratch());
  run_pieces(plan.pieces(), threads, [&](int piece) {
    const FlushDenormals flush;
    ForwardPiece<C, PerGate>(p, out, plan, w, piece, own_scratch()).run();
  });
}

template <class C, bool PerGate>
void run_backward(const Problem& p, const Upstream& up, const Gradients& out,
                  const Threads& threads) {
  const Layout<C> layout(p);
  const Plan plan(p);
  Turned<C> w{input_side<C>(p), state_side<C>(p), candidate_side<C>(p), nullptr, nullptr, nullptr};
  const std::size_t pieces = static_cast<std::size_t>(plan.pieces());
  const std::size_t kernel = layout.packed_size(w.x), recurrent = layout.packed_size(w.h);
  const std::size_t candidate = layout.packed_size(w.c);
  const std::size_t bias = static_cast<std::size_t>(layout.blocks * C::kGates * kGroup);
  Scratch& scratch = call_scratch();
  scratch.reserve(layout.turned_size(w.x) + layout.turned_size(w.h) + layout.turned_size(w.c) +
                      pieces * (kernel + recurrent + candidate + bias),
                  3 + 4 * plan.pieces());
  layout.turn(w.x, w.kernel = scratch.take(layout.turned_size(w.x)));
  layout.turn(w.h, w.recurrent = scratch.take(layout.turned_size(w.h)));
  layout.turn(w.c, w.candidate = scratch.take(layout.turned_size(w.c)));
  std::vector<const float*> kernels(pieces), recurrents(pieces), candidates(pieces);
  std::vector<const float*> biases(pieces);
  std::vector<Sums> sums(pieces);
  for (std::size_t i = 0; i < pieces; ++i) {
    sums[i] = {scratch.take(kernel), scratch.take(recurrent), scratch.take(candidate),
               scratch.take(bias)};
    kernels[i] = sums[i].kernel;
    recurrents[i] = sums[i].recurrent;
    candidates[i] = sums[i].candidate;
    biases[i] = sums[i].bias;
  }
  run_pieces(plan.pieces(), threads, [&](int piece) {
    const FlushDenormals flush;
    BackwardPiece<C, PerGate>(p, up, out, plan, w, sums[static_cast<std::size_t>(piece)], piece,
                              own_scratch())
        .run();
  });
  const FlushDenormals flush;
  layout.unpack(w.x, kernels.data(), plan.pieces(), out.kernel);
  layout.unpack(w.h, recurrents.data(), plan.pieces(), out.recurrent_kernel);
  layout.unpack(w.c, candidates.data(), plan.pieces(), out.recurrent_kernel);
  if (out.bias != nullptr) layout.unpack_bias(biases.data(), plan.pieces(), out.bias);
}

// Calls body with the cell's type and whether dropout masks differ by gate.
template <class Body>
auto with_cell(const Problem& p, Body&& body) {
  const bool per_gate = (p.dropout.data != nullptr && p.dropout.per_gate) ||
                        (p.recurrent_dropout.data != nullptr && p.recurrent_dropout.per_gate);
  if (p.cell == Cell::lstm) {
    return per_gate ? body(Lstm{}, std::true_type{}) : body(Lstm{}, std::false_type{});
  }
  if (p.cell == Cell::gru && !p.reset_after) {
    return per_gate ? body(GruBefore{}, std::true_type{}) : body(GruBefore{}, std::false_type{});
  }
  if (p.cell == Cell::gru) {
    return per_gate ? body(GruAfter{}, std::true_type{}) : body(GruAfter{}, std::false_type{});
  }
  switch ((p.units + kGroup - 1) / kGroup) {
    case 1: return body(SimpleRnn<1>{}, std::false_type{});
    case 2: return body(SimpleRnn<2>{}, std::false_type{});
    default: return body(SimpleRnn<4>{}, std::false_type{});
  }
}

void forward(const Problem& p, const Result& out, const Threads& threads) {
  with_cell(p, [&](auto cell, auto per_gate) {
    run_forward<decltype(cell), decltype(per_gate)::value>(p, out, threads);
  });
}

void backward(const Problem& p, const Upstream& up, const Gradients& out, const Threads& threads) {
  with_cell(p, [&](auto cell, auto per_gate) {
    run_backward<decltype(cell), decltype(per_gate)::value>(p, up, out, threads);
  });
}

template <class C>
class Steps : public Stepper::Engine {
 public:
  explicit Steps(const Problem& p) : p_(sizes(p)), plan_(p_), w_(pack<C>(p, weights_)) {}

  void step(const float* x, float* h, float* c) override {
    p_.x = x;
    p_.h0 = h;
    p_.c0 = c;
    Result out;
    out.h = h;
    out.c = c;
    const FlushDenormals flush;
    for (int piece = 0; piece < plan_.pieces(); ++piece) {
      ForwardPiece<C, false>(p_, out, plan_, w_, piece, scratch_).run();
    }
  }

 private:
  static Problem sizes(const Problem& p) {
    Problem one;
    one.cell = p.cell;
    one.activation = p.activation;
    one.reset_after = p.reset_after;
    one.batch = p.batch;
    one.time = 1;
    one.features = p.features;
    one.units = p.units;
    return one;
  }

  Problem p_;
  const Plan plan_;
  Scratch weights_, scratch_;
  const Packed<C> w_;
};

std::unique_ptr<Stepper::Engine> stepper(const Problem& p) {
  return with_cell(p, [&](auto cell, auto) -> std::unique_ptr<Stepper::Engine> {
    return std::make_unique<Steps<decltype(cell)>>(p);
  });
}

std::size_t saved_size(const Problem& p) {
  return with_cell(p, [&](auto cell, auto) {
    using C = decltype(cell);
    return static_cast<std::size_t>(p.batch * p.time * Layout<C>(p).blocks * C::kRecord * kGroup);
  });
}

// As many independent sums as the tiles of the products keep.
double peak_rate() {
  using Clock = std::chrono::steady_clock;
  constexpr int kSums = kTileRows * 4, kTurns = 100'000;
  volatile float factor = 0.999f, term = 0.001f, first = 1.0f;
  const Vec a = splat(factor), b = splat(term);
  double best = 0;
  for (const auto end = Clock::now() + std::chrono::milliseconds(100); Clock::now() < end;) {
    Vec sums[kSums];
    for (int i = 0; i < kSums; ++i) sums[i] = splat(first);
    const auto start = Clock::now();
    for (int turn = 0; turn < kTurns; ++turn) {
#pragma GCC unroll 24
      for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * a + b;
    }
    const std::chrono::duration<double> seconds = Clock::now() - start;
    volatile float sink = 0;
    for (int i = 0; i < kSums; ++i) sink = sink + sums[i][0];
    best = std::max(best, 2.0 * kLanes * kSums * kTurns / seconds.count());
  }
  return best;
}

#define RECURRA_TEXT_(name) #name
#define RECURRA_TEXT(name) RECURRA_TEXT_(name)

}  // namespace

extern const Engine engine;
const Engine engine = {RECURRA_TEXT(RECURRA_ISA), forward, backward,
                       saved_size, stepper, peak_rate};

}  // namespace RECURRA_ISA
}  // namespace recurra
