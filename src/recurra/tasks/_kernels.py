"""Which code computes the recurrences in training."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras

from recurra.errors import UnknownNameError, UsageError
from recurra.kernels import kernel_for, why_not_backend

__all__ = ["KERNELS", "kernel_name", "runs_native", "use_kernels"]

KERNELS = ("auto", "native", "keras")


def use_kernels(kernels: str) -> contextlib.AbstractContextManager[None]:
    """Return a context in which Keras's recurrent layers run on the chosen kernels.

    Args:
        kernels: `auto` (the native core where it is built and can compute), `native` or `keras`.

    Raises:
        UnknownNameError: If the choice is unknown.
        UsageError: If `native` is asked for and cannot be had; says why.
    """
    if kernels not in KERNELS:
        raise UnknownNameError("kernels", kernels, KERNELS)
    reason = why_not_native()
    if kernels == "native" and reason is not None:
        raise UsageError(f"the native kernels cannot be used: {reason}; take kernels='auto'")
    return contextlib.nullcontext() if kernels == "keras" or reason is not None else _native()


def kernel_name(kernels: str = "auto") -> str:
    """Return which code computes the recurrences in training, with its instruction set."""
    if runs_native(kernels):
        return kernel_for()
    return f"keras ({keras.config.backend()})"


def runs_native(kernels: str = "auto") -> bool:
    """Say whether training computes the recurrences on the native core."""
    return kernels != "keras" and why_not_native() is None


def why_not_native() -> str | None:
    """Say why training cannot run on the native core here; `None` if it can."""
    return why_not_backend(keras.config.backend())


@contextlib.contextmanager
def _native() -> Iterator[None]:
    from recurra.layers import accelerated

    with accelerated():
        yield
