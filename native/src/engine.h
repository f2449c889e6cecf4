// What each instruction set provides; one is chosen at run time.
#pragma once

#include "recurra/kernels.h"

namespace recurra {

struct Engine {
  const char* name;
  void (*forward)(const Problem&, const Result&, int threads);
  void (*backward)(const Problem&, const Upstream&, const Gradients&, int threads);
  std::size_t (*saved_size)(const Problem&);
  std::unique_ptr<Stepper::Engine> (*stepper)(const Problem&);
};

}  // namespace recurra
