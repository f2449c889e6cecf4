// The forward pass of one piece: at each step, one product over [x | h], then the cell.
#pragma once

#include "rows.h"
#include "scratch.h"
#include "tile.h"

namespace recurra {
namespace RECURRA_ISA {

constexpr int kAheadRows = 24;

template <class C>
struct Packed {
  Side x, h, c;  // c: the candidate's product of a second phase
  float *kernel, *recurrent, *candidate, *bias;
};

template <class C, bool PerGate>
class ForwardPiece {
 public:
  ForwardPiece(const Problem& p, const Result& out, const Plan& plan, const Packed<C>& weights,
               int piece, Scratch& scratch)
      : p_(p), out_(out), plan_(plan), w_(weights), layout_(p), piece_(piece),
        rows_(plan.rows(piece)), n_(plan.count(piece)),
        ahead_(steps_ahead()), x_rows_(std::max(n_, ahead_ * n_)),
        active_(static_cast<std::size_t>(n_) + 1), lanes_(lane_bits(p.units, layout_.padded)) {
    const std::size_t n = static_cast<std::size_t>(n_), state = n * padded();
    const std::size_t x = static_cast<std::size_t>(x_rows_ * p.features);
    const std::size_t h = n * static_cast<std::size_t>(p.units);
    const std::size_t products = static_cast<std::size_t>(ahead_ * n_ * layout_.blocks * kWidth);
    scratch.reserve(
        kXCopies * x + kHCopies * h + (C::kTwoPhases ? 5 : 2) * state + products, 8);
    x_ = scratch.take(kXCopies * x);
    products_ = scratch.take(products);
    masked_ = scratch.take(kHCopies * h);
    h_ = scratch.take(state);
    c_ = scratch.take(state);
    if (C::kTwoPhases) {
      reset_ = scratch.take(state);
      candidate_ = scratch.take(state);
      update_ = scratch.take(state);
    }
  }

  void run() {
    for (int i = 0; i < n_; ++i) {
      enter(row_of(p_.h0, rows_[i], p_.units), p_.units, layout_.padded, state(h_, i));
      if (C::kHasC) {
        enter(row_of(p_.c0, rows_[i], p_.units), p_.units, layout_.padded, state(c_, i));
      }
    }
    for (std::int64_t step = 0; step < p_.time; ++step) {
      const std::int64_t time = plan_.time_of(step);
      if (ahead_ > 0 && step % ahead_ == 0) project(step);
      const int active = find_active(plan_, piece_, time, active_);
      if (active > 0) {
        gather_rows(active, step, time);
        advance(active, step);
      }
      emit(step, time);
    }
    for (int i = 0; i < n_; ++i) {
      copy_out(state(h_, i), out_.h + rows_[i] * p_.units);
      if (C::kHasC) copy_out(state(c_, i), out_.c + rows_[i] * p_.units);
    }
    settle();
  }

 private:
  static constexpr int kXCopies = PerGate ? C::kXCount : 1;
  static constexpr int kHCopies = PerGate ? C::kHCount : 1;
  static constexpr int kWidth = C::kGates * kGroup;

  // With few rows a step is bound by reading the weights; the input's products of several steps,
  // which wait for nothing, then share one reading of theirs.
  int steps_ahead() const {
    if (n_ == 0 || n_ >= kTileRows || p_.time < 2) return 0;
    return static_cast<int>(std::min<std::int64_t>(p_.time, kAheadRows / n_));
  }

  std::size_t padded() const { return static_cast<std::size_t>(layout_.padded); }
  float* state(float* states, int i) const { return states + i * layout_.padded; }
  void copy_out(const float* from, float* to) const {
    copy(from, p_.units, to);
  }

  // The input's products of the next steps, all rows, into `products_`.
  void project(std::int64_t step) {
    const int steps = static_cast<int>(std::min<std::int64_t>(ahead_, p_.time - step));
    for (int s = 0; s < steps; ++s) {
      for (int i = 0; i < n_; ++i) gather_input(i, plan_.time_of(step + s), s * n_ + i);
    }
    for (std::int64_t j = 0; j < layout_.blocks; ++j) {
      for (int lane = 0; lane < kGroup; lane += kLanes) {
        in_tiles(steps * n_, [&](std::ptrdiff_t first, auto rows) {
          constexpr int R = decltype(rows)::value;
          Vec z[R][C::kGates];
          multiply_input<R>(z, first, j, lane);
#pragma GCC unroll 6
          for (int r = 0; r < R; ++r) {
            float* to = product(first + r, j) + lane;
#pragma GCC unroll 4
            for (int g = 0; g < C::kGates; ++g) store(to + g * kGroup, z[r][g]);
          }
        });
      }
    }
  }

  float* product(std::ptrdiff_t row, std::int64_t block) const {
    return products_ + (row * layout_.blocks + block) * kWidth;
  }

  void gather_input(int i, std::int64_t time, int place) {
    const std::int64_t row = rows_[i];
    gather<C>(p_.x + (row * p_.time + time) * p_.features, w_.x, p_.dropout, p_.batch, row,
              kXCopies, x_ + place * p_.features, x_rows_ * p_.features);
  }

  void gather_rows(int active, std::int64_t step, std::int64_t time) {
    for (int r = 0; r < active; ++r) {
      const int i = active_[static_cast<std::size_t>(r)];
      const std::int64_t row = rows_[i];
      if (step + 1 < p_.time) {
        expect<0>(p_.x + (row * p_.time + plan_.time_of(step + 1)) * p_.features, p_.features);
        if (out_.sequence != nullptr) {
          expect<1>(out_.sequence + (row * p_.time + step) * p_.units, p_.units);
        }
      }
      if (ahead_ == 0) gather_input(i, time, r);
      gather<C>(state(h_, i), w_.h, p_.recurrent_dropout, p_.batch, row, kHCopies,
                masked_ + r * p_.units, n_ * p_.units);
      if (C::kTwoPhases) {
        gather<C>(state(h_, i), w_.c, p_.recurrent_dropout, p_.batch, row, 1, state(reset_, r), 0);
      }
    }
  }

