// NumPy arrays in, NumPy arrays out; no copies. Shapes are checked here, meanings in Python.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "recurra/kernels.h"
#ifdef RECURRA_XLA
#include "records.h"
#include "xla.h"
#endif

namespace nb = nanobind;
using namespace nb::literals;

namespace {

template <class T>
using In = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;
template <class T>
using Out = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
template <class T>
using Maybe = std::optional<T>;

template <class Array>
void expect(const Array& array, std::initializer_list<std::int64_t> shape, const char* name) {
  bool same = array.ndim() == shape.size();
  std::size_t axis = 0;
  for (const std::int64_t size : shape) {
    same = same && static_cast<std::int64_t>(array.shape(axis++)) == size;
    if (!same) break;
  }
  if (!same) throw std::invalid_argument(std::string(name) + " has another shape than the call");
}

template <class Array>
auto pointer(const Maybe<Array>& array, std::initializer_list<std::int64_t> shape,
             const char* name) -> decltype(array->data()) {
  if (!array) return nullptr;
  expect(*array, shape, name);
  return array->data();
}

recurra::Mask dropout(const Maybe<In<float>>& mask, std::int64_t gates, std::int64_t batch,
                      std::int64_t inputs, const char* name) {
  if (!mask) return {};
  if (mask->ndim() == 2) {
    expect(*mask, {batch, inputs}, name);
    return {mask->data(), false};
  }
  expect(*mask, {gates, batch, inputs}, name);
  return {mask->data(), gates > 1};
}

bool two_biases(const recurra::Problem& p) {
  return p.cell == recurra::Cell::gru && p.reset_after;
}

// A checked problem; it keeps the caller's arrays alive.
struct Call {
  recurra::Problem p;
  std::int64_t gates = 4;
  In<float> x, kernel, recurrent_kernel;
  Maybe<In<float>> bias, h0, c0, dropout_mask, recurrent_dropout_mask;
  Maybe<In<bool>> mask;
  Maybe<In<std::int64_t>> lengths;

  void check_weights() {
    if (p.units < 1) throw std::invalid_argument("units must be at least 1");
    expect(kernel, {p.features, gates * p.units}, "kernel");
    expect(recurrent_kernel, {p.units, gates * p.units}, "recurrent_kernel");
    p.kernel = kernel.data();
    p.recurrent_kernel = recurrent_kernel.data();
    p.bias = two_biases(p) ? pointer(bias, {2, gates * p.units}, "bias")
                           : pointer(bias, {gates * p.units}, "bias");
  }

