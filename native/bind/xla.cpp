// The core as XLA custom calls on the CPU.
//
// Operands that are optional follow a bit set, `given`, so that one handler serves every option.
// Forward: x, kernel, recurrent_kernel, then bias, h0, c0, mask, dropout, recurrent dropout where
// given; results sequence unless it is not wanted, h, then c for an LSTM, then saved where asked,
// or a ticket (two 32-bit words) for what is kept in memory of our own.
// Backward: the same operands, then sequence, saved or the ticket, then d_sequence where given, d_h,
// and d_c for an LSTM; results dx, dh0, then dc0 for an LSTM, dkernel, drecurrent, then dbias where
// given.
#include "xla.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "pages.h"
#include "records.h"
#include "recurra/kernels.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace {

enum Given : std::int64_t {
  kBias = 1, kH0 = 2, kC0 = 4, kMask = 8, kDropout = 16, kRecurrentDropout = 32, kDSequence = 64,
  kSaved = 128, kNoSequence = 256, kTicket = 512
};

constexpr std::int64_t kGruBefore = 3;  // a GRU without `reset_after`

struct Attributes {
  std::int64_t cell, activation, given, go_backwards, zero_output_for_mask;
};

// Takes buffers one after another and remembers whether one was missing or of another size.
template <class Buffers>
class Taker {
 public:
  explicit Taker(const Buffers& buffers) : buffers_(buffers) {}

  // The next buffer's data, which must hold `count` elements of `type`.
  void* take(std::int64_t count, ffi::DataType type = ffi::DataType::F32) {
    ffi::AnyBuffer buffer = next();
    if (failed_ || buffer.element_type() != type ||
        static_cast<std::int64_t>(buffer.element_count()) != count) {
      failed_ = true;
      return nullptr;
    }
    return buffer.untyped_data();
  }
  float* floats(std::int64_t count) { return static_cast<float*>(take(count)); }
  // The same for a result that the call writes whole.
  float* room(std::int64_t count) {
    float* data = floats(count);
    if (data != nullptr) want_large_pages(data, static_cast<std::size_t>(count) * sizeof(float));
    return data;
  }

  // The next buffer's dimensions, without taking it.
  ffi::AnyBuffer peek() {
    ffi::AnyBuffer buffer = next();
    --at_;
    return buffer;
  }
  bool complete() const { return !failed_ && at_ == buffers_.size(); }
  bool failed() const { return failed_; }

 private:
  ffi::AnyBuffer next();
  const Buffers& buffers_;
  std::size_t at_ = 0;
  bool failed_ = false;
  XLA_FFI_Buffer none_{};  // stands for a buffer that is missing
  ffi::AnyBuffer empty_{&none_};
};

template <>
ffi::AnyBuffer Taker<ffi::RemainingArgs>::next() {
  auto buffer = buffers_.get<ffi::AnyBuffer>(at_++);
  failed_ = failed_ || !buffer.has_value();
  return failed_ ? empty_ : *buffer;
}

template <>
ffi::AnyBuffer Taker<ffi::RemainingRets>::next() {
  auto buffer = buffers_.get<ffi::AnyBuffer>(at_++);
  failed_ = failed_ || !buffer.has_value();
  return failed_ ? empty_ : **buffer;
}

std::int64_t gates_of(const recurra::Problem& p) {
  return p.cell == recurra::Cell::lstm ? 4 : p.cell == recurra::Cell::gru ? 3 : 1;
}

std::int64_t bias_size(const recurra::Problem& p) {
  return gates_of(p) * p.units * (p.cell == recurra::Cell::gru && p.reset_after ? 2 : 1);
}

recurra::Mask take_dropout(Taker<ffi::RemainingArgs>& args, const recurra::Problem& p,
                           std::int64_t inputs) {
  const ffi::AnyBuffer buffer = args.peek();
  const bool per_gate = !args.failed() && buffer.dimensions().size() == 3;
  const std::int64_t planes = per_gate ? gates_of(p) : 1;
  return {args.floats(planes * p.batch * inputs), per_gate && planes > 1};
}

recurra::Problem take_problem(Taker<ffi::RemainingArgs>& args, const Attributes& a) {
  recurra::Problem p;
  p.cell = a.cell == kGruBefore ? recurra::Cell::gru : static_cast<recurra::Cell>(a.cell);
  p.reset_after = a.cell != kGruBefore;
  p.activation = static_cast<recurra::Activation>(a.activation);
  p.go_backwards = a.go_backwards != 0;
  p.zero_output_for_mask = a.zero_output_for_mask != 0;
  const ffi::AnyBuffer x = args.peek();
  if (args.failed() || x.dimensions().size() != 3) return p;
  p.batch = x.dimensions()[0];
  p.time = x.dimensions()[1];
  p.features = x.dimensions()[2];
  p.x = args.floats(p.batch * p.time * p.features);
  const ffi::AnyBuffer kernel = args.peek();
  if (args.failed() || kernel.dimensions().size() != 2) return p;
  p.units = kernel.dimensions()[1] / gates_of(p);
  p.kernel = args.floats(p.features * gates_of(p) * p.units);
  p.recurrent_kernel = args.floats(p.units * gates_of(p) * p.units);
  if (a.given & kBias) p.bias = args.floats(bias_size(p));
  if (a.given & kH0) p.h0 = args.floats(p.batch * p.units);
  if (a.given & kC0) p.c0 = args.floats(p.batch * p.units);
  if (a.given & kMask) {
    p.mask = static_cast<const std::uint8_t*>(args.take(p.batch * p.time, ffi::DataType::PRED));
  }
  if (a.given & kDropout) p.dropout = take_dropout(args, p, p.features);
  if (a.given & kRecurrentDropout) p.recurrent_dropout = take_dropout(args, p, p.units);
  return p;
}

