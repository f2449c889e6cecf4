"""A piano roll that a network goes on playing."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.models import named_weights
from recurra.runtime import LanguageNetwork, check_roll
from recurra.study.insight._subject_parts import best_first, network_name
from recurra.study.insight.subject import Subject
from recurra.tasks.roll_generator import RollGenerator

__all__ = ["roll_subject"]


def roll_subject(
    generator: RollGenerator, roll: NDArray[Any], target: int | None = None
) -> Subject:
    """Return a piano roll as a trained network reads it.

    The loss is that of the whole step that would come next, with the notes that are likelier than
    not as its answer.

    Args:
        generator: A fitted `RollGenerator`.
        roll: Steps `(time, notes)` of 0 and 1.
        target: The note of the next step whose log-odds are explained; the likeliest when `None`.

    Raises:
        DataError: If it is no roll.
        ShapeError: If it has another number of notes.
        UsageError: If there is no such note.
    """
    notes, spec = generator.predictor_.notes, generator.specification_
    checked = check_roll(roll, notes).astype(np.float32)
    steps = np.concatenate([np.zeros((1, notes), np.float32), checked])  # silence comes before
    network = LanguageNetwork(spec, named_weights(generator.model_))
    logits = network.run(steps[None])[0][0, -1].astype(np.float64)
    note = int(logits.argmax()) if target is None else target
    if not isinstance(note, int) or not 0 <= note < notes:
        raise UsageError(f"the target must be a note from 0 to {notes - 1}, not {note!r}")
    answers = (logits > 0).astype(np.float32)

    def replaced(chosen: NDArray[np.bool_], _: np.random.Generator) -> NDArray[np.float32]:
        return np.where(chosen[..., None], steps.mean(axis=0), steps)

    def loss(outputs: Any) -> Any:
        following = outputs[:, -1]
        return ops.sum(ops.softplus(following) - following * answers, axis=-1)

    return Subject(
        model=generator.model_,
        inputs=steps[None],
        labels=("silence", *(str(step + 1) for step in range(len(checked)))),
        task=generator.task,
        name=network_name(spec.cell, spec.units, bidirectional=False, what="generator of rolls"),
        answer=best_first((f"note {k}" for k in range(notes)), 1 / (1 + np.exp(-logits))),
        explained=f"log-odds of note {note} at the next step",
        score=lambda outputs: outputs[:, -1, note],
        loss=loss,
        replace=replaced,
    )
