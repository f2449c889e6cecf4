// The one product that every pass is made of: a tile of rows times groups of 16 columns.
#pragma once

#include <cstddef>
#include <type_traits>

#include "simd.h"

namespace recurra {
namespace RECURRA_ISA {

// The same where A differs by group. A pointer for each row and an offset for each group: as many
// addresses as there are products would not fit the registers.
template <int R, int First, int Groups, int All>
RECURRA_INLINE void multiply_gates(Vec (&acc)[R][All], const float* a, std::ptrdiff_t row,
                                   std::ptrdiff_t step, std::ptrdiff_t gate, const float* b,
                                   std::ptrdiff_t width, std::ptrdiff_t depth) {
  const float* at[R];
#pragma GCC unroll 6
  for (int r = 0; r < R; ++r) at[r] = a + r * row;
  for (std::ptrdiff_t d = 0; d < depth; ++d, b += width) {
    Vec w[Groups];
#pragma GCC unroll 4
    for (int g = 0; g < Groups; ++g) w[g] = load(b + g * kGroup);
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < Groups; ++g) acc[r][First + g] += at[r][g * gate] * w[g];
      at[r] += step;
    }
  }
}

// Adds A * B to acc[r][First + g], for `depth` steps. A is read at
// a[r * row + d * step + (PerGate ? g * gate : 0)], B at b[d * width + g * 16].
template <int R, int First, int Groups, bool PerGate, int All>
RECURRA_INLINE void multiply(Vec (&acc)[R][All], const float* a, std::ptrdiff_t row,
                             std::ptrdiff_t step, std::ptrdiff_t gate, const float* b,
                             std::ptrdiff_t width, std::ptrdiff_t depth) {
  if constexpr (PerGate) {
    return multiply_gates<R, First, Groups>(acc, a, row, step, gate, b, width, depth);
  }
  for (std::ptrdiff_t d = 0; d < depth; ++d, a += step, b += width) {
    Vec w[Groups];
#pragma GCC unroll 4
    for (int g = 0; g < Groups; ++g) w[g] = load(b + g * kGroup);
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
      const Vec v = splat(a[r * row]);
#pragma GCC unroll 4
      for (int g = 0; g < Groups; ++g) acc[r][First + g] += v * w[g];
    }
  }
}

template <int Value>
using Int = std::integral_constant<int, Value>;

// Calls body(first, Int<R>) over `rows` rows in tiles. Few heights: each is compiled for every
// cell.
template <class Body>
RECURRA_INLINE void in_tiles(std::ptrdiff_t rows, Body&& body) {
  std::ptrdiff_t first = 0;
  for (; rows - first >= kTileRows; first += kTileRows) body(first, Int<kTileRows>{});
  if constexpr (kTileRows > 4) {
    if (rows - first >= 4) {
      body(first, Int<4>{});
      first += 4;
    }
  }
  if (rows - first >= 2) {
    body(first, Int<2>{});
    first += 2;
  }
  if (rows - first >= 1) body(first, Int<1>{});
}

}  // namespace RECURRA_ISA
}  // namespace recurra
