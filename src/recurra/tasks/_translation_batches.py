"""Batches of pairs as Keras reads them, of few shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import BOS_ID, Batch, EncodedTexts, length_boundaries, plan_batches
from recurra.tasks._epochs import epoch_generator

__all__ = ["EncodedPairs", "PairBatches", "PairShapes", "choose_shapes", "full_batches"]

_MANY_TOKENS = 250_000
_SHAPES, _SHAPES_OF_FEW = 5, 2  # each is one more compilation of the training step, 5 to 10 s
_MOST_CELLS = 1.15  # cells to tokens of the targets
_RAMP = 5  # epochs until scheduled sampling has its full share


@dataclass(frozen=True, eq=False)
class EncodedPairs:
    """Encoded sources and targets.

    Attributes:
        sources: Token ids of every source, `[EOS]` at the end.
        targets: Token ids of every target, `[EOS]` at the end.
    """

    sources: EncodedTexts
    targets: EncodedTexts

    def __len__(self) -> int:
        return len(self.sources)

    def read(
        self, rows: NDArray[np.int64], shape: tuple[int, int]
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.int32]]:
        """Collect some pairs.

        Args:
            rows: Row numbers.
            shape: Padded lengths of sources and targets.

        Returns:
            What the network reads: `source` and `target`, which begins with `[BOS]`; and the
            answers: at each step the next token of the target, 0 at padding.
        """
        answers = self.targets.batch(rows, shape[1])
        target = np.empty_like(answers)
        target[:, 0] = BOS_ID
        target[:, 1:] = answers[:, :-1]
        target[answers == 0] = 0
        return {"source": self.sources.batch(rows, shape[0]), "target": target}, answers


@dataclass(frozen=True, eq=False)
class PairShapes:
    """The shapes that batches may have.

    A pair's size is the greater of its lengths, the source's scaled to the target's; pairs of
    similar size meet in a batch.

    Attributes:
        scale: Steps of a target for a step of a source.
        edges: Rising sizes; the last holds every training pair.
        shapes: Padded lengths of sources and targets for each edge.
    """

    scale: float
    edges: tuple[int, ...]
    shapes: dict[int, tuple[int, int]]

    def plan(
        self,
        pairs: EncodedPairs,
        batch_size: int,
        generator: np.random.Generator | None = None,
    ) -> list[Batch]:
        """Plan batches over pairs; see `plan_batches`."""
        sizes = _sizes(pairs, self.scale)
        return plan_batches(sizes, batch_size, boundaries=self.edges, generator=generator)

    def padding_share(self, pairs: EncodedPairs, plan: Sequence[Batch]) -> float:
        """Return the share of the targets' cells that is padding."""
        cells = sum(len(batch.indices) * self.shapes[batch.time][1] for batch in plan)
        return 1 - int(pairs.targets.lengths.sum()) / max(1, cells)


def choose_shapes(pairs: EncodedPairs) -> PairShapes:
    """Choose as few shapes for some pairs as the padding of their targets allows.

    The output layer computes padding too; the recurrences skip it.
    """
    targets = pairs.targets.lengths
    scale = float(targets.sum() / max(1, pairs.sources.lengths.sum()))
    sizes = _sizes(pairs, scale)
    most = _SHAPES if targets.sum() >= _MANY_TOKENS else _SHAPES_OF_FEW
    for count in range(1, most + 1):
        edges = length_boundaries(sizes, count)
        shapes = {edge: _longest(pairs, sizes <= edge) for edge in edges}
        places = np.searchsorted(edges, sizes)
        cells = np.array([shapes[edge][1] for edge in edges])[places].sum()
        if cells <= _MOST_CELLS * targets.sum():
            break
    return PairShapes(scale, edges, shapes)


def _longest(pairs: EncodedPairs, held: NDArray[Any]) -> tuple[int, int]:
    return int(pairs.sources.lengths[held].max()), int(pairs.targets.lengths[held].max())


def _sizes(pairs: EncodedPairs, scale: float) -> NDArray[np.int64]:
    scaled = np.ceil(pairs.sources.lengths * scale).astype(np.int64)
    sizes: NDArray[np.int64] = np.maximum(scaled, pairs.targets.lengths)
    return sizes


class PairBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: pairs of similar lengths, shuffled anew every epoch, all of one size.

    A partial batch is filled with rows of weight 0, and padding weighs 0 everywhere.
    """

    def __init__(
        self,
        pairs: EncodedPairs,
        shapes: PairShapes,
        *,
        batch_size: int,
        seed: int,
        scheduled_sampling: float = 0.0,
    ) -> None:
        """Describe the epochs.

        Args:
            pairs: The pairs to train on.
            shapes: The shapes that batches may have.
            batch_size: Pairs in a batch.
            seed: Fixes the order of every epoch, and which tokens are sampled.
            scheduled_sampling: Share of the target's tokens that are marked to be replaced by the
                network's own, as a third input `replaced`, from the sixth epoch on; rising
                linearly from 0 in the first. Without it there is no third input.
        """
        super().__init__()
        self._pairs = pairs
        self._shapes = shapes
        self._batch_size = min(batch_size, len(pairs))
        self._seed = seed
        self._scheduled_sampling = scheduled_sampling
        self._epoch = 0
        self._plan: Sequence[Batch] = ()
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Plan the batches of an epoch, counted from 0."""
        generator = epoch_generator(self._seed, epoch, "order")
        self._epoch = epoch
        self._plan = self._shapes.plan(self._pairs, self._batch_size, generator)

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return math.ceil(len(self._pairs) / self._batch_size)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.int32], NDArray[np.float32]]:
        """Return inputs, answers and weights of one batch."""
        batch = self._plan[index]
        filled = np.resize(batch.indices, self._batch_size)
        inputs, answers = self._pairs.read(filled, self._shapes.shapes[batch.time])
        weights = (answers != 0).astype(np.float32)
        weights[len(batch.indices) :] = 0
        if self._scheduled_sampling:
            inputs["replaced"] = self._replaced(inputs["target"], index)
        return inputs, answers, weights

    def _replaced(self, target: NDArray[np.int32], index: int) -> NDArray[np.bool_]:
        share = self._scheduled_sampling * min(1.0, self._epoch / _RAMP)
        generator = epoch_generator(self._seed, self._epoch, f"sampling {index}")
        replaced: NDArray[np.bool_] = (generator.random(target.shape) < share) & (target != 0)
        replaced[:, 0] = False  # [BOS]
        return replaced


def full_batches(
    pairs: EncodedPairs, shapes: PairShapes, batch_size: int
) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray[Any]], NDArray[np.int32]]]:
    """Yield row numbers, inputs and answers for measuring, in the shapes of the training.

    Inputs always have the full batch size, so that one compilation serves all; a partial batch is
    filled up by repeating its rows, and its row numbers are fewer than the inputs. Pairs longer
    than those of the training get a shape of their own.
    """
    size = min(batch_size, max(1, len(pairs)))
    longest = int(_sizes(pairs, shapes.scale).max(initial=1))
    edges = shapes.edges if longest <= shapes.edges[-1] else (*shapes.edges, longest)
    for batch in replace(shapes, edges=edges).plan(pairs, size):
        # A pair may be of a training pair's size and longer on one side than all of that size.
        shape = np.maximum(shapes.shapes.get(batch.time, (1, 1)), _longest(pairs, batch.indices))
        inputs, answers = pairs.read(np.resize(batch.indices, size), tuple(shape))
        yield batch.indices, inputs, answers