  void check() {
    if (x.ndim() != 3 || recurrent_kernel.ndim() != 2) {
      throw std::invalid_argument("x has three axes, recurrent_kernel two");
    }
    p.batch = static_cast<std::int64_t>(x.shape(0));
    p.time = static_cast<std::int64_t>(x.shape(1));
    p.features = static_cast<std::int64_t>(x.shape(2));
    p.units = static_cast<std::int64_t>(recurrent_kernel.shape(0));
    p.x = x.data();
    check_weights();
    p.h0 = pointer(h0, {p.batch, p.units}, "h0");
    p.c0 = pointer(c0, {p.batch, p.units}, "c0");
    p.mask = reinterpret_cast<const std::uint8_t*>(pointer(mask, {p.batch, p.time}, "mask"));
    p.lengths = pointer(lengths, {p.batch}, "lengths");
    p.dropout = dropout(dropout_mask, gates, p.batch, p.features, "dropout_mask");
    p.recurrent_dropout =
        dropout(recurrent_dropout_mask, gates, p.batch, p.units, "recurrent_dropout_mask");
  }
};

recurra::Cell cell_of(const std::string& name) {
  if (name == "lstm") return recurra::Cell::lstm;
  if (name == "gru" || name == "gru_before") return recurra::Cell::gru;
  if (name == "simple_rnn") return recurra::Cell::simple_rnn;
  throw std::invalid_argument("cell is lstm, gru, gru_before or simple_rnn");
}

void name(Call& call, const std::string& cell, const std::string& activation) {
  call.p.cell = cell_of(cell);
  call.p.reset_after = cell != "gru_before";
  call.gates = call.p.cell == recurra::Cell::lstm ? 4 : call.p.cell == recurra::Cell::gru ? 3 : 1;
  if (activation == "relu") {
    call.p.activation = recurra::Activation::relu;
  } else if (activation == "linear") {
    call.p.activation = recurra::Activation::linear;
  } else if (activation != "tanh") {
    throw std::invalid_argument("activation is tanh, relu or linear");
  }
}

Call make_call(const std::string& cell, const std::string& activation, In<float> x,
               In<float> kernel, In<float> recurrent_kernel, Maybe<In<float>> bias,
               Maybe<In<float>> h0, Maybe<In<float>> c0, Maybe<In<bool>> mask,
               Maybe<In<std::int64_t>> lengths, Maybe<In<float>> dropout_mask,
               Maybe<In<float>> recurrent_dropout_mask, bool go_backwards,
               bool zero_output_for_mask) {
  Call call;
  call.x = x;
  call.kernel = kernel;
  call.recurrent_kernel = recurrent_kernel;
  call.bias = bias;
  call.h0 = h0;
  call.c0 = c0;
  call.mask = mask;
  call.lengths = lengths;
  call.dropout_mask = dropout_mask;
  call.recurrent_dropout_mask = recurrent_dropout_mask;
  call.p.go_backwards = go_backwards;
  call.p.zero_output_for_mask = zero_output_for_mask;
  name(call, cell, activation);
  call.check();
  return call;
}

void forward(const Call& call, Maybe<Out<float>> sequence, Out<float> h, Maybe<Out<float>> c,
             Maybe<Out<float>> saved, int threads) {
  const recurra::Problem& p = call.p;
  expect(h, {p.batch, p.units}, "h");
  recurra::Result out;
  out.sequence = pointer(sequence, {p.batch, p.time, p.units}, "sequence");
  out.h = h.data();
  out.c = pointer(c, {p.batch, p.units}, "c");
  if (p.cell == recurra::Cell::lstm && !c) throw std::invalid_argument("an LSTM needs c");
  out.saved = pointer(saved, {static_cast<std::int64_t>(recurra::saved_size(p))}, "saved");
  nb::gil_scoped_release release;
  recurra::forward(p, out, {threads, nullptr});
}

void backward(const Call& call, In<float> sequence, In<float> saved, Maybe<In<float>> d_sequence,
              Maybe<In<float>> d_h, Maybe<In<float>> d_c, Out<float> dx, Out<float> dh0,
              Maybe<Out<float>> dc0, Out<float> dkernel, Out<float> drecurrent,
              Maybe<Out<float>> dbias, int threads) {
  const recurra::Problem& p = call.p;
  expect(sequence, {p.batch, p.time, p.units}, "sequence");
  expect(saved, {static_cast<std::int64_t>(recurra::saved_size(p))}, "saved");
  expect(dx, {p.batch, p.time, p.features}, "dx");
  expect(dh0, {p.batch, p.units}, "dh0");
  expect(dkernel, {p.features, call.gates * p.units}, "dkernel");
  expect(drecurrent, {p.units, call.gates * p.units}, "drecurrent");
  if (p.cell == recurra::Cell::lstm && !dc0) throw std::invalid_argument("an LSTM needs dc0");
  recurra::Upstream up;
  up.sequence = sequence.data();
  up.saved = saved.data();
  up.d_sequence = pointer(d_sequence, {p.batch, p.time, p.units}, "d_sequence");
  up.d_h = pointer(d_h, {p.batch, p.units}, "d_h");
  up.d_c = pointer(d_c, {p.batch, p.units}, "d_c");
  recurra::Gradients out;
  out.x = dx.data();
  out.h0 = dh0.data();
  out.c0 = pointer(dc0, {p.batch, p.units}, "dc0");
  out.kernel = dkernel.data();
  out.recurrent_kernel = drecurrent.data();
  out.bias = two_biases(p) ? pointer(dbias, {2, 3 * p.units}, "dbias")
                           : pointer(dbias, {call.gates * p.units}, "dbias");
  nb::gil_scoped_release release;
  recurra::backward(p, up, out, {threads, nullptr});
}

std::size_t saved_size(const std::string& cell, std::int64_t batch, std::int64_t time,
                       std::int64_t units) {
  recurra::Problem p;
  p.cell = cell_of(cell);
  p.reset_after = cell != "gru_before";
  p.batch = batch;
  p.time = time;
  p.units = units;
  return recurra::saved_size(p);
}

// A layer that reads streams; it keeps the states' arrays alive and writes into them.
class Stepper {
 public:
  Stepper(const std::string& cell, const std::string& activation, In<float> kernel,
          In<float> recurrent_kernel, Maybe<In<float>> bias, Out<float> h, Maybe<Out<float>> c)
      : call_(weights_call(cell, activation, kernel, recurrent_kernel, bias, h)), h_(h), c_(c),
        steps_(call_.p) {
    pointer(c_, {call_.p.batch, call_.p.units}, "c");
    if (call_.p.cell == recurra::Cell::lstm && !c_) {
      throw std::invalid_argument("an LSTM needs c");
    }
  }

