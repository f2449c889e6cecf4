// The backward pass of one piece: at each step back, the cell, then dz [W; U]^T for the input and
// the state at once; d[W; U] every 128 rows or so, while dz is still in cache.
#pragma once

#include "forward.h"

namespace recurra {
namespace RECURRA_ISA {

constexpr int kKept = 128;

// Weights turned for the way back, and where a piece adds up its weight gradients.
template <class C>
struct Turned {
  Side x, h, c;  // c: the candidate's product of a second phase
  float *kernel, *recurrent, *candidate;
};
struct Sums {
  float *kernel, *recurrent, *candidate, *bias;
};

template <class C, bool PerGate>
class BackwardPiece {
 public:
  BackwardPiece(const Problem& p, const Upstream& up, const Gradients& out, const Plan& plan,
                const Turned<C>& weights, const Sums& sums, int piece, Scratch& scratch)
      : p_(p), up_(up), out_(out), plan_(plan), w_(weights), sums_(sums), layout_(p),
        piece_(piece), rows_(plan.rows(piece)), n_(plan.count(piece)), kept_(std::max(kKept, n_)),
        active_(static_cast<std::size_t>(n_) + 1), lanes_(lane_bits(p.units, layout_.padded)) {
    const std::size_t kept = static_cast<std::size_t>(kept_);
    const std::size_t state = static_cast<std::size_t>(n_ * layout_.padded);
    const std::size_t x = kept * static_cast<std::size_t>(p.features);
    const std::size_t h = kept * static_cast<std::size_t>(p.units);
    const std::size_t dz = kept * static_cast<std::size_t>(layout_.blocks * C::kGates * kGroup);
    scratch.reserve(kXCopies * x + (kHCopies + (C::kTwoPhases ? 1 : 0)) * h + dz + 4 * state, 8);
    x_ = scratch.take(kXCopies * x);
    masked_ = scratch.take(kHCopies * h);
    dz_ = scratch.take(dz);
    if (C::kTwoPhases) reset_ = scratch.take(h);
    dh_ = scratch.take(state);
    dc_ = scratch.take(state);
    before_ = scratch.take(state);
    after_ = scratch.take(state);
  }

  void run() {
    clear();
    for (int i = 0; i < n_; ++i) {
      enter(row_of(up_.d_h, rows_[i], p_.units), p_.units, layout_.padded, state(dh_, i));
      if (C::kHasC) {
        enter(row_of(up_.d_c, rows_[i], p_.units), p_.units, layout_.padded, state(dc_, i));
      }
    }
    for (std::int64_t step = p_.time - 1; step >= 0; --step) {
      const std::int64_t time = plan_.time_of(step);
      add_outputs(step, time);
      const int active = find_active(plan_, piece_, time, active_);
      if (active == 0) continue;
      if (filled_ + active > kept_) flush();
      retreat(active, step, time);
      if constexpr (C::kTwoPhases) retreat_reset(active, step);
      propagate(active, time);
      filled_ += active;
    }
    flush();
    for (int i = 0; i < n_; ++i) {
      copy_out(state(dh_, i), out_.h0 + rows_[i] * p_.units);
      if (C::kHasC) copy_out(state(dc_, i), out_.c0 + rows_[i] * p_.units);
    }
  }

 private:
  static constexpr int kXCopies = PerGate ? C::kXCount : 1;
  static constexpr int kHCopies = PerGate ? C::kHCount : 1;
  static constexpr int kWidth = C::kGates * kGroup;

  float* state(float* states, int i) const { return states + i * layout_.padded; }
  float* dz(std::int64_t block, std::ptrdiff_t row) const {
    return dz_ + (block * kept_ + row) * kWidth;
  }
  void copy_out(const float* from, float* to) const {
    copy(from, p_.units, to);
  }

