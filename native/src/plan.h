// Which rows are computed together, and which are valid at a step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "recurra/kernels.h"

namespace recurra {
namespace RECURRA_ISA {

class Plan {
 public:
  explicit Plan(const Problem& p) : p_(p), order_(static_cast<std::size_t>(p.batch)) {
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
    if (p.mask != nullptr || p.lengths != nullptr) sort();
    divide();
  }

  bool valid(std::int64_t row, std::int64_t time) const {
    if (p_.lengths != nullptr) return time < p_.lengths[row];
    return p_.mask == nullptr || p_.mask[row * p_.time + time] != 0;
  }
  std::int64_t time_of(std::int64_t step) const {
    return p_.go_backwards ? p_.time - 1 - step : step;
  }
  int pieces() const { return pieces_; }
  // Rows of a piece, as the caller numbers them.
  const std::int64_t* rows(int piece) const { return order_.data() + start(piece); }
  int count(int piece) const { return static_cast<int>(start(piece + 1) - start(piece)); }

 private:
  std::int64_t start(int piece) const { return p_.batch * piece / std::max(pieces_, 1); }

  // Rows of like length share a piece: its steps then end together.
  void sort() {
    std::vector<std::int64_t> count(order_.size());
    for (std::int64_t b = 0; b < p_.batch; ++b) {
      for (std::int64_t t = 0; t < p_.time; ++t) count[static_cast<std::size_t>(b)] += valid(b, t);
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::int64_t a, std::int64_t b) {
      return count[static_cast<std::size_t>(a)] > count[static_cast<std::size_t>(b)];
    });
  }

  // The division depends on the problem alone, never on the threads. Many rows make long use of a
  // weight once it is in a register; several pieces keep threads busy when lengths differ.
  void divide() {
    const std::int64_t weights = (p_.features + p_.units) * p_.units;
    const std::int64_t largest = weights > 64 * 1024 ? 48 : 24;
    const std::int64_t wanted = p_.batch <= 6 ? 1 : (p_.batch + largest - 1) / largest;
    pieces_ = static_cast<int>(p_.batch > 6 && wanted < 2 ? 2 : wanted);
    if (pieces_ > 1 && pieces_ % 2 == 1) ++pieces_;
  }

  const Problem& p_;
  std::vector<std::int64_t> order_;
  int pieces_ = 0;
};

}  // namespace RECURRA_ISA
}  // namespace recurra
