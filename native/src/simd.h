// Vectors of the instruction set that this translation unit is compiled for.
#pragma once

#include <cstring>

namespace recurra {
namespace RECURRA_ISA {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kTileRows = 6;  // 6 x 4 accumulators of 32 registers
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr int kTileRows = 3;  // 3 x 4 accumulators of 16 registers
#elif defined(__aarch64__)
constexpr int kLanes = 4;
constexpr int kTileRows = 6;
#else
constexpr int kLanes = 4;
constexpr int kTileRows = 3;
#endif

// Columns are kept in groups of 16 whatever the width, so that saved arrays mean the same.
constexpr int kGroup = 16;
constexpr int kParts = kGroup / kLanes;

typedef float Vec __attribute__((vector_size(kLanes * 4)));
typedef int Bits __attribute__((vector_size(kLanes * 4)));
typedef float Loose __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
typedef int LooseBits __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

#define RECURRA_INLINE inline __attribute__((always_inline))

RECURRA_INLINE Vec load(const float* p) { return *reinterpret_cast<const Loose*>(p); }
RECURRA_INLINE void store(float* p, Vec v) { *reinterpret_cast<Loose*>(p) = v; }
RECURRA_INLINE Vec splat(float value) { return value - Vec{}; }
RECURRA_INLINE Vec keep(Vec v, const int* lanes) {
  return reinterpret_cast<Vec>(reinterpret_cast<Bits>(v) &
                               static_cast<Bits>(*reinterpret_cast<const LooseBits*>(lanes)));
}
RECURRA_INLINE void store_some(float* p, Vec v, int count) {
  if (count >= kLanes) {
    store(p, v);
  } else if (count > 0) {
    std::memcpy(p, &v, static_cast<std::size_t>(count) * sizeof(float));
  }
}

// Rational approximation (coefficients of Eigen's ptanh), within 4 units in the last place over
// the whole range; NaN stays NaN.
RECURRA_INLINE Vec tanh(Vec x) {
  const Vec high = splat(7.90531110763549805f);
  x = x > high ? high : x;
  x = x < -high ? -high : x;
  const Vec y = x * x;
  Vec p = y * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * y + -8.60467152213735e-11f;
  p = p * y + 5.12229709037114e-08f;
  p = p * y + 1.48572235717979e-05f;
  p = p * y + 6.37261928875436e-04f;
  p = p * y + 4.89352455891786e-03f;
  Vec q = y * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * y + 2.26843463243900e-03f;
  q = q * y + 4.89352518554385e-03f;
  return x * p / q;
}

RECURRA_INLINE Vec sigmoid(Vec x) { return tanh(x * 0.5f) * 0.5f + 0.5f; }

}  // namespace RECURRA_ISA
}  // namespace recurra