  void clear() {
    std::fill(sums_.kernel, sums_.kernel + layout_.packed_size(w_.x), 0.0f);
    std::fill(sums_.recurrent, sums_.recurrent + layout_.packed_size(w_.h), 0.0f);
    if (C::kTwoPhases) {
      std::fill(sums_.candidate, sums_.candidate + layout_.packed_size(w_.c), 0.0f);
    }
    std::fill(sums_.bias, sums_.bias + layout_.blocks * kWidth, 0.0f);
  }

  // The outputs' gradient joins the state's, and masked inputs get zeros.
  void add_outputs(std::int64_t step, std::int64_t time) {
    for (int i = 0; i < n_; ++i) {
      const bool valid = plan_.valid(rows_[i], time);
      if (!valid) {
        float* dx = out_.x + (rows_[i] * p_.time + time) * p_.features;
        std::fill(dx, dx + p_.features, 0.0f);
      }
      if (up_.d_sequence == nullptr || (p_.zero_output_for_mask && !valid)) continue;
      add(up_.d_sequence + (rows_[i] * p_.time + step) * p_.units, p_.units, state(dh_, i));
    }
  }

  // The state before a step: the output of the last valid step before it, or the initial state.
  const float* state_before(std::int64_t row, std::int64_t step) const {
    while (--step >= 0) {
      if (plan_.valid(row, plan_.time_of(step))) {
        return up_.sequence + (row * p_.time + step) * p_.units;
      }
    }
    return row_of(p_.h0, row, p_.units);
  }

  // A row of the caller's with its padding: itself where it has none, else a copy in `room`.
  const float* padded_row(const float* row, float* room) const {
    if (!C::kTwoPhases && row != nullptr && p_.units == layout_.padded) return row;
    enter(row, p_.units, layout_.padded, room);
    return room;
  }

  void retreat(int active, std::int64_t step, std::int64_t time) {
    for (int r = 0; r < active; ++r) {
      const int i = active_[static_cast<std::size_t>(r)];
      const std::int64_t row = rows_[i];
      const std::ptrdiff_t at = filled_ + r;
      if (step > 1) {
        const std::int64_t next = row * p_.time + plan_.time_of(step - 1);
        expect<0>(p_.x + next * p_.features, p_.features);
        expect<1>(out_.x + next * p_.features, p_.features);
        expect<0>(up_.sequence + (row * p_.time + step - 2) * p_.units, p_.units);
        if (up_.d_sequence != nullptr) {
          expect<0>(up_.d_sequence + (row * p_.time + step - 1) * p_.units, p_.units);
        }
      }
      const float* before = padded_row(state_before(row, step), state(before_, i));
      const float* after = state(after_, i);
      if (C::kNeedsAfter) {
        after = padded_row(up_.sequence + (row * p_.time + step) * p_.units, state(after_, i));
      }
      gather<C>(p_.x + (row * p_.time + time) * p_.features, w_.x, p_.dropout, p_.batch, row,
                kXCopies, x_ + at * p_.features, kept_ * p_.features);
      gather<C>(before, w_.h, p_.recurrent_dropout, p_.batch, row, kHCopies,
                masked_ + at * p_.units, kept_ * p_.units);
      const float* record = record_of(i, step);
      if constexpr (C::kTwoPhases) gather_reset(before, record, row, at);
      for (std::int64_t j = 0; j < layout_.blocks; ++j) {
        for (int lane = 0; lane < kGroup; lane += kLanes) {
          const std::int64_t u = j * C::kUnits + lane;
          C::retreat(dz(j, at) + lane, state(dh_, i) + u, state(dc_, i) + u,
                     record + j * (C::kRecord * kGroup) + lane, before + u, after + u,
                     lanes_.data() + u, static_cast<int>(p_.activation));
        }
      }
    }
  }

  const float* record_of(int i, std::int64_t step) const {
    return up_.saved + (step * p_.batch + rows_[i]) * layout_.blocks * (C::kRecord * kGroup);
  }

