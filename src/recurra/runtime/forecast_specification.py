"""What a forecaster is made of: the contract between builders, artifacts and the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.errors import UnknownNameError, UsageError
from recurra.runtime._checks import (
    LARGEST_WIDTH,
    check_bool,
    check_count,
    check_counts,
    check_share,
    read_specification,
    write_specification,
)

__all__ = ["ARCHITECTURES", "ATTENTIONS", "FORECAST_CELLS", "ForecasterSpecification"]

ARCHITECTURES = ("recurrent", "seq2seq", "segrnn")
ATTENTIONS = ("", "additive", "dot")
FORECAST_CELLS = ("rnn", "lstm", "gru")

_LARGEST_TIME = 1 << 20


@dataclass(frozen=True)
class ForecasterSpecification:
    """The architecture of a forecaster.

    A network maps `past` `(batch, lookback, targets + past_features)`, `mask`
    `(batch, lookback)`, `future` `(batch, horizon, future_features)` and `static`
    `(batch, static_features)` to `(batch, horizon, targets, outputs)`, float32; `inputs` names
    those that it has. All values come scaled and without NaN; where `mask` is 0 a step does not
    count, whatever stands there.

    Args:
        lookback: Steps that the network reads.
        horizon: Steps that it forecasts.
        targets: Columns that it forecasts, the first of `past`.
        past_features: Further columns of `past`.
        future_features: Columns that are known over the horizon.
        static_features: Values that a series has once.
        outputs: Quantiles of every target and step, in rising order; 1 for a point forecast.
        median: Position of the quantile that the others are built on, see `build_forecaster`.
        architecture: `recurrent` (stacked layers whose last state gives all steps at once),
            `seq2seq` (an encoder and a decoder) or `segrnn` (segments of one target at a time).
        cell: `rnn`, `lstm` or `gru`.
        units: Units of each recurrent layer, from the first to the last; one layer for `segrnn`.
        bidirectional: Read the look-back from both ends; not for `segrnn`.
        attention: Over the states of the look-back: `additive`, `dot` or empty for none; not for
            `segrnn`.
        dropout: Share of each recurrent layer's inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        head_dropout: Dropout of what the output layer reads.
        segment: Steps of a segment, for `segrnn` alone. Where the look-back is no multiple of it,
            its first value is repeated in front; where the horizon is none, the last segment is
            cut.
        skip: Add a linear map from each target's own look-back to its horizon.

    Raises:
        UnknownNameError: If `architecture`, `cell` or `attention` is unknown.
        UsageError: If a number is out of its range, or the architecture has no such option.
    """

    lookback: int
    horizon: int
    targets: int
    past_features: int = 0
    future_features: int = 0
    static_features: int = 0
    outputs: int = 1
    median: int = 0
    architecture: str = "recurrent"
    cell: str = "lstm"
    units: tuple[int, ...] = (64,)
    bidirectional: bool = False
    attention: str = ""
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    head_dropout: float = 0.0
    segment: int = 0
    skip: bool = False

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise UnknownNameError(name, str(getattr(self, name)), known)
        for name, (least, most) in _RANGES.items():
            check_count(name, getattr(self, name), least, most)
        check_count("median", self.median, 0, self.outputs - 1)
        check_counts("units", self.units, least=1)
        for name in ("dropout", "recurrent_dropout", "head_dropout"):
            check_share(name, getattr(self, name))
        for name in ("bidirectional", "skip"):
            check_bool(name, getattr(self, name))
        if self.architecture == "segrnn":
            _check_segrnn(self)
        elif self.segment:
            raise UsageError(f"segment is of segrnn alone, not of {self.architecture}")

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """The inputs by name, each with its shape without the batch."""
        past = {"past": (self.lookback, self.targets + self.past_features)}
        if self.architecture == "segrnn":
            return {**past}
        shapes: dict[str, tuple[int, ...]] = {**past, "mask": (self.lookback,)}
        if self.future_features:
            shapes["future"] = (self.horizon, self.future_features)
        if self.static_features:
            shapes["static"] = (self.static_features,)
        return shapes

    @property
    def segments(self) -> tuple[int, int]:
        """Segments of the look-back and of the horizon, each rounded up; for `segrnn`."""
        return -(-self.lookback // self.segment), -(-self.horizon // self.segment)

    @property
    def position_width(self) -> int:
        """Values of a learned position vector: half of the units; all where nothing else is read.

        That is `segrnn` with one target, which needs no vector to tell targets apart.
        """
        if self.architecture == "segrnn" and self.targets == 1:
            return self.units[0]
        return (self.units[0] + 1) // 2

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> ForecasterSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)


_CHOICES = {"architecture": ARCHITECTURES, "cell": FORECAST_CELLS, "attention": ATTENTIONS}
_RANGES = {
    "lookback": (1, _LARGEST_TIME),
    "horizon": (1, _LARGEST_TIME),
    "targets": (1, LARGEST_WIDTH),
    "past_features": (0, LARGEST_WIDTH),
    "future_features": (0, LARGEST_WIDTH),
    "static_features": (0, LARGEST_WIDTH),
    "outputs": (1, 1 << 10),
    "segment": (0, _LARGEST_TIME),
}
_NOT_OF_SEGRNN = (
    "past_features",
    "future_features",
    "static_features",
    "bidirectional",
    "attention",
)


def _check_segrnn(spec: ForecasterSpecification) -> None:
    for name in _NOT_OF_SEGRNN:
        if getattr(spec, name):
            raise UsageError(
                f"segrnn has no {name} (it came as {getattr(spec, name)!r}); "
                "use recurrent or seq2seq"
            )
    if spec.segment < 1:
        raise UsageError(f"segrnn needs a segment of 1 step or more, not {spec.segment}")
    if len(spec.units) != 1 or spec.units[0] < 2:
        raise UsageError(f"segrnn has one layer of 2 units or more, not {spec.units}")
