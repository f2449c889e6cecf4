// Vectors of the instruction set that this translation unit is compiled for.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

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
// Stores past the cache what is read much later, as the records of the backward pass: a quarter of
// what keeping them costs. Addresses of other alignment take the ordinary store.
RECURRA_INLINE void stream(float* p, Vec v) {
#if defined(__AVX512F__)
  if (reinterpret_cast<std::uintptr_t>(p) % sizeof(Vec) == 0) {
    return _mm512_stream_ps(p, reinterpret_cast<__m512>(v));
  }
#endif
  store(p, v);
}
// To be called before another thread may read what was streamed.
RECURRA_INLINE void settle() {
#if defined(__AVX512F__)
  _mm_sfence();
#endif
}
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

// `bound` where v is beyond it, else v; NaN stays NaN.
RECURRA_INLINE Vec at_most(Vec v, Vec bound) {
#if defined(__AVX512F__)
  // The plain intrinsic has an undefined operand, which GCC warns of.
  return reinterpret_cast<Vec>(_mm512_maskz_min_ps(
      __mmask16(-1), reinterpret_cast<__m512>(bound), reinterpret_cast<__m512>(v)));
#elif defined(__AVX2__)
  return reinterpret_cast<Vec>(
      _mm256_min_ps(reinterpret_cast<__m256>(bound), reinterpret_cast<__m256>(v)));
#else
  return v > bound ? bound : v;
#endif
}
RECURRA_INLINE Vec at_least(Vec v, Vec bound) {
#if defined(__AVX512F__)
  return reinterpret_cast<Vec>(_mm512_maskz_max_ps(
      __mmask16(-1), reinterpret_cast<__m512>(bound), reinterpret_cast<__m512>(v)));
#elif defined(__AVX2__)
  return reinterpret_cast<Vec>(
      _mm256_max_ps(reinterpret_cast<__m256>(bound), reinterpret_cast<__m256>(v)));
#else
  return v < bound ? bound : v;
#endif
}

// Rational approximation (coefficients of Eigen's ptanh), within 4 units in the last place over
// the whole range; NaN stays NaN.
RECURRA_INLINE Vec tanh(Vec x) {
  const Vec high = splat(7.90531110763549805f);
  x = at_least(at_most(x, high), -high);
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
