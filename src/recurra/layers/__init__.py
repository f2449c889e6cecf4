"""Layers for training on streams, and the switch that runs Keras's layers on the native core."""

from recurra.layers._accelerate import accelerate, accelerated, deaccelerate, is_accelerated
from recurra.layers._explain import LayerKernel, explain_kernels
from recurra.layers._streaming import StreamingGRU, StreamingLSTM, StreamingSimpleRNN
from recurra.layers._token_dropout import TokenDropout

__all__ = [
    "LayerKernel",
    "StreamingGRU",
    "StreamingLSTM",
    "StreamingSimpleRNN",
    "TokenDropout",
    "accelerate",
    "accelerated",
    "deaccelerate",
    "explain_kernels",
    "is_accelerated",
]
