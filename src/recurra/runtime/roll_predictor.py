"""Scores and writes piano rolls, without Keras.

A roll is an array `(time, notes)` of 0 and 1: which notes sound at each step. Every note of a step
is drawn on its own, given all steps before it (Boulanger-Lewandowski et al. 2012, the "RNN" of
their table 1). Before its first step a roll is silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UsageError
from recurra.runtime._artifact_checks import check_task
from recurra.runtime._language_network import LanguageNetwork
from recurra.runtime.artifact import Artifact
from recurra.runtime.language_specification import LanguageModelSpecification

__all__ = ["ROLL_TASK", "RollPredictor", "check_roll"]

ROLL_TASK = "rolls"
_COLDEST = 1e-3
_LARGEST_LOGIT = 60.0

Roll = NDArray[np.uint8]


class RollPredictor:
    """Ready to score and write.

    Attributes:
        specification: The architecture, of `inputs="rolls"`.
    """

    def __init__(
        self, specification: LanguageModelSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If they do not fit the specification.
        """
        if specification.inputs != "rolls":
            raise CorruptArtifactError("the specification is not that of a model of piano rolls")
        self.specification = specification
        self._network = LanguageNetwork(specification, weights)

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> Self:
        """Read a predictor.

        Raises:
            CorruptArtifactError: If the file holds a model for another task, or a broken one.
        """
        check_task(artifact, ROLL_TASK, "one of rolls")
        values = artifact.manifest.get("specification")
        return cls(LanguageModelSpecification.from_dict(values), artifact.weights)

    @property
    def notes(self) -> int:
        """Notes of a roll."""
        return self.specification.vocabulary

    def score(self, roll: NDArray[Any]) -> NDArray[np.float64]:
        """Return the negative log-likelihood of every step after those before it, in nats.

        Args:
            roll: Shape `(time, notes)`.

        Returns:
            Shape `(time,)`.

        Raises:
            DataError: If it is no roll.
        """
        checked = check_roll(roll, self.notes)
        return _step_losses(self._logits(checked), checked)

    def measure(self, rolls: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """Measure on whole pieces.

        The first step of each piece is not counted, as in Bai et al. 2018.

        Returns:
            `pieces`, `steps`, `nll` (nats per step) and `accuracy`: of the notes that sound or are
            forecast (with more than one half), the share that are both (Bay et al. 2009).

        Raises:
            DataError: If there is no piece of two steps or more.
        """
        total, steps, both, either = 0.0, 0, 0, 0
        for roll in rolls:
            checked = check_roll(roll, self.notes)
            logits, played = self._logits(checked)[1:], checked[1:].astype(bool)
            total += float(_step_losses(logits, checked[1:]).sum())
            steps += len(played)
            both += int((played & (logits > 0)).sum())
            either += int((played | (logits > 0)).sum())
        if not steps:
            raise DataError("there is no piece of two steps or more to measure on")
        return {
            "pieces": len(rolls),
            "steps": steps,
            "nll": total / steps,
            "accuracy": both / max(1, either),
        }

    def next_step(self, rolls: NDArray[Any]) -> NDArray[np.float64]:
        """Return how probable each note is in the step after each of some rolls.

        Args:
            rolls: Shape `(rolls, time, notes)` of 0 and 1.

        Returns:
            Shape `(rolls, notes)`.
        """
        read = np.zeros((len(rolls), rolls.shape[1] + 1, self.notes), np.float32)
        read[:, 1:] = rolls
        logits = self._network.run(read)[0][:, -1].astype(np.float64)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
        return chances

    def generate(
        self,
        prompt: NDArray[Any] | None = None,
        *,
        length: int = 128,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> Roll:
        """Write on.

        Args:
            prompt: Steps to go on from, `(time, notes)`; the beginning of a piece when `None`.
            length: Steps to write.
            temperature: Below 1 more careful, above more daring; near 0 a note sounds where that
                is likelier than not.
            seed: Same seed, same music.

        Returns:
            The steps after the prompt, shape `(length, notes)`.

        Raises:
            DataError: If the prompt is no roll.
            UsageError: If an option is out of its range.
        """
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            raise UsageError(f"length must be a whole number from 0 up, not {length!r}")
        if not 0 <= temperature < np.inf:
            raise UsageError(f"temperature must be 0 or more, not {temperature!r}")
        generator = np.random.default_rng(seed)
        silence = np.zeros((1, self.notes), np.float32)
        read = silence
        if prompt is not None:
            read = np.concatenate([silence, check_roll(prompt, self.notes)], dtype=np.float32)
        logits, state = self._network.run(read[None])
        stream, now = self._network.stream(state), logits[:, -1]
        written = np.zeros((length, self.notes), np.uint8)
        for step in range(length):
            scaled = np.clip(now[0] / max(temperature, _COLDEST), -_LARGEST_LOGIT, _LARGEST_LOGIT)
            chances = 1 / (1 + np.exp(-scaled.astype(np.float64)))
            written[step] = generator.random(self.notes) < chances
            now = stream.step(written[step : step + 1].astype(np.float32))
        return written

    def _logits(self, roll: Roll) -> NDArray[np.float32]:
        """Return the logits of every step, shape `(time, notes)`."""
        before = np.zeros((1, *roll.shape), np.float32)
        before[0, 1:] = roll[:-1]
        logits: NDArray[np.float32] = self._network.run(before)[0][0]
        return logits


def check_roll(roll: Any, notes: int | None = None) -> Roll:
    """Return a roll as uint8.

    Raises:
        DataError: If it is not an array `(time, notes)` of 0 and 1.
        ShapeError: If it has another number of notes.
    """
    array = np.asarray(roll)
    if array.ndim != 2 or not array.size or array.dtype.kind not in "buif":
        raise DataError(
            f"a piano roll is an array (time, notes) of 0 and 1, this has shape {array.shape} and "
            f"type {array.dtype}"
        )
    if notes is not None and array.shape[1] != notes:
        raise ShapeError(f"the roll has {array.shape[1]} notes, expected {notes}")
    if not ((array == 0) | (array == 1)).all():
        raise DataError("a piano roll holds 0 and 1 only; make it from velocities by `roll > 0`")
    return array.astype(np.uint8)


def _step_losses(logits: NDArray[np.float32], roll: Roll) -> NDArray[np.float64]:
    values = logits.astype(np.float64)
    losses: NDArray[np.float64] = (np.logaddexp(0.0, values) - roll * values).sum(axis=1)
    return losses