  // r * h, with dropout, as the candidate's product took it.
  void gather_reset(const float* before, const float* record, std::int64_t row, std::ptrdiff_t at) {
    float* reset = reset_ + at * p_.units;
    gather<C>(before, w_.c, p_.recurrent_dropout, p_.batch, row, 1, reset, 0);
    for (std::int64_t u = 0; u < p_.units; ++u) {
      reset[u] *= record[(u / kGroup * C::kRecord + 1) * kGroup + u % kGroup];
    }
  }

  // The second phase back: the candidate's product, then the reset gate.
  void retreat_reset(int active, std::int64_t step) {
    through<0, 1>(active, w_.c, w_.candidate, p_.recurrent_dropout,
                  [&](int i, std::int64_t column, Vec value) {
                    if (column < layout_.padded) store(state(after_, i) + column, value);
                  });
    for (int r = 0; r < active; ++r) {
      const int i = active_[static_cast<std::size_t>(r)];
      for (std::int64_t j = 0; j < layout_.blocks; ++j) {
        for (int lane = 0; lane < kGroup; lane += kLanes) {
          const std::int64_t u = j * C::kUnits + lane;
          C::retreat_reset(dz(j, filled_ + r) + lane, state(dh_, i) + u,
                           record_of(i, step) + j * (C::kRecord * kGroup) + lane,
                           state(before_, i) + u, state(after_, i) + u, lanes_.data() + u);
        }
      }
    }
  }

  void propagate(int active, std::int64_t time) {
    through<C::kXFirst, C::kXCount>(
        active, w_.x, w_.kernel, p_.dropout, [&](int i, std::int64_t column, Vec value) {
          float* dx = out_.x + (rows_[i] * p_.time + time) * p_.features + column;
          store_some(dx, value, static_cast<int>(std::min<std::int64_t>(p_.features - column, 64)));
        });
    through<C::kHFirst, C::kHCount>(active, w_.h, w_.recurrent, p_.recurrent_dropout,
                                    [&](int i, std::int64_t column, Vec value) {
                                      if (column >= layout_.padded) return;
                                      float* dh = state(dh_, i) + column;
                                      store(dh, load(dh) + value);
                                    });
  }

  template <int First, int Count, class Emit>
  RECURRA_INLINE void through(int active, const Side& side, const float* turned, const Mask& mask,
                              Emit&& emit) {
    const std::int64_t size = layout_.blocks * Count * kGroup * 64;
    for (std::int64_t n = 0; n < side.inputs; n += 64, turned += size) {
      if (side.inputs - n <= kGroup) {
        columns<First, Count, 1>(active, side, n, turned, mask, emit);
      } else if (side.inputs - n <= 2 * kGroup) {
        columns<First, Count, 2>(active, side, n, turned, mask, emit);
      } else {
        columns<First, Count, 4>(active, side, n, turned, mask, emit);
      }
    }
  }

  template <int First, int Count, int Groups, class Emit>
  void columns(int active, const Side& side, std::int64_t n, const float* turned, const Mask& mask,
               Emit& emit) {
    for (int lane = 0; lane < kGroup; lane += kLanes) {
      in_tiles(active, [&](std::ptrdiff_t first, auto rows) {
        constexpr int R = decltype(rows)::value;
        Vec total[R][Groups] = {};
        if constexpr (PerGate) {
          for (int g = 0; g < Count; ++g) {
            Vec acc[R][Groups] = {};
            for (std::int64_t j = 0; j < layout_.blocks; ++j) {
              multiply<R, 0, Groups, false>(
                  acc, dz(j, filled_ + first) + (First + g) * kGroup, kWidth, 1, 0,
                  turned + (j * Count + g) * kGroup * 64 + lane, 64, kGroup);
            }
            for (int r = 0; r < R; ++r) {
              for (int v = 0; v < Groups; ++v) {
                const int i = active_[static_cast<std::size_t>(first + r)];
                total[r][v] += acc[r][v] * factor(mask, side, First + g, i, n + v * kGroup + lane);
              }
            }
          }
        } else {
          for (std::int64_t j = 0; j < layout_.blocks; ++j) {
            multiply<R, 0, Groups, false>(total, dz(j, filled_ + first) + First * kGroup, kWidth, 1,
                                          0, turned + j * Count * kGroup * 64 + lane, 64,
                                          Count * kGroup);
          }
        }
#pragma GCC unroll 6
        for (int r = 0; r < R; ++r) {
          const int i = active_[static_cast<std::size_t>(first + r)];
#pragma GCC unroll 4
          for (int v = 0; v < Groups; ++v) {
            const std::int64_t column = n + v * kGroup + lane;
            Vec value = total[r][v];
            if (!PerGate && mask.data != nullptr) value *= factor(mask, side, 0, i, column);
            emit(i, column, value);
          }
        }
      });
    }
  }

