// Memory of a thread's own, kept from call to call: fresh pages would be faulted in every time.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace recurra {

class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::free(data_); }

  // Starts a new layout with room for `floats` floats in `arrays` arrays.
  void reserve(std::size_t floats, int arrays) {
    const std::size_t needed = floats + static_cast<std::size_t>(arrays) * kStep;
    used_ = 0;
    if (needed <= size_) return;
    std::free(data_);
    size_ = 0;
    const std::size_t bytes = (needed * sizeof(float) + kAlign - 1) / kAlign * kAlign;
    data_ = static_cast<float*>(std::aligned_alloc(kAlign, bytes));
    if (data_ == nullptr) throw std::bad_alloc();
    size_ = needed;
  }

  // The next array, aligned to 64 bytes; not initialised.
  float* take(std::size_t floats) {
    float* array = data_ + used_;
    used_ += (floats + kStep - 1) / kStep * kStep;
    return array;
  }

 private:
  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kAlign = 64;
  float* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

}  // namespace recurra
