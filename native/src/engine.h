// What each instruction set provides; one is chosen at run time.
#pragma once

#include "recurra/kernels.h"

namespace recurra {

struct Engine {
  const char* name;
  void (*forward)(const Problem&, const Result&, const Threads&);
  void (*backward)(const Problem&, const Upstream&, const Gradients&, const Threads&);
  std::size_t (*saved_size)(const Problem&);
  std::unique_ptr<Stepper::Engine> (*stepper)(const Problem&);
  double (*peak_rate)();
};

}  // namespace recurra
