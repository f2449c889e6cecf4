// The choice of an instruction set at run time.
#include <atomic>
#include <cstring>
#include <vector>

#include "engine.h"

namespace recurra {

// The build defines RECURRA_HAS_<name> for every engine it carries.
#ifdef RECURRA_HAS_avx512
namespace avx512 { extern const Engine engine; }
#endif
#ifdef RECURRA_HAS_avx2
namespace avx2 { extern const Engine engine; }
#endif
#ifdef RECURRA_HAS_sse4
namespace sse4 { extern const Engine engine; }
#endif
#ifdef RECURRA_HAS_baseline
namespace baseline { extern const Engine engine; }
#endif

namespace {

struct Choice {
  std::vector<const Engine*> engines;
  std::vector<const char*> names;
  std::atomic<const Engine*> current{nullptr};

  Choice() {
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
#ifdef RECURRA_HAS_avx512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
      engines.push_back(&avx512::engine);
    }
#endif
#ifdef RECURRA_HAS_avx2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      engines.push_back(&avx2::engine);
    }
#endif
#ifdef RECURRA_HAS_sse4
    engines.push_back(&sse4::engine);
#endif
#ifdef RECURRA_HAS_baseline
    engines.push_back(&baseline::engine);
#endif
    for (const Engine* engine : engines) names.push_back(engine->name);
    names.push_back(nullptr);
    current = engines.front();
  }
};

Choice& choice() {
  static Choice choice;
  return choice;
}

}  // namespace

const char* const* instruction_sets() { return choice().names.data(); }
const char* instruction_set() { return choice().current.load()->name; }

bool use_instruction_set(const char* name) {
  for (const Engine* engine : choice().engines) {
    if (std::strcmp(engine->name, name) == 0) {
      choice().current = engine;
      return true;
    }
  }
  return false;
}

std::size_t saved_size(const Problem& p) { return choice().current.load()->saved_size(p); }
double peak_rate() { return choice().current.load()->peak_rate(); }
Stepper::Stepper(const Problem& p) : engine_(choice().current.load()->stepper(p)) {}
void Stepper::step(const float* x, float* h, float* c) { engine_->step(x, h, c); }
void forward(const Problem& p, const Result& out, const Threads& threads) {
  choice().current.load()->forward(p, out, threads);
}
void backward(const Problem& p, const Upstream& up, const Gradients& out, const Threads& threads) {
  choice().current.load()->backward(p, up, out, threads);
}

}  // namespace recurra