  // A dropout mask at 16 columns or fewer; zeros behind its end.
  Vec factor(const Mask& mask, const Side& side, int group, int i, std::int64_t column) const {
    if (mask.data == nullptr) return splat(1.0f);
    const std::int64_t plane = mask.per_gate ? C::gate(group) * p_.batch : 0;
    const float* from = mask.data + (plane + rows_[i]) * side.inputs + column;
    const std::int64_t left = side.inputs - column;
    if (left >= kLanes) return load(from);
    Vec some = {};
    if (left > 0) std::memcpy(&some, from, static_cast<std::size_t>(left) * sizeof(float));
    return some;
  }

  void flush() {
    if (filled_ == 0) return;
    add_weights<C::kXFirst, C::kXCount>(w_.x, x_, sums_.kernel);
    add_weights<C::kHFirst, C::kHCount>(w_.h, masked_, sums_.recurrent);
    if constexpr (C::kTwoPhases) add_weights<0, 1>(w_.c, reset_, sums_.candidate);
    for (std::int64_t j = 0; j < layout_.blocks; ++j) {
      for (int at = 0; at < kWidth; at += kLanes) {
        float* sum = sums_.bias + j * kWidth + at;
        Vec total = load(sum);
        for (int r = 0; r < filled_; ++r) total += load(dz(j, r) + at);
        store(sum, total);
      }
    }
    filled_ = 0;
  }

  template <int First, int Count>
  void add_weights(const Side& side, const float* buffer, float* sums) {
    for (std::int64_t j = 0; j < layout_.blocks; ++j) {
      for (int lane = 0; lane < kGroup; lane += kLanes) {
        in_tiles(side.inputs, [&](std::ptrdiff_t first, auto rows) {
          constexpr int R = decltype(rows)::value;
          float* sum = sums + (j * side.inputs + first) * Count * kGroup + lane;
          Vec acc[R][Count];
#pragma GCC unroll 6
          for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
            for (int g = 0; g < Count; ++g) acc[r][g] = load(sum + (r * Count + g) * kGroup);
          }
          multiply<R, 0, Count, PerGate>(acc, buffer + first, 1, side.inputs,
                                         kept_ * side.inputs, dz(j, 0) + First * kGroup + lane,
                                         kWidth, filled_);
#pragma GCC unroll 6
          for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
            for (int g = 0; g < Count; ++g) store(sum + (r * Count + g) * kGroup, acc[r][g]);
          }
        });
      }
    }
  }

  const Problem& p_;
  const Upstream& up_;
  const Gradients& out_;
  const Plan& plan_;
  const Turned<C>& w_;
  const Sums sums_;
  const Layout<C> layout_;
  const int piece_;
  const std::int64_t* const rows_;
  const int n_, kept_;
  std::vector<int> active_;
  const std::vector<int> lanes_;
  int filled_ = 0;
  float *x_, *masked_, *dz_, *dh_, *dc_, *before_, *after_;
  float* reset_ = nullptr;
};

}  // namespace RECURRA_ISA
}  // namespace recurra
