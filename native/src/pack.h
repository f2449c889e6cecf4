// Weights in the order in which the passes read them, and gradients back from that order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "cells.h"
#include "recurra/kernels.h"

namespace recurra {
namespace RECURRA_ISA {

// One factor of the products: the input (`kernel`) or the state (`recurrent_kernel`).
struct Side {
  const float* weights;
  std::int64_t inputs;
  int first, count;
};

template <class C>
struct Layout {
  explicit Layout(const Problem& p)
      : units(p.units), blocks((p.units + C::kUnits - 1) / C::kUnits), padded(blocks * C::kUnits) {}
  std::int64_t units, blocks, padded;

  std::int64_t unit(std::int64_t block, int group, int lane) const {
    return block * C::kUnits + (C::kUnits == kGroup ? 0 : group * kGroup) + lane;
  }
  // Column in the layout of Keras, or -1 for padding.
  std::int64_t column(std::int64_t block, int group, int lane) const {
    const std::int64_t u = unit(block, group, lane);
    return u < units ? C::gate(group) * units + u : -1;
  }
  // Whether all 16 columns of a group are units.
  bool whole(std::int64_t block, int group) const {
    return unit(block, group, kGroup - 1) < units;
  }
  std::size_t packed_size(const Side& side) const {
    return static_cast<std::size_t>(blocks * side.inputs * side.count * kGroup);
  }
  std::size_t turned_size(const Side& side) const {
    return static_cast<std::size_t>((side.inputs + 63) / 64 * 64 * blocks * side.count * kGroup);
  }

  // out[block][input][group][lane]
  void pack(const Side& side, float* out) const {
    const std::int64_t columns = C::kColumns * units;
    for (std::int64_t j = 0; j < blocks; ++j) {
      for (std::int64_t k = 0; k < side.inputs; ++k) {
        const float* row = side.weights + k * columns;
        for (int g = 0; g < side.count; ++g, out += kGroup) {
          const std::int64_t from = column(j, side.first + g, 0);
          if (whole(j, side.first + g)) {
            for (int lane = 0; lane < kGroup; lane += kLanes) {
              store(out + lane, load(row + from + lane));
            }
            continue;
          }
          for (int lane = 0; lane < kGroup; ++lane) {
            out[lane] = column(j, side.first + g, lane) < 0 ? 0.0f : row[from + lane];
          }
        }
      }
    }
  }

  // out[input / 64][block][group][lane][input % 64]
  void turn(const Side& side, float* out) const {
    const std::int64_t columns = C::kColumns * units;
    for (std::int64_t n = 0; n < side.inputs; n += 64) {
      const std::int64_t width = side.inputs - n < 64 ? side.inputs - n : 64;
      for (std::int64_t j = 0; j < blocks; ++j) {
        for (int g = 0; g < side.count; ++g, out += kGroup * 64) {
          std::fill(out, out + kGroup * 64, 0.0f);
          for (std::int64_t i = 0; i < width; ++i) {
            const float* row = side.weights + (n + i) * columns;
            for (int lane = 0; lane < kGroup; ++lane) {
              const std::int64_t from = column(j, side.first + g, lane);
              if (from >= 0) out[lane * 64 + i] = row[from];
            }
          }
        }
      }
    }
  }

  // Sums the pieces' gradients in their order and writes them in the layout of Keras.
  void unpack(const Side& side, const float* const* pieces, int count, float* out) const {
    const std::int64_t columns = C::kColumns * units;
    std::int64_t at = 0;
    for (std::int64_t j = 0; j < blocks; ++j) {
      for (std::int64_t k = 0; k < side.inputs; ++k) {
        for (int g = 0; g < side.count; ++g, at += kGroup) {
          float sum[kGroup];
          for (int lane = 0; lane < kGroup; lane += kLanes) {
            Vec total = {};
            for (int piece = 0; piece < count; ++piece) total += load(pieces[piece] + at + lane);
            store(sum + lane, total);
          }
          for (int lane = 0; lane < kGroup; ++lane) {
            const std::int64_t to = column(j, side.first + g, lane);
            if (to >= 0) out[k * columns + to] = sum[lane];
          }
        }
      }
    }
  }

  // out[block][group][lane]; GRU's second bias joins the first where the products are added.
  void pack_bias(const Problem& p, float* out) const {
    for (std::int64_t j = 0; j < blocks; ++j) {
      for (int g = 0; g < C::kGates; ++g) {
        for (int lane = 0; lane < kGroup; ++lane) {
          const std::int64_t from = column(j, g, lane);
          *out++ = p.bias == nullptr || from < 0 ? 0.0f : bias_of(p, g, from);
        }
      }
    }
  }

  void unpack_bias(const float* const* pieces, int count, float* out) const {
    std::int64_t at = 0;
    for (std::int64_t j = 0; j < blocks; ++j) {
      for (int g = 0; g < C::kGates; ++g) {
        for (int lane = 0; lane < kGroup; ++lane, ++at) {
          const std::int64_t to = column(j, g, lane);
          float sum = 0.0f;
          for (int piece = 0; piece < count; ++piece) sum += pieces[piece][at];
          if (to < 0) continue;
          if (to_first(g)) out[to] = sum;
          if (to_second(g)) out[C::kColumns * units + to] = sum;
        }
      }
    }
  }

 private:
  static constexpr bool kTwoBiases = C::kHFirst != C::kXFirst && C::kHCount == 3;
  static bool to_first(int g) { return g < C::kXFirst + C::kXCount; }
  static bool to_second(int g) { return kTwoBiases && g >= C::kHFirst; }
  float bias_of(const Problem& p, int g, std::int64_t from) const {
    float value = 0.0f;
    if (to_first(g)) value += p.bias[from];
    if (to_second(g)) value += p.bias[C::kColumns * units + from];
    return value;
  }
};

}  // namespace RECURRA_ISA
}  // namespace recurra
