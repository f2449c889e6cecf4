// Rows of a piece: gathering inputs and states, with dropout, into the buffers of the products.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "pack.h"
#include "plan.h"

namespace recurra {
namespace RECURRA_ISA {

// Short rows: a call of memcpy for each costs a tenth of the whole pass.
RECURRA_INLINE void copy(const float* from, std::int64_t n, float* to) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(from + i));
  for (; i < n; ++i) to[i] = from[i];
}
RECURRA_INLINE void add(const float* from, std::int64_t n, float* to) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(to + i) + load(from + i));
  for (; i < n; ++i) to[i] += from[i];
}
RECURRA_INLINE void scale(const float* from, const float* by, std::int64_t n, float* to) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(from + i) * load(by + i));
  for (; i < n; ++i) to[i] = from[i] * by[i];
}

// Asks for a row that the next step needs. Rows of a batch lie far apart, more of them than the
// hardware follows: a tenth of the LSTM's backward pass, a fifth of the SimpleRNN's.
template <int ForWriting>
RECURRA_INLINE void expect(const float* row, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += 16) __builtin_prefetch(row + i, ForWriting, 3);
}

// Copies one row of `inputs` floats into every copy of a buffer, times its dropout mask.
// Copy i of the buffer stands at out + i * stride and belongs to group `side.first + i`.
template <class C>
RECURRA_INLINE void gather(const float* from, const Side& side, const Mask& mask,
                           std::int64_t batch, std::int64_t row, int copies, float* out,
                           std::ptrdiff_t stride) {
  for (int i = 0; i < copies; ++i, out += stride) {
    if (mask.data == nullptr) {
      copy(from, side.inputs, out);
      continue;
    }
    const std::int64_t plane = mask.per_gate ? C::gate(side.first + i) * batch : 0;
    scale(from, mask.data + (plane + row) * side.inputs, side.inputs, out);
  }
}

// Copies `units` floats of a caller's row (null: zeros) and clears the padding behind them.
RECURRA_INLINE void enter(const float* from, std::int64_t units, std::int64_t padded, float* out) {
  if (from != nullptr) copy(from, units, out);
  for (std::int64_t i = from == nullptr ? 0 : units; i < padded; ++i) out[i] = 0.0f;
}

RECURRA_INLINE const float* row_of(const float* array, std::int64_t row, std::int64_t width) {
  return array == nullptr ? nullptr : array + row * width;
}

// All bits set where a lane is a unit, clear in the padding.
inline std::vector<int> lane_bits(std::int64_t units, std::int64_t padded) {
  std::vector<int> bits(static_cast<std::size_t>(padded));
  std::fill(bits.begin(), bits.begin() + units, -1);
  return bits;
}

// Places in the piece of the rows that are valid at `time`.
inline int find_active(const Plan& plan, int piece, std::int64_t time, std::vector<int>& active) {
  const std::int64_t* rows = plan.rows(piece);
  int n = 0;
  for (int i = 0; i < plan.count(piece); ++i) {
    active[static_cast<std::size_t>(n)] = i;
    n += plan.valid(rows[i], time) ? 1 : 0;
  }
  return n;
}

}  // namespace RECURRA_ISA
}  // namespace recurra
