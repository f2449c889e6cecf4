"""What the benchmark runs: networks, sizes, batches. Needs no Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BATCHES",
    "BENCH_CASES",
    "GATES",
    "QUICK_BENCH_CASES",
    "BenchBatches",
    "BenchCase",
    "BenchSizes",
    "draw_batches",
    "draw_weights",
]

BATCHES = 16
_VALID_SHARE = 0.6
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


@dataclass(frozen=True)
class BenchSizes:
    """Sizes of the networks and their batches.

    Args:
        units: Units of the recurrent layers, where a case has none of its own.
        batch: Sequences in a batch.
        steps: Time steps of a sequence.
        features: Width of the embedding.
        words: Rows of the embedding.
    """

    units: int = 64
    batch: int = 64
    steps: int = 200
    features: int = 64
    words: int = 10_000


@dataclass(frozen=True)
class BenchCase:
    """One network: `Embedding` -> recurrent layers -> `Dense(1)`.

    Args:
        layer: Keras's class of the recurrent layers.
        units: Units of its own; None: as in `BenchSizes`.
        dropout: Rate of `dropout` and of `recurrent_dropout`.
        padded: Sequences end in padding, which is masked; 60 % of the steps are valid on average.
        stacked: Two bidirectional layers instead of one forward layer.
    """

    layer: str
    units: int | None = None
    dropout: float = 0.0
    padded: bool = False
    stacked: bool = False

    def units_at(self, sizes: BenchSizes) -> int:
        """Return the units of each recurrent layer."""
        return self.units or sizes.units

    def title(self, sizes: BenchSizes) -> str:
        """Name the network for people."""
        name = f"{self.layer}({self.units_at(sizes)})"
        if self.stacked:
            return f"2 x Bidirectional {name}"
        if self.padded:
            return f"{name}, padded"
        return f"{name}, dropout {self.dropout}" if self.dropout else name


BENCH_CASES = {
    "lstm": BenchCase("LSTM"),
    "gru": BenchCase("GRU"),
    "simple_rnn": BenchCase("SimpleRNN"),
    "lstm_dropout": BenchCase("LSTM", dropout=0.2),
    "lstm_padded": BenchCase("LSTM", padded=True),
    "stacked_bidirectional": BenchCase("LSTM", stacked=True),
    "lstm_128": BenchCase("LSTM", units=128),
    "lstm_256": BenchCase("LSTM", units=256),
}
QUICK_BENCH_CASES = ("lstm", "gru", "simple_rnn")


class BenchBatches(NamedTuple):
    """Batches that the steps take in turn.

    Attributes:
        ids: Token ids, 0 being padding, `(batches, batch, time)`.
        targets: What to predict, `(batches, batch, 1)`.
    """

    ids: NDArray[np.int32]
    targets: NDArray[np.float32]


def draw_batches(case: BenchCase, sizes: BenchSizes, seed: int = 0) -> BenchBatches:
    """Draw the batches of a case; the same seed gives the same batches everywhere."""
    generator = np.random.default_rng(seed)
    shape = (BATCHES, sizes.batch, sizes.steps)
    ids = generator.integers(1, sizes.words, shape, dtype=np.int32)
    if case.padded:
        drawn = generator.normal(_VALID_SHARE, 0.25, (*shape[:2], 1)) * sizes.steps
        ids[np.arange(sizes.steps) >= np.clip(np.rint(drawn), 1, sizes.steps)] = 0
    targets = generator.normal(size=(*shape[:2], 1)).astype(np.float32)
    return BenchBatches(ids, targets)


def draw_weights(case: BenchCase, sizes: BenchSizes, seed: int = 0) -> list[NDArray[np.float32]]:
    """Draw all weights of a case's network, in the order and layout of Keras.

    Matrices have about the spread of Keras's initial weights; the biases are drawn too, so that a
    bias in the wrong place shows.

    Returns:
        The embedding; kernel, recurrent kernel and bias of every direction of every layer; kernel
        and bias of the last layer.
    """
    generator = np.random.default_rng(seed)

    def matrix(*shape: int) -> NDArray[np.float32]:
        spread = float(np.sqrt(1 / sum(shape)))
        return (spread * generator.normal(size=shape)).astype(np.float32)

    def bias(*shape: int) -> NDArray[np.float32]:
        return (0.1 * generator.normal(size=shape)).astype(np.float32)

    units, directions = case.units_at(sizes), 2 if case.stacked else 1
    columns = GATES[case.layer] * units
    drawn, features = [matrix(sizes.words, sizes.features)], sizes.features
    for _ in range(2 if case.stacked else 1):
        for _ in range(directions):
            drawn += [matrix(features, columns), matrix(units, columns)]
            drawn.append(bias(2, columns) if case.layer == "GRU" else bias(columns))
        features = directions * units
    return [*drawn, matrix(features, 1), bias(1)]