  void step(const In<float>& x) {
    expect(x, {call_.p.batch, call_.p.features}, "x");
    steps_.step(x.data(), h_.data(), c_ ? c_->data() : nullptr);
  }

 private:
  static Call weights_call(const std::string& cell, const std::string& activation,
                           In<float> kernel, In<float> recurrent_kernel, Maybe<In<float>> bias,
                           const Out<float>& h) {
    Call call;
    call.kernel = kernel;
    call.recurrent_kernel = recurrent_kernel;
    call.bias = bias;
    name(call, cell, activation);
    if (kernel.ndim() != 2 || recurrent_kernel.ndim() != 2 || h.ndim() != 2) {
      throw std::invalid_argument("kernel, recurrent_kernel and h have two axes");
    }
    call.p.batch = static_cast<std::int64_t>(h.shape(0));
    call.p.features = static_cast<std::int64_t>(kernel.shape(0));
    call.p.units = static_cast<std::int64_t>(recurrent_kernel.shape(0));
    expect(h, {call.p.batch, call.p.units}, "h");
    call.check_weights();
    return call;
  }

  Call call_;
  Out<float> h_;
  Maybe<Out<float>> c_;
  recurra::Stepper steps_;
};

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const char* const* name = recurra::instruction_sets(); *name != nullptr; ++name) {
    names.emplace_back(*name);
  }
  return names;
}

}  // namespace

NB_MODULE(_native, m) {
  nb::class_<Call>(m, "Call").def_prop_ro("saved_size", [](const Call& call) {
    return recurra::saved_size(call.p);
  });
  nb::class_<Stepper>(m, "Stepper")
      .def(nb::init<const std::string&, const std::string&, In<float>, In<float>, Maybe<In<float>>,
                    Out<float>, Maybe<Out<float>>>(),
           "cell"_a, "activation"_a, "kernel"_a, "recurrent_kernel"_a, "bias"_a.none(), "h"_a,
           "c"_a.none())
      .def("step", &Stepper::step, "x"_a.noconvert());
  m.def("call", &make_call, "cell"_a, "activation"_a, "x"_a, "kernel"_a, "recurrent_kernel"_a,
        "bias"_a.none(), "h0"_a.none(), "c0"_a.none(), "mask"_a.none(), "lengths"_a.none(),
        "dropout_mask"_a.none(), "recurrent_dropout_mask"_a.none(), "go_backwards"_a,
        "zero_output_for_mask"_a);
  m.def("forward", &forward, "call"_a, "sequence"_a.none(), "h"_a, "c"_a.none(), "saved"_a.none(),
        "threads"_a);
  m.def("backward", &backward, "call"_a, "sequence"_a, "saved"_a, "d_sequence"_a.none(),
        "d_h"_a.none(), "d_c"_a.none(), "dx"_a, "dh0"_a, "dc0"_a.none(), "dkernel"_a,
        "drecurrent"_a, "dbias"_a.none(), "threads"_a);
  m.def("saved_size", &saved_size, "cell"_a, "batch"_a, "time"_a, "units"_a);
#ifdef RECURRA_XLA
  m.def("kept_bytes", [] { return Records::shared().bytes(); });
  m.def("limit_kept", [](std::size_t bytes) { Records::shared().limit(bytes); }, "bytes"_a);
  m.def("xla_forward", [] { return nb::capsule(xla_forward(), "xla._CUSTOM_CALL_TARGET"); });
  m.def("xla_backward", [] { return nb::capsule(xla_backward(), "xla._CUSTOM_CALL_TARGET"); });
#endif
  m.def("peak_rate", &recurra::peak_rate);
  m.def("instruction_sets", &instruction_sets);
  m.def("instruction_set", [] { return std::string(recurra::instruction_set()); });
  m.def("use_instruction_set",
        [](const std::string& name) { return recurra::use_instruction_set(name.c_str()); });
}
