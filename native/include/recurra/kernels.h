// Whole recurrent sequences in float32, forward and backward.
//
// Contract, for every function here:
// - Arrays are dense, row-major, any alignment, and owned by the caller; outputs do not overlap
//   inputs. Axes are batch, time, features. Weights have the layout of Keras: gate order i, f, c, o
//   for LSTM and z, r, h for GRU.
// - A null pointer means "not given" where a member says so.
// - Work is split over rows of the batch in pieces that depend on the problem alone, so results do
//   not depend on the number of threads. Scratch memory belongs to the threads and is reused.
// - Denormals are flushed to zero inside, and the caller's floating-point state is restored.
// - Sizes may be zero, except `units`. Nothing here throws but std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace recurra {

enum class Cell { simple_rnn, lstm, gru };
enum class Activation { tanh, relu, linear };

// A dropout mask, multiplied in at every step: `data` is null, (batch, n) or (gates, batch, n).
struct Mask {
  const float* data = nullptr;
  bool per_gate = false;
};

struct Problem {
  Cell cell = Cell::lstm;
  Activation activation = Activation::tanh;  // of simple_rnn
  bool reset_after = true;                   // of gru
  std::int64_t batch = 0, time = 0, features = 0, units = 0;
  bool go_backwards = false;         // time runs from its end; outputs in the order of processing
  bool zero_output_for_mask = false; // masked steps put out zeros instead of the state so far
  const float* x = nullptr;                 // (batch, time, features)
  const float* kernel = nullptr;            // (features, gates * units)
  const float* recurrent_kernel = nullptr;  // (units, gates * units)
  const float* bias = nullptr;              // null, (gates * units), reset_after: (2, 3 * units)
  const float* h0 = nullptr;                // null for zeros, (batch, units)
  const float* c0 = nullptr;                // LSTM: null for zeros, (batch, units)
  const std::uint8_t* mask = nullptr;       // null, (batch, time), nonzero where a step is valid
  const std::int64_t* lengths = nullptr;    // null, (batch), valid steps from each row's start
  Mask dropout;                             // over features
  Mask recurrent_dropout;                   // over units
};

struct Result {
  float* sequence = nullptr;  // (batch, time, units); null where only the last state is wanted
  float* h = nullptr;         // (batch, units)
  float* c = nullptr;         // LSTM: (batch, units)
  float* saved = nullptr;     // null, or saved_size(problem) floats for `backward`
};

struct Upstream {
  const float* sequence = nullptr;    // `Result::sequence` of the forward pass
  const float* saved = nullptr;       // `Result::saved` of the forward pass
  const float* d_sequence = nullptr;  // null for zeros, (batch, time, units)
  const float* d_h = nullptr;         // null for zeros, (batch, units)
  const float* d_c = nullptr;         // LSTM: null for zeros, (batch, units)
};

struct Gradients {
  float* x = nullptr;                 // (batch, time, features)
  float* h0 = nullptr;                // (batch, units)
  float* c0 = nullptr;                // LSTM: (batch, units)
  float* kernel = nullptr;            // (features, gates * units)
  float* recurrent_kernel = nullptr;  // (units, gates * units)
  float* bias = nullptr;              // null, or the shape of Problem::bias
};

// Floats that the forward pass saves for the backward pass.
std::size_t saved_size(const Problem& problem);

// Somebody else's threads.
class Lender {
 public:
  virtual ~Lender() = default;
  virtual int threads() const = 0;
  // Runs `task` at some time on some thread, the caller's too; it may come after the call's end.
  virtual void start(std::function<void()> task) const = 0;
};

// The threads of a call: at most `limit`, the caller's among them (<= 0: every processor that this
// process may use); helpers are the lender's, or of a pool of our own without one.
struct Threads {
  int limit = 0;
  const Lender* lender = nullptr;
};

void forward(const Problem& problem, const Result& result, const Threads& threads);
void backward(const Problem& problem, const Upstream& upstream, const Gradients& gradients,
              const Threads& threads);

// One layer that reads streams step by step. Its weights are copied, packed, when it is made; it
// reads cell, activation, sizes, weights and bias of the problem and ignores the rest.
class Stepper {
 public:
  explicit Stepper(const Problem& problem);
  // x (batch, features); h and c (batch, units) are read and overwritten; c: LSTM only.
  void step(const float* x, float* h, float* c);

  struct Engine {
    virtual ~Engine() = default;
    virtual void step(const float* x, float* h, float* c) = 0;
  };

 private:
  std::unique_ptr<Engine> engine_;
};

// Floating-point operations per second that one thread reaches in registers alone, measured for
// about a tenth of a second: the roof that the products cannot pass.
double peak_rate();

// Instruction sets that this build carries and this machine runs, best first; null at the end.
const char* const* instruction_sets();
// The one in use; `use_instruction_set` answers false for a name that is not in the list.
const char* instruction_set();
bool use_instruction_set(const char* name);

}  // namespace recurra
