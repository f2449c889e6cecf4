"""From piano rolls to pieces to train on, to judge by and to measure on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.runtime import LanguageModelSpecification, check_roll
from recurra.sequences import RollsDataset, load_rolls
from recurra.tasks._roll_settings import RollGeneratorSettings

__all__ = ["PreparedRolls", "checked_rolls", "prepare_rolls"]

Roll = NDArray[np.uint8]
_FEWEST_STEPS = 2


@dataclass(frozen=True, eq=False)
class PreparedRolls:
    """Pieces, split.

    Attributes:
        settings: Resolved settings.
        train: Pieces to train on, each `(time, notes)` of 0 and 1.
        validation: Pieces for early stopping.
        test: Pieces to measure on; may be none.
        data: Facts for manifests, JSON values.
    """

    settings: RollGeneratorSettings
    train: list[Roll]
    validation: list[Roll]
    test: list[Roll]
    data: dict[str, Any]

    @property
    def specification(self) -> LanguageModelSpecification:
        """The architecture for these notes."""
        return self.settings.specification(self.train[0].shape[1])


def prepare_rolls(
    rolls: str | RollsDataset | Sequence[Any],
    settings: RollGeneratorSettings,
    seed: int,
    *,
    validation: Sequence[Any] | None = None,
    test: Sequence[Any] | None = None,
) -> PreparedRolls:
    """Check the pieces, and split them where no other parts are given.

    Args:
        rolls: Pieces, each an array `(time, notes)` of 0 and 1; or a dataset, or the name of one,
            whose parts are taken as they are.
        settings: Resolved settings.
        seed: Fixes the split.
        validation: Pieces for early stopping; a share of `rolls` when `None`.
        test: Pieces to measure on; as `validation`.

    Raises:
        DataError: If a piece cannot be used, or there are too few.
        UnknownNameError: If there is no such dataset.
    """
    name = "rolls"
    if isinstance(rolls, str):
        rolls = load_rolls(rolls)
    if isinstance(rolls, RollsDataset):
        name, validation, test = rolls.name, rolls.validation, rolls.test
        rolls = rolls.train
    pieces = checked_rolls(rolls)
    parts = _split(pieces, {"validation": validation, "test": test}, settings, seed)
    return PreparedRolls(settings, **parts, data=_facts(name, pieces[0].shape[1], parts))


def checked_rolls(rolls: Any, notes: int | None = None) -> list[Roll]:
    """Return pieces as uint8.

    Raises:
        DataError: If one cannot be used; says which.
        UsageError: If they come as one array or not at all.
    """
    if isinstance(rolls, (str, bytes, np.ndarray)) or not isinstance(rolls, Sequence):
        raise UsageError(f"expected a list of piano rolls, not {type(rolls).__name__}")
    checked: list[Roll] = []
    for number, roll in enumerate(rolls, start=1):
        try:
            checked.append(check_roll(roll, notes))
        except ValueError as error:
            raise DataError(f"piece {number}: {error}") from error
        notes = checked[-1].shape[1]
        if len(checked[-1]) < _FEWEST_STEPS:
            raise DataError(f"piece {number} has {len(checked[-1])} step, at least 2 are needed")
    if not checked:
        raise DataError("there are no pieces")
    return checked


def _split(
    pieces: list[Roll],
    given: dict[str, Sequence[Any] | None],
    settings: RollGeneratorSettings,
    seed: int,
) -> dict[str, list[Roll]]:
    """Hold out what is not given; what is left is trained on."""
    order = np.random.default_rng([seed, *b"split"]).permutation(len(pieces)).tolist()
    parts: dict[str, list[Roll]] = {}
    for part, rolls in given.items():
        if rolls is not None:
            parts[part] = checked_rolls(rolls, pieces[0].shape[1])
            continue
        share = getattr(settings, part)
        count = max(1, round(share * len(pieces))) if share else 0
        parts[part] = [pieces[i] for i in order[:count]]
        order = order[count:]
    if not order:
        raise DataError(f"{len(pieces)} pieces leave none to train on; give more")
    return {"train": [pieces[i] for i in sorted(order)], **parts}


def _facts(name: str, notes: int, parts: dict[str, list[Roll]]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for pieces in parts.values():
        for piece in pieces:
            digest.update(np.int64(piece.shape[0]).tobytes() + piece.tobytes())
    return {
        "name": name,
        "source": name,
        "sha256": digest.hexdigest(),
        "notes": notes,
        "rows": {part: len(pieces) for part, pieces in parts.items()},
        "steps": {part: sum(map(len, pieces)) for part, pieces in parts.items()},
    }
