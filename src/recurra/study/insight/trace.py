"""What one look into a recurrent network found: plain arrays with names.

A `Trace` is made by `recurra.inspect`; every picture is drawn from it. All arrays are float32
unless their field says otherwise; the time axis comes first and runs in the order of time, also for
layers that read backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import ShapeError

__all__ = [
    "Array",
    "Attribution",
    "Block",
    "CellName",
    "GradientFlow",
    "LayerTrace",
    "MemoryCurve",
    "Trace",
]

Array: TypeAlias = NDArray[np.float32]
CellName: TypeAlias = Literal["rnn", "lstm", "gru", "other"]
Curve: TypeAlias = tuple[Array, Array]

_OPEN, _SHUT = 0.9, 0.1
_EMPTY = np.empty(0, np.float32)


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """One recurrent layer, or one direction of it, over one input.

    Attributes:
        name: The layer's name in the model.
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"other"` for cells that are not Keras's own.
        units: Units of the layer.
        backwards: Whether the layer reads from the last step to the first.
        valid: Steps that are no padding, bool, `(time,)`.
        inputs: What the layer read, `(time, features)`.
        hidden: State after each step, `(time, units)`.
        cell_state: Cell state of an LSTM after each step, `(time, units)`; None for others.
        gates: Activated gates at each step, each `(time, units)`; LSTM: input, forget, output,
            candidate; GRU: update, reset, candidate; none for other cells.
        hidden_gradient: Derivative of the loss with respect to the state after each step, through
            all steps that follow in the layer's order and all layers above, `(time, units)`; None
            where it was not asked for or cannot be known.
        cell_gradient: The same for the cell state of an LSTM.
        unit_order: The units in an order that puts alike ones side by side, int64, `(units,)`.
        note: What is missing and why; empty when nothing is.
        labels: Names of the steps where they are not those of the trace (the decoder of a
            translator); empty where they are.
    """

    name: str
    cell: CellName
    units: int
    backwards: bool
    valid: NDArray[np.bool_]
    inputs: Array
    hidden: Array
    cell_state: Array | None
    gates: dict[str, Array]
    hidden_gradient: Array | None
    cell_gradient: Array | None
    unit_order: NDArray[np.int64]
    note: str = ""
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        time, state = len(self.valid), (len(self.valid), self.units)
        _check_shape("valid", self.valid, (time,), np.bool_)
        _check_shape("inputs", self.inputs, (time, None))
        _check_shape("hidden", self.hidden, state)
        for name in ("cell_state", "hidden_gradient", "cell_gradient"):
            value = getattr(self, name)
            if value is not None:
                _check_shape(name, value, state)
        for name, gate in self.gates.items():
            _check_shape(f"gate {name!r}", gate, state)
        _check_shape("unit_order", self.unit_order, (self.units,), np.int64)
        if not np.array_equal(np.sort(self.unit_order), np.arange(self.units)):
            raise ShapeError(f"unit_order must name each of the {self.units} units once")

    @property
    def gradient_norms(self) -> Array | None:
        """Norm of `hidden_gradient` at each step, `(time,)`; None without gradients."""
        if self.hidden_gradient is None:
            return None
        norms: Array = np.linalg.norm(self.hidden_gradient, axis=1).astype(np.float32)
        return norms

    def saturation(self) -> dict[str, dict[str, float]]:
        """Return how often each gate is shut or open, as shares of all valid steps and units.

        Returns:
            For each gate `{"low": share below 0.1, "high": share above 0.9}`; for the candidate,
            which lies between -1 and 1, the shares below -0.9 and above 0.9.
        """
        return {name: self._shares(name, gate[self.valid]) for name, gate in self.gates.items()}

    def _shares(self, name: str, gate: Array) -> dict[str, float]:
        if not gate.size:
            return {"low": 0.0, "high": 0.0}
        low = -_OPEN if name == "candidate" else _SHUT
        return {"low": float(np.mean(gate < low)), "high": float(np.mean(gate > _OPEN))}


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each step of the input speaks for the explained score.

    Attributes:
        method: `"integrated_gradients"`, `"gradient_x_input"`, `"occlusion"` or `"attention"`.
        scores: One number for each step, `(time,)`; above zero: the step raises the score.
        completeness_error: |sum of scores - difference of outputs| / |difference|, for methods
            whose scores must sum to the difference; None for others.
        deletion: Shares of steps removed, most important first, and the score after each, two
            arrays of one length; empty where it was not measured.
        faithfulness: Area between the curve of a random order of removal and that of this order,
            in units of the explained score; above zero: better than chance.
        note: What is missing and why; empty when nothing is.
    """

    method: str
    scores: Array
    completeness_error: float | None = None
    deletion: Curve = (_EMPTY, _EMPTY)
    faithfulness: float = 0.0
    note: str = ""

    def __post_init__(self) -> None:
        _check_shape("scores", self.scores, (None,))
        _check_shape("deletion shares", self.deletion[0], (None,))
        _check_shape("deletion values", self.deletion[1], self.deletion[0].shape)


@dataclass(frozen=True, eq=False)
class MemoryCurve:
    """How far back a changed input still changes the output.

    Attributes:
        distances: Steps between the changed step and the last one, `(n,)`.
        change: Mean change of the output for each distance, `(n,)`.
        effective_context: Smallest number of last steps that hold 95 % of the summed change.
        length: Steps of the longest input measured.
        inputs: How many inputs were averaged.
    """

    distances: Array
    change: Array
    effective_context: float
    length: int
    inputs: int

    def __post_init__(self) -> None:
        _check_shape("distances", self.distances, (None,))
        _check_shape("change", self.change, self.distances.shape)


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """How the loss gradient grows or shrinks on its way back through time.

    Attributes:
        model: Name to show, such as `"LSTM, trained"`.
        cell: The recurrent cell.
        trained: Whether the weights are trained ones.
        norms: Norm of the gradient of the state, `(steps back,)`; the last step first.
        half_life: Steps over which the norm halves, by a least-squares line through its
            logarithm; None where it does not shrink.
        growth: Factor of the norm for each step back, by the same line.
    """

    model: str
    cell: CellName
    trained: bool
    norms: Array
    half_life: float | None
    growth: float

    def __post_init__(self) -> None:
        _check_shape("norms", self.norms, (None,))


@dataclass(frozen=True)
class Block:
    """One layer of the model, for the drawing over time.

    Attributes:
        name: The layer's name.
        kind: Its class, such as `"LSTM"`.
        shape_in: Shape of what it reads, such as `"(time, 64)"`, batch left out.
        shape_out: Shape of what it puts out.
        parameters: How many weights it has.
        recurrent: Whether it carries a state from step to step.
        directions: 2 where it reads both ways, else 1.
    """

    name: str
    kind: str
    shape_in: str
    shape_out: str
    parameters: int
    recurrent: bool
    directions: int


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that was found about one input of one model.

    Attributes:
        task: Task of the model, such as `"text-classification"`.
        model: Name of the model to show.
        labels: Name of each time step: its token or time stamp.
        answer: The model's answer, `(name, value)`, the best first.
        explained: What the attributions explain, such as `"log-odds of 'pos'"`.
        loss: Training loss of this input.
        layers: Every recurrent layer, each direction by itself, in the model's order.
        blocks: Every layer of the model in order.
        attributions: What each method says about the steps.
        memory: How far back the input counts; None where it was not measured.
        flows: Gradients through time of this model and its relatives.
        facts: Further figures, as JSON values.
    """

    task: str
    model: str
    labels: tuple[str, ...]
    answer: tuple[tuple[str, float], ...]
    explained: str
    loss: float
    layers: tuple[LayerTrace, ...] = ()
    blocks: tuple[Block, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    memory: MemoryCurve | None = None
    flows: tuple[GradientFlow, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def save(self, path: str | Path) -> Path:
        """Write the trace to one file, whole or not at all.

        Args:
            path: The file, by custom `*.trace`: safetensors with the rest as JSON in its header.

        Returns:
            The path.

        Raises:
            OutputError: If the file cannot be written.
        """
        from recurra.study.insight._trace_file import write_trace

        return write_trace(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Trace:
        """Read a trace that `save` wrote; every size, type and shape is checked.

        Args:
            path: The file.

        Returns:
            The same trace, array for array.

        Raises:
            SourceError: If there is no such file.
            CorruptArtifactError: If the file is no trace, truncated or altered.
            UnsafeArtifactError: If it is larger than any trace can be.
            ArtifactVersionError: If a newer version wrote it.
        """
        from recurra.study.insight._trace_file import read_trace

        return read_trace(Path(path))

    def layer(self, name: str, *, backwards: bool = False) -> LayerTrace:
        """Return the layer of a name, of two directions the asked one.

        Raises:
            KeyError: If there is none.
        """
        for layer in self.layers:
            if layer.name == name and layer.backwards == backwards:
                return layer
        raise KeyError(name)


def _check_shape(
    name: str,
    array: NDArray[Any],
    shape: tuple[int | None, ...],
    dtype: type[np.generic] = np.float32,
) -> None:
    """Refuse an array of another shape or dtype.

    Args:
        name: What the array is, for the message.
        array: The array.
        shape: The shape it must have; None for any length.
        dtype: The dtype it must have.

    Raises:
        ShapeError: If it has another one.
    """
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, got) for wanted, got in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype != dtype:
        wanted = tuple("any" if length is None else length for length in shape)
        raise ShapeError(
            f"{name} is {array.dtype} of shape {array.shape}, expected {dtype.__name__} of shape "
            f"{wanted}"
        )
