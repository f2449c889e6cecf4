"""The switch that runs the recurrences of Keras's layers on the native core."""

from recurra.layers._accelerate import accelerate, accelerated, deaccelerate, is_accelerated
from recurra.layers._explain import LayerKernel, explain_kernels

__all__ = [
    "LayerKernel",
    "accelerate",
    "accelerated",
    "deaccelerate",
    "explain_kernels",
    "is_accelerated",
]
