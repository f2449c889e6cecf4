"""The native core on NumPy arrays: whole sequences in float32, zero copy.

The core is an optional part of the installation: without a compiler at install time it is absent,
and the reference in this room computes the same.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from recurra.errors import UnknownNameError
from recurra.kernels._common import check_array, check_dropout
from recurra.kernels._schedule import Array, BoolArray, check_padding

__all__ = [
    "CellName",
    "CoreCache",
    "CoreGradients",
    "Options",
    "core_backward",
    "core_forward",
    "instruction_set",
    "instruction_sets",
    "native",
    "peak_rate",
    "use_instruction_set",
]

CellName: TypeAlias = Literal["lstm", "gru", "gru_before", "simple_rnn"]
Weights: TypeAlias = tuple[Array, Array, Array | None]


def _load() -> ModuleType | None:
    try:
        return importlib.import_module("recurra.kernels._native")
    except ImportError:
        return None


native = _load()


@dataclass(frozen=True)
class Options:
    """The options of a call, as the cells' functions take them."""

    mask: BoolArray | None = None
    lengths: npt.ArrayLike | None = None
    go_backwards: bool = False
    zero_output_for_mask: bool = False
    dropout_mask: Array | None = None
    recurrent_dropout_mask: Array | None = None
    activation: str = "tanh"
    threads: int = 0


@dataclass(frozen=True)
class CoreCache:
    """What `core_forward` keeps for `core_backward`; it holds the arrays of the call."""

    cell: CellName
    call: Any
    like: Array
    shapes: tuple[tuple[int, ...], ...]
    sequence: Array
    saved: Array
    has_c: bool
    threads: int


class CoreGradients(NamedTuple):
    """Gradients with respect to everything that `core_forward` was given."""

    x: Array
    h0: Array
    c0: Array | None
    kernel: Array
    recurrent_kernel: Array
    bias: Array | None


def core_forward(
    cell: CellName,
    x: Array,
    weights: Weights,
    states: tuple[Array | None, ...],
    options: Options,
    *,
    keep_cache: bool,
) -> tuple[Array, list[Array], CoreCache | None]:
    """Run the core over whole sequences whose input and weights are checked already.

    Args:
        cell: Name of the cell.
        x: Input, float32, shape `(batch, time, features)`.
        weights: Kernel, recurrent kernel and bias in the layout of Keras.
        states: Initial states `(batch, units)` or None, two for an LSTM.
        options: The rest.
        keep_cache: Keep what `core_backward` needs.

    Returns:
        Outputs `(batch, time, units)`, last states, cache.

    Raises:
        ShapeError: If shapes or dtypes of states, masks or lengths disagree.
        UsageError: If both `mask` and `lengths` are given.
    """
    batch, time, _ = x.shape
    units = weights[1].shape[0]
    call = _call(cell, x, weights, _states(states, batch, units, x), options)
    sequence = np.empty((batch, time, units), x.dtype)
    ends = [np.empty((batch, units), x.dtype) for _ in states]
    saved = np.empty(call.saved_size, x.dtype) if keep_cache else None
    c = ends[1] if len(ends) > 1 else None
    _module().forward(call, sequence, ends[0], c, saved, options.threads)
    cache = None
    if saved is not None:
        shapes = (
            weights[0].shape,
            weights[1].shape,
            *([] if weights[2] is None else [weights[2].shape]),
        )
        cache = CoreCache(cell, call, x, shapes, sequence, saved, c is not None, options.threads)
    return sequence, ends, cache


def _plain(array: Any) -> Any:
    """Return an array that is row-major and aligned, itself where it is so already."""
    if array.flags.c_contiguous and array.flags.aligned:
        return array
    return np.require(array, requirements=["C_CONTIGUOUS", "ALIGNED"])


def _module() -> ModuleType:
    assert native is not None  # noqa: S101 - callers ask `native` first
    return native


def _states(
    states: tuple[Array | None, ...], batch: int, units: int, x: Array
) -> list[Array | None]:
    names = ("h0", "c0")
    for name, state in zip(names, states, strict=False):
        if state is not None:
            check_array(name, state, (batch, units), x)
    return [*states, None][:2]


def _call(
    cell: CellName,
    x: Array,
    weights: Weights,
    states: list[Array | None],
    options: Options,
) -> Any:
    batch, time, features = x.shape
    units = weights[1].shape[0]
    gates = weights[1].shape[1] // units
    mask, lengths = check_padding(batch, time, options.mask, options.lengths)
    drop = check_dropout("dropout_mask", options.dropout_mask, (gates, batch, features), x)
    recurrent_drop = check_dropout(
        "recurrent_dropout_mask", options.recurrent_dropout_mask, (gates, batch, units), x
    )
    counts = None if lengths is None else lengths.astype(np.int64)
    given: list[Any] = [x, *weights, *states, mask, counts, drop, recurrent_drop]
    arrays = [None if a is None else _plain(a) for a in given]
    return _module().call(
        cell, options.activation, *arrays, options.go_backwards, options.zero_output_for_mask
    )


def core_backward(
    cache: CoreCache, d_sequence: Array | None, d_h: Array | None, d_c: Array | None
) -> CoreGradients:
    """Propagate gradients back through a whole sequence.

    Args:
        cache: From `core_forward(..., keep_cache=True)`.
        d_sequence: Gradient of the outputs, `(batch, time, units)`; None: zeros.
        d_h: Gradient of the last state, `(batch, units)`; None: zeros.
        d_c: Gradient of the last cell state, `(batch, units)`; None: zeros.

    Returns:
        Gradients of everything.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    batch, time, units = cache.sequence.shape
    like = cache.like
    incoming: list[Array | None] = []
    for name, array, shape in (
        ("d_sequence", d_sequence, (batch, time, units)),
        ("d_h", d_h, (batch, units)),
        ("d_c", d_c, (batch, units)),
    ):
        checked = None if array is None else check_array(name, array, shape, like)
        incoming.append(None if checked is None else _plain(checked))
    dx, dh0 = np.empty(like.shape, like.dtype), np.empty((batch, units), like.dtype)
    dc0 = np.empty_like(dh0) if cache.has_c else None
    dweights = [np.empty(shape, like.dtype) for shape in cache.shapes]
    dbias = dweights[2] if len(dweights) > 2 else None
    _module().backward(
        cache.call, cache.sequence, cache.saved, *incoming,
        dx, dh0, dc0, dweights[0], dweights[1], dbias, cache.threads,
    )  # fmt: skip
    return CoreGradients(dx, dh0, dc0, dweights[0], dweights[1], dbias)


def instruction_sets() -> list[str]:
    """Return the core's instruction sets that this machine runs, best first; empty without it."""
    return list(native.instruction_sets()) if native is not None else []


def instruction_set() -> str | None:
    """Return the instruction set in use; None without the core."""
    return None if native is None else str(native.instruction_set())


def peak_rate() -> float | None:
    """Measure what one thread of this machine can reach at best; None without the core.

    Returns:
        Floating-point operations per second of multiply-adds in registers alone, float32.
    """
    return None if native is None else float(native.peak_rate())


def use_instruction_set(name: str) -> None:
    """Use another of the `instruction_sets()`, for measurements and tests.

    Raises:
        UnknownNameError: If the core does not carry it or the machine does not run it.
    """
    if native is None or not native.use_instruction_set(name):
        raise UnknownNameError("instruction set", name, instruction_sets())
