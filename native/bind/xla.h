// Addresses of the XLA handlers, for the module that registers them.
#pragma once

void* xla_forward();
void* xla_backward();
