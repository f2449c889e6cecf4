"""The kernels' NumPy entry in the benchmark: the core beside the reference, no Keras, no JAX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recurra import kernels
from recurra.study.bench_cases import GATES, BenchSizes
from recurra.study.bench_checks import Check, norm, require

__all__ = ["EntryCall", "check_entry", "entry_calls"]

_LIMIT = 5e-6  # of the core in float32 against the reference in float64

Call = Callable[[], Any]


@dataclass(frozen=True)
class EntryCall:
    """One call of the NumPy entry.

    Attributes:
        cell: Keras's name of the cell.
        batch: Rows.
        steps: Time steps; 1 is one step of a stream, which hands its state in.
        core: Makes the call on the core.
        reference: Makes it on the NumPy reference.
    """

    cell: str
    batch: int
    steps: int
    core: Call
    reference: Call


class _Functions(NamedTuple):
    """Entry, its backward pass, the reference and its step."""

    entry: Callable[..., Any]
    backward: Callable[..., Any]
    reference: Callable[..., Any]
    step: Callable[..., Any]


@dataclass(frozen=True)
class _Cell:
    """Random float32 arguments of one cell, and what can be done with them."""

    name: str
    weights: Any
    x: NDArray[np.float32]
    states: list[NDArray[np.float32]]

    @property
    def _functions(self) -> _Functions:
        name = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "simple_rnn"}[self.name]
        endings = ("", "_backward", "_forward", "_step")
        return _Functions(*(getattr(kernels, name + ending) for ending in endings))

    def cut(self, batch: int, steps: int) -> EntryCall:
        """Return the call on the first rows and steps."""
        entry, _, reference, step = self._functions
        x = np.ascontiguousarray(self.x[:batch, :steps])
        if steps > 1:
            core, theirs = partial(entry, x, self.weights), partial(reference, x, self.weights)
        else:
            row, states = np.ascontiguousarray(x[:, 0]), [state[:batch] for state in self.states]
            core = partial(self._stream(batch, np.float32).step, row)
            theirs = partial(step, row, *states, self.weights)
        return EntryCall(self.name, batch, steps, core, theirs)

    def _stream(self, batch: int, dtype: type[np.floating[Any]]) -> kernels.Stream:
        stream = kernels.Stream(_cast(self.weights, dtype), batch)
        stream.reset(*(state[:batch].astype(dtype) for state in self.states))
        return stream

    def results(self, dtype: type[np.floating[Any]]) -> dict[str, NDArray[Any]]:
        """Return outputs and gradients of the entry, which takes the reference for float64."""
        entry, backward, _, _ = self._functions
        x, states = self.x.astype(dtype), [s.astype(dtype) for s in self.states]
        out = entry(x, _cast(self.weights, dtype), *states, keep_cache=True)
        got = backward(out.cache, np.cos(out.sequence), out.h)
        by_weight = zip(("kernel", "recurrent_kernel", "bias"), got.weights[:3], strict=True)
        gradients = {"input": got.x, "initial state": got.h0, **dict(by_weight)}
        named = {f"gradient of the {name}": array for name, array in gradients.items()}
        stream = self._stream(len(x), dtype)
        steps = [stream.step(row).copy() for row in np.ascontiguousarray(x.swapaxes(0, 1))]
        one_by_one = np.stack(steps, axis=1)
        return {"sequence": out.sequence, "last state": out.h, "stream": one_by_one, **named}


def _cast(weights: Any, dtype: type[np.floating[Any]]) -> Any:
    return type(weights)(*(array.astype(dtype) for array in weights[:3]))


def entry_calls(cell: str, sizes: BenchSizes) -> list[EntryCall]:
    """Return one step of one stream, all steps of one stream, and of a whole batch."""
    problem = _draw(cell, sizes)
    return [problem.cut(*n) for n in ((1, 1), (1, sizes.steps), (sizes.batch, sizes.steps))]


def check_entry(cell: str, sizes: BenchSizes) -> list[Check]:
    """Compare the core on float32 arrays with the reference on float64 arrays.

    Raises:
        KernelMismatchError: If outputs or gradients differ; says which and by how much.
    """
    problem = _draw(cell, sizes)
    ours, expected = problem.results(np.float32), problem.results(np.float64)
    subject = f"NumPy entry, {cell}({sizes.units})"
    checks = []
    for name, array in expected.items():
        error = norm(ours[name] - array) / (norm(array) or 1.0)
        checks.append(require(Check(subject, name, error, _LIMIT), "the float64 reference"))
    return checks


def _draw(cell: str, sizes: BenchSizes, seed: int = 0) -> _Cell:
    generator = np.random.default_rng(seed)
    columns = GATES[cell] * sizes.units

    def draw(*shape: int, spread: float) -> NDArray[np.float32]:
        return (spread * generator.normal(size=shape)).astype(np.float32)

    # A wider spread makes the dynamics chaotic: then any rounding grows step by step.
    spread = 0.5 / np.sqrt(sizes.units)
    arrays = (
        draw(sizes.features, columns, spread=spread),
        draw(sizes.units, columns, spread=spread),
        draw(*((2, columns) if cell == "GRU" else (columns,)), spread=0.1),
    )
    weights = getattr(kernels, f"{cell}Weights")(*arrays)
    states = [draw(sizes.batch, sizes.units, spread=0.5) for _ in range(1 + (cell == "LSTM"))]
    return _Cell(cell, weights, draw(sizes.batch, sizes.steps, sizes.features, spread=1.0), states)
