"""What the kernels' benchmark found, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recurra.study.bench_cases import BenchSizes
from recurra.study.bench_checks import Check

__all__ = ["BenchResult", "EntryTimes", "NetworkTimes", "Race", "Times"]


@dataclass(frozen=True)
class Times:
    """Wall times of one kind of call.

    Attributes:
        median: Seconds.
        low: Lower quartile.
        high: Upper quartile.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Summarise samples."""
        low, median, high = np.quantile(seconds, (0.25, 0.5, 0.75)).tolist()
        return cls(median, low, high)


@dataclass(frozen=True)
class Race:
    """Two paths that took turns at the same work.

    Attributes:
        theirs: Keras's own path, or the NumPy reference.
        ours: The core.
    """

    theirs: Times
    ours: Times

    @property
    def ratio(self) -> float:
        """How many times as fast the core is, by the medians."""
        return self.theirs.median / self.ours.median

    def to_dict(self, theirs: str) -> dict[str, Any]:
        """Return JSON values; `theirs` names the other side."""
        return {theirs: asdict(self.theirs), "recurra": asdict(self.ours), "ratio": self.ratio}


@dataclass(frozen=True)
class NetworkTimes:
    """One network: a training step and the prediction of a batch.

    Attributes:
        case: Its name among `BENCH_CASES`.
        title: The same for people.
        units: Units of each recurrent layer.
        training: One step of `fit`, against Keras's own path.
        prediction: One batch, against Keras's own path.
    """

    case: str
    title: str
    units: int
    training: Race
    prediction: Race

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values; times are in seconds."""
        races = {name: getattr(self, name).to_dict("keras") for name in ("training", "prediction")}
        return {"case": self.case, "title": self.title, "units": self.units, **races}


@dataclass(frozen=True)
class EntryTimes:
    """One call of the kernels' NumPy entry.

    Attributes:
        cell: Keras's name of the cell.
        units: Units; the input has as many features as the networks' embedding.
        batch: Rows.
        steps: Time steps; 1 is one step of a stream.
        race: Against the NumPy reference in float32.
    """

    cell: str
    units: int
    batch: int
    steps: int
    race: Race

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values; times are in seconds."""
        facts = {name: getattr(self, name) for name in ("cell", "units", "batch", "steps")}
        return {**facts, **self.race.to_dict("reference")}


@dataclass(frozen=True)
class BenchResult:
    """Everything that a benchmark found.

    Attributes:
        machine: Processors, instruction set, versions, backend.
        sizes: Sizes of the networks.
        rounds: Turns of each path.
        checks: What agreed before anything was timed.
        networks: Times of the networks.
        entries: Times of the NumPy entry.
    """

    machine: dict[str, Any]
    sizes: BenchSizes
    rounds: int
    checks: list[Check]
    networks: list[NetworkTimes]
    entries: list[EntryTimes]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values; times are in seconds."""
        return {
            "machine": self.machine,
            "sizes": asdict(self.sizes),
            "rounds": self.rounds,
            "networks": [one.to_dict() for one in self.networks],
            "entries": [one.to_dict() for one in self.entries],
            "checks": [asdict(check) for check in self.checks],
        }
