// The cells: how their columns are grouped, and their arithmetic on finished products.
//
// A block holds 16 units of every gate side by side (SimpleRNN: up to 64 units), so that the
// products of one unit meet in registers. `kGates` counts the groups of a block; the input's
// product fills groups kXFirst .. +kXCount, the state's kHFirst .. +kHCount. `gate(g)` is the
// column block of group g in the layout of Keras.
#pragma once

#include "simd.h"

namespace recurra {
namespace RECURRA_ISA {

struct Lstm {
  static constexpr int kGates = 4, kXFirst = 0, kXCount = 4, kHFirst = 0, kHCount = 4;
  static constexpr int kUnits = kGroup, kRecord = 5, kColumns = 4;
  static constexpr bool kHasC = true, kNeedsAfter = false, kTwoPhases = false;
  static constexpr int gate(int g) { return g; }

  // Groups i, f, g, o; the record keeps them with the cell state before the step.
  static RECURRA_INLINE void advance(const Vec (&z)[4], float* h, float* c, float* record,
                                     const int* lanes, int) {
    const Vec i = sigmoid(z[0]), f = sigmoid(z[1]), g = tanh(z[2]), o = sigmoid(z[3]);
    const Vec before = load(c);
    const Vec after = f * before + i * g;
    if (record != nullptr) {
      stream(record, i);
      stream(record + kGroup, f);
      stream(record + 2 * kGroup, g);
      stream(record + 3 * kGroup, o);
      stream(record + 4 * kGroup, before);
    }
    store(c, keep(after, lanes));
    store(h, keep(o * tanh(after), lanes));
  }

  static RECURRA_INLINE void retreat(float* dz, float* dh, float* dc, const float* record,
                                     const float*, const float*, const int* lanes, int) {
    const Vec i = load(record), f = load(record + kGroup), g = load(record + 2 * kGroup);
    const Vec o = load(record + 3 * kGroup), before = load(record + 4 * kGroup);
    const Vec squashed = tanh(f * before + i * g);
    const Vec up = load(dh);
    const Vec d = load(dc) + up * o * (1.0f - squashed * squashed);
    store(dz, keep(d * g * i * (1.0f - i), lanes));
    store(dz + kGroup, keep(d * before * f * (1.0f - f), lanes));
    store(dz + 2 * kGroup, keep(d * i * (1.0f - g * g), lanes));
    store(dz + 3 * kGroup, keep(up * squashed * o * (1.0f - o), lanes));
    store(dc, d * f);
    store(dh, Vec{});
  }
};

struct GruAfter {
  static constexpr int kGates = 4, kXFirst = 0, kXCount = 3, kHFirst = 1, kHCount = 3;
  static constexpr int kUnits = kGroup, kRecord = 4, kColumns = 3;
  static constexpr bool kHasC = false, kNeedsAfter = false, kTwoPhases = false;
  static constexpr int gate(int g) { return g == 0 ? 2 : g - 1; }

  // Groups candidate of the input, z, r, candidate of the state; the record keeps z, r, the
  // candidate, and what the reset gate scales.
  static RECURRA_INLINE void advance(const Vec (&a)[4], float* h, float*, float* record,
                                     const int* lanes, int) {
    const Vec z = sigmoid(a[1]), r = sigmoid(a[2]);
    const Vec g = tanh(a[0] + r * a[3]);
    if (record != nullptr) {
      stream(record, z);
      stream(record + kGroup, r);
      stream(record + 2 * kGroup, g);
      stream(record + 3 * kGroup, a[3]);
    }
    const Vec before = load(h);
    store(h, keep(g + z * (before - g), lanes));
  }