  // The blocks by turns from first to last and from last to first: the weights that a step read
  // last are those the next finds in the nearest cache.
  void advance(int active, std::int64_t step) {
    for (std::int64_t k = 0; k < layout_.blocks; ++k) {
      const std::int64_t j = step % 2 == 0 ? k : layout_.blocks - 1 - k;
      for (int part = 0; part < kParts; ++part) {
        in_tiles(active, [&](std::ptrdiff_t first, auto rows) {
          tile<decltype(rows)::value>(first, j, part * kLanes, step);
        });
      }
    }
    if constexpr (C::kTwoPhases) {
      for (std::int64_t j = 0; j < layout_.blocks; ++j) {
        for (int part = 0; part < kParts; ++part) {
          in_tiles(active, [&](std::ptrdiff_t first, auto rows) {
            second_tile<decltype(rows)::value>(first, j, part * kLanes, step);
          });
        }
      }
    }
  }

  // z = bias + input * kernel, for rows from place `first` on.
  template <int R>
  RECURRA_INLINE void multiply_input(Vec (&z)[R][C::kGates], std::ptrdiff_t first, std::int64_t j,
                                     int lane) {
    const float* bias = w_.bias + j * kWidth + lane;
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < C::kGates; ++g) z[r][g] = load(bias + g * kGroup);
    }
    multiply<R, C::kXFirst, C::kXCount, PerGate>(
        z, x_ + first * p_.features, p_.features, 1, x_rows_ * p_.features,
        w_.kernel + j * p_.features * C::kXCount * kGroup + lane, C::kXCount * kGroup, p_.features);
  }

  template <int R>
  RECURRA_INLINE void tile(std::ptrdiff_t first, std::int64_t j, int lane, std::int64_t step) {
    Vec z[R][C::kGates];
    if (ahead_ == 0) {
      multiply_input<R>(z, first, j, lane);
    } else {
#pragma GCC unroll 6
      for (int r = 0; r < R; ++r) {
        const int i = active_[static_cast<std::size_t>(first + r)];
        const float* from = product(step % ahead_ * n_ + i, j) + lane;
#pragma GCC unroll 4
        for (int g = 0; g < C::kGates; ++g) z[r][g] = load(from + g * kGroup);
      }
    }
    multiply<R, C::kHFirst, C::kHCount, PerGate>(
        z, masked_ + first * p_.units, p_.units, 1, n_ * p_.units,
        w_.recurrent + j * p_.units * C::kHCount * kGroup + lane, C::kHCount * kGroup, p_.units);
    const std::int64_t at = j * C::kUnits + lane;
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
      const int i = active_[static_cast<std::size_t>(first + r)];
      float* record = record_of(i, j, lane, step);
      if constexpr (C::kTwoPhases) {
        const int place = static_cast<int>(first + r);
        C::gates(z[r], state(reset_, place) + at, state(candidate_, place) + at,
                 state(update_, place) + at, record);
      } else {
        C::advance(z[r], state(h_, i) + at, state(c_, i) + at, record, lanes_.data() + at,
                   static_cast<int>(p_.activation));
      }
    }
  }

  template <int R>
  RECURRA_INLINE void second_tile(std::ptrdiff_t first, std::int64_t j, int lane,
                                  std::int64_t step) {
    const std::int64_t at = j * C::kUnits + lane;
    Vec z[R][1];
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) z[r][0] = load(state(candidate_, static_cast<int>(first) + r) + at);
    multiply<R, 0, 1, false>(z, state(reset_, static_cast<int>(first)), layout_.padded, 1, 0,
                             w_.candidate + j * p_.units * kGroup + lane, kGroup, p_.units);
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
      const int i = active_[static_cast<std::size_t>(first + r)];
      C::finish(z[r][0], state(update_, static_cast<int>(first) + r) + at, state(h_, i) + at,
                record_of(i, j, lane, step), lanes_.data() + at);
    }
  }

  float* record_of(int i, std::int64_t j, int lane, std::int64_t step) const {
    if (C::kRecord == 0 || out_.saved == nullptr) return nullptr;
    return out_.saved +
           ((step * p_.batch + rows_[i]) * layout_.blocks + j) * (C::kRecord * kGroup) + lane;
  }

  void emit(std::int64_t step, std::int64_t time) {
    if (out_.sequence == nullptr) return;
    for (int i = 0; i < n_; ++i) {
      float* to = out_.sequence + (rows_[i] * p_.time + step) * p_.units;
      if (p_.zero_output_for_mask && !plan_.valid(rows_[i], time)) {
        std::fill(to, to + p_.units, 0.0f);
      } else {
        copy_out(state(h_, i), to);
      }
    }
  }

  const Problem& p_;
  const Result& out_;
  const Plan& plan_;
  const Packed<C>& w_;
  const Layout<C> layout_;
  const int piece_;
  const std::int64_t* const rows_;
  const int n_;
  const int ahead_;   // steps whose input's products are made at once; 0: each with its step
  const int x_rows_;  // rows that `x_` holds
  std::vector<int> active_;
  const std::vector<int> lanes_;
  float *x_, *products_, *masked_, *h_, *c_;
  float *reset_ = nullptr, *candidate_ = nullptr, *update_ = nullptr;
};

}  // namespace RECURRA_ISA
}  // namespace recurra
