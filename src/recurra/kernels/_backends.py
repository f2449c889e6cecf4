"""Which of Keras's backends the core is connected to; their packages load on first use."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from recurra.kernels._core import native
from recurra.kernels._recurrence import RecurrenceCall, RecurrenceOperands, Tensor

__all__ = ["BACKENDS", "backend_recurrence", "can_call_core", "connections", "why_not_backend"]

BACKENDS = {"jax": "JAX", "torch": "PyTorch", "tensorflow": "TensorFlow"}


def why_not_backend(backend: str) -> str | None:
    """Say why the core cannot run inside programs of a backend; None if it can.

    Args:
        backend: Keras's name of it, for example `"torch"`.

    Returns:
        A clause such as `"the native core was built without jaxlib's headers"`, or None.
    """
    if backend not in BACKENDS:
        return f"Keras runs on {backend}; the core is connected to {', '.join(BACKENDS.values())}"
    try:
        reason: str | None = _adapter(backend, "why_not_{}")()
    except ImportError as error:  # adapters ask backends about things that have no public name
        return f"this version of {BACKENDS[backend]} does not fit: {error}"
    return reason


def can_call_core(backend: str, x: Tensor) -> bool:
    """Whether the program that computes `x`, running or being traced, can call the core.

    It cannot where the program leaves this process (exported, saved), is compiled for another
    device, or is transformed by means that need the formulas.
    """
    return bool(_adapter(backend, "can_call_from_{}")(x))


def backend_recurrence(
    backend: str, call: RecurrenceCall, operands: RecurrenceOperands
) -> tuple[Tensor | None, Tensor, Tensor | None]:
    """Run a recurrent layer inside a backend's program; see `jax_recurrence`.

    Args:
        backend: One of the connected backends, which `can_call_core`.
        call: What is fixed.
        operands: The backend's tensors.

    Returns:
        Outputs of all steps or None, last state `h`, last cell state `c` or None.
    """
    result: tuple[Tensor | None, Tensor, Tensor | None]
    result = _adapter(backend, "{}_recurrence")(call, operands)
    return result


def _adapter(backend: str, name: str) -> Any:
    module = importlib.import_module(f"recurra.kernels._{backend}")
    return getattr(module, name.format(backend))


def connections() -> dict[str, str]:
    """Say of each backend whether the core is connected to it here, without loading any.

    Returns:
        By Keras's name of the backend: `"connected"`, `"not installed"`, or why not.
    """
    return {backend: _connection(backend) for backend in BACKENDS}


def _connection(backend: str) -> str:
    if importlib.util.find_spec(backend) is None:
        return "not installed"
    if native is None:
        return "the native core was not built"
    if backend == "jax" and not hasattr(native, "xla_forward"):
        return "the native core was built without jaxlib's headers"
    return "connected"
