// Large pages for results that are written whole. XLA maps its larger temporaries afresh at every
// call; 4 KiB pages are then faulted in one by one, a third of a training step's processor time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>
#endif

inline void want_large_pages(void* data, std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t kPage = std::uintptr_t{1} << 21;
  const std::uintptr_t from = (reinterpret_cast<std::uintptr_t>(data) + kPage - 1) / kPage * kPage;
  const std::uintptr_t to = (reinterpret_cast<std::uintptr_t>(data) + bytes) / kPage * kPage;
  if (from < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
#else
  (void)data;
  (void)bytes;
#endif
}

// glibc keeps freed blocks for reuse only up to the size of the largest one it has seen freed, 32
// MiB at most: show it one, so that temporaries below that are not mapped afresh at every step.
// What a user has set (MALLOC_TRIM_THRESHOLD_ and the like) stays in force.
inline void keep_freed_blocks() {
#ifdef __GLIBC__
  void* volatile block = std::malloc((std::size_t{32} << 20) - 65536);
  std::free(block);
#endif
}