  static RECURRA_INLINE void retreat(float* dz, float* dh, float*, const float* record,
                                     const float* h, const float*, const int* lanes, int) {
    const Vec z = load(record), r = load(record + kGroup), g = load(record + 2 * kGroup);
    const Vec inner = load(record + 3 * kGroup), before = load(h), up = load(dh);
    const Vec d = up * (1.0f - z) * (1.0f - g * g);
    store(dz, keep(d, lanes));
    store(dz + kGroup, keep(up * (before - g) * z * (1.0f - z), lanes));
    store(dz + 2 * kGroup, keep(d * inner * r * (1.0f - r), lanes));
    store(dz + 3 * kGroup, keep(d * r, lanes));
    store(dh, up * z);
  }
};

// The reset gate scales the state before its product, so the candidate's product with the state
// waits for the gates: a second phase, over r * h, with weights of its own.
struct GruBefore {
  static constexpr int kGates = 3, kXFirst = 0, kXCount = 3, kHFirst = 1, kHCount = 2;
  static constexpr int kUnits = kGroup, kRecord = 3, kColumns = 3;
  static constexpr bool kHasC = false, kNeedsAfter = false, kTwoPhases = true;
  static constexpr int gate(int g) { return g == 0 ? 2 : g - 1; }

  // Groups candidate, z, r; the record keeps z, r and the candidate. `reset` holds the state with
  // its dropout, and then r times that; `candidate` and `update` wait for the second phase.
  static RECURRA_INLINE void gates(const Vec (&a)[3], float* reset, float* candidate, float* update,
                                   float* record) {
    const Vec z = sigmoid(a[1]), r = sigmoid(a[2]);
    store(reset, load(reset) * r);
    store(candidate, a[0]);
    store(update, z);
    if (record != nullptr) {
      stream(record, z);
      stream(record + kGroup, r);
    }
  }
  static RECURRA_INLINE void finish(Vec a, const float* update, float* h, float* record,
                                    const int* lanes) {
    const Vec g = tanh(a), before = load(h);
    if (record != nullptr) stream(record + 2 * kGroup, g);
    store(h, keep(g + load(update) * (before - g), lanes));
  }

  static RECURRA_INLINE void retreat(float* dz, float* dh, float*, const float* record,
                                     const float* h, const float*, const int* lanes, int) {
    const Vec z = load(record), g = load(record + 2 * kGroup), before = load(h), up = load(dh);
    store(dz, keep(up * (1.0f - z) * (1.0f - g * g), lanes));
    store(dz + kGroup, keep(up * (before - g) * z * (1.0f - z), lanes));
    store(dh, up * z);
  }
  // `scaled` is the gradient of r * h.
  static RECURRA_INLINE void retreat_reset(float* dz, float* dh, const float* record,
                                           const float* h, const float* scaled, const int* lanes) {
    const Vec r = load(record + kGroup), d = load(scaled);
    store(dz + 2 * kGroup, keep(d * load(h) * r * (1.0f - r), lanes));
    store(dh, load(dh) + d * r);
  }
};

template <int Groups>
struct SimpleRnn {
  static constexpr int kGates = Groups, kXFirst = 0, kXCount = Groups, kHFirst = 0;
  static constexpr int kHCount = Groups, kUnits = Groups * kGroup, kRecord = 0, kColumns = 1;
  static constexpr bool kHasC = false, kNeedsAfter = true, kTwoPhases = false;
  static constexpr int gate(int) { return 0; }

  static RECURRA_INLINE void advance(const Vec (&z)[Groups], float* h, float*, float*,
                                     const int* lanes, int activation) {
#pragma GCC unroll 4
    for (int g = 0; g < Groups; ++g) {
      Vec v = z[g];
      if (activation == 0) v = tanh(v);
      if (activation == 1) v = v < Vec{} ? Vec{} : v;
      store(h + g * kGroup, keep(v, lanes + g * kGroup));
    }
  }

  static RECURRA_INLINE void retreat(float* dz, float* dh, float*, const float*, const float*,
                                     const float* after, const int* lanes, int activation) {
#pragma GCC unroll 4
    for (int g = 0; g < Groups; ++g) {
      const Vec y = load(after + g * kGroup);
      Vec d = load(dh + g * kGroup);
      if (activation == 0) d = d * (1.0f - y * y);
      if (activation == 1) d = y > Vec{} ? d : Vec{};
      store(dz + g * kGroup, keep(d, lanes + g * kGroup));
      store(dh + g * kGroup, Vec{});
    }
  }
};

}  // namespace RECURRA_ISA
}  // namespace recurra