// The threads of the program that calls: they are awake, and no more than the machine has.
class Workers : public recurra::Lender {
 public:
  explicit Workers(ffi::ThreadPool pool) : pool_(pool) {}
  int threads() const override { return static_cast<int>(pool_.num_threads()); }
  void start(std::function<void()> task) const override { pool_.Schedule(std::move(task)); }

 private:
  mutable ffi::ThreadPool pool_;
};

ffi::Error wrong() {
  return ffi::Error::InvalidArgument("recurra: operands do not fit the call");
}

ffi::Error forward(ffi::ThreadPool pool, ffi::RemainingArgs operands,
                   ffi::RemainingRets results, std::int64_t cell,
                   std::int64_t activation, std::int64_t given, std::int64_t go_backwards,
                   std::int64_t zero_output_for_mask) {
  Taker<ffi::RemainingArgs> args(operands);
  Taker<ffi::RemainingRets> rets(results);
  const recurra::Problem p =
      take_problem(args, {cell, activation, given, go_backwards, zero_output_for_mask});
  if (!args.complete() || p.units < 1) return wrong();
  recurra::Result out;
  if (!(given & kNoSequence)) out.sequence = rets.room(p.batch * p.time * p.units);
  out.h = rets.floats(p.batch * p.units);
  if (p.cell == recurra::Cell::lstm) out.c = rets.floats(p.batch * p.units);
  if (given & kSaved) out.saved = rets.room(static_cast<std::int64_t>(recurra::saved_size(p)));
  void* ticket = (given & kTicket) ? rets.take(2, ffi::DataType::U32) : nullptr;
  if (!rets.complete()) return wrong();
  const Workers workers(pool);
  if (ticket == nullptr) {
    recurra::forward(p, out, {0, &workers});
    return ffi::Error::Success();
  }
  const Records::Hold record = Records::shared().open(recurra::saved_size(p));
  out.saved = record.data();
  recurra::forward(p, out, {0, &workers});
  const Records::Ticket number = record.ticket();
  std::memcpy(ticket, &number, sizeof number);
  return ffi::Error::Success();
}

// Goes back with the record of a ticket, or computes it again where it is gone.
void backward_of(const void* ticket, const recurra::Problem& p, recurra::Upstream up,
                 const recurra::Gradients& out, const recurra::Threads& threads) {
  Records::Ticket number;
  std::memcpy(&number, ticket, sizeof number);
  const std::size_t size = recurra::saved_size(p);
  const Records::Hold record = Records::shared().find(number, size);
  if (record.data() != nullptr) {
    up.saved = record.data();
    return recurra::backward(p, up, out, threads);
  }
  const std::size_t states = static_cast<std::size_t>(p.batch * p.units);
  std::vector<float> saved(size), h(states), c(states);
  recurra::forward(p, {nullptr, h.data(), c.data(), saved.data()}, threads);
  up.saved = saved.data();
  recurra::backward(p, up, out, threads);
}

ffi::Error backward(ffi::ThreadPool pool, ffi::RemainingArgs operands,
                    ffi::RemainingRets results, std::int64_t cell,
                    std::int64_t activation, std::int64_t given, std::int64_t go_backwards,
                    std::int64_t zero_output_for_mask) {
  Taker<ffi::RemainingArgs> args(operands);
  Taker<ffi::RemainingRets> rets(results);
  const recurra::Problem p =
      take_problem(args, {cell, activation, given, go_backwards, zero_output_for_mask});
  if (args.failed() || p.units < 1) return wrong();
  const bool lstm = p.cell == recurra::Cell::lstm;
  const std::int64_t states = p.batch * p.units;
  recurra::Upstream up;
  up.sequence = args.floats(states * p.time);
  const void* ticket = (given & kTicket) ? args.take(2, ffi::DataType::U32) : nullptr;
  if (ticket == nullptr) {
    up.saved = args.floats(static_cast<std::int64_t>(recurra::saved_size(p)));
  }
  if (given & kDSequence) up.d_sequence = args.floats(states * p.time);
  up.d_h = args.floats(states);
  if (lstm) up.d_c = args.floats(states);
  recurra::Gradients out;
  out.x = rets.room(p.batch * p.time * p.features);
  out.h0 = rets.floats(states);
  if (lstm) out.c0 = rets.floats(states);
  out.kernel = rets.floats(p.features * gates_of(p) * p.units);
  out.recurrent_kernel = rets.floats(p.units * gates_of(p) * p.units);
  if (given & kBias) out.bias = rets.floats(bias_size(p));
  if (!args.complete() || !rets.complete()) return wrong();
  const Workers workers(pool);
  if (ticket == nullptr) {
    recurra::backward(p, up, out, {0, &workers});
  } else {
    backward_of(ticket, p, up, out, {0, &workers});
  }
  return ffi::Error::Success();
}

auto binding() {
  return ffi::Ffi::Bind()
      .Ctx<ffi::ThreadPool>()
      .RemainingArgs()
      .RemainingRets()
      .Attr<std::int64_t>("cell")
      .Attr<std::int64_t>("activation")
      .Attr<std::int64_t>("given")
      .Attr<std::int64_t>("go_backwards")
      .Attr<std::int64_t>("zero_output_for_mask");
}

XLA_FFI_DEFINE_HANDLER(forward_handler, forward, binding());
XLA_FFI_DEFINE_HANDLER(backward_handler, backward, binding());

}  // namespace

void* xla_forward() {
  keep_freed_blocks();
  return reinterpret_cast<void*>(forward_handler);
}
void* xla_backward() { return reinterpret_cast<void*>(backward_handler); }
