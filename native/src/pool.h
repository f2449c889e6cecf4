// Threads that share the pieces of a call.
#pragma once

#include <functional>

#include "recurra/kernels.h"

namespace recurra {

// Processors that this process may use.
int processors();

// Calls `work(piece)` once for every piece in [0, pieces). Pieces that no helper has claimed are
// run by the caller, so concurrent and nested calls cannot wait for each other. The first exception
// is rethrown in the caller.
void run_pieces(int pieces, const Threads& threads, const std::function<void(int)>& work);

}  // namespace recurra
