"""Named datasets of labelled sequences."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from recurra.errors import UnknownNameError
from recurra.sequences.collections.collection import SequenceCollection
from recurra.sequences.collections.ts_files import read_ts
from recurra.sequences.dataset_files import DatasetEntry, get_files

__all__ = [
    "COLLECTION_DATASETS",
    "CollectionDataset",
    "collection_dataset_names",
    "load_collection_dataset",
]

_TEST_DIGITS = 397  # the last ones, of other writers; as scikit-learn's own examples use them


@dataclass(frozen=True, eq=False)
class CollectionDataset:
    """Sequences that belong together.

    Attributes:
        name: Name of the dataset, or of the file.
        train: Sequences for training and validation.
        test: Those of the dataset's own test part, or `None`.
    """

    name: str
    train: SequenceCollection
    test: SequenceCollection | None = None


def collection_dataset_names() -> list[str]:
    """Return the names of all datasets of labelled sequences."""
    return sorted(COLLECTION_DATASETS)


def load_collection_dataset(name: str) -> CollectionDataset:
    """Open a dataset of labelled sequences.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it is not on this machine; says how to have it.
    """
    if name not in COLLECTION_DATASETS:
        raise UnknownNameError("dataset of sequences", name, collection_dataset_names())
    if name == "digits":
        return _digits()
    path = get_files(name, COLLECTION_DATASETS[name])
    assert path is not None  # noqa: S101 - the others have places
    test = path.with_name(path.name.replace("_TRAIN", "_TEST"))
    parts = [read_ts(one, str(one), name) for one in (path, test)]
    train, held_out = (replace(part, source=name) for part in parts)
    return CollectionDataset(name, train, held_out)


def _digits() -> CollectionDataset:
    """Return scikit-learn's handwritten digits, each read from the top row to the lowest."""
    from sklearn.datasets import load_digits

    images, classes = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8).astype(np.float32)
    digest = hashlib.sha256(images.tobytes() + classes.astype(np.int64).tobytes()).hexdigest()
    whole = SequenceCollection(
        name="digits",
        source="digits",
        values=tuple(images),
        channels=tuple(f"column {k}" for k in range(1, 9)),
        places=tuple(f"digits, image {k}" for k in range(len(images))),
        fields={"label": tuple(map(str, classes.tolist()))},
        digest=digest,
        label="label",
    )
    rows = np.arange(len(whole))
    return CollectionDataset(
        "digits", whole.take(rows[:-_TEST_DIGITS]), whole.take(rows[-_TEST_DIGITS:])
    )


def _archive(description: str, citation: str, file: str) -> DatasetEntry:
    places = tuple(f"{where}/aeon_tsc/{file}_TRAIN.ts" for where in ("data", "cache"))
    return DatasetEntry(
        description=description,
        licence="free for research; see the archive",
        citation=citation,
        places=places,
        advice=(
            f"get {file}.zip from https://www.timeseriesclassification.com and put its two .ts "
            "files into the folder aeon_tsc of the folder that RECURRA_DATA names"
        ),
    )


COLLECTION_DATASETS = {
    "digits": DatasetEntry(
        description="handwritten digits of 8 by 8 pixels, read row by row; embedded, no files",
        licence="CC BY 4.0; in scikit-learn",
        citation="Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, UCI",
    ),
    "japanese-vowels": _archive(
        "nine speakers by twelve coefficients of a vowel, 270 to train and 370 to test",
        "Kudo, Toyama and Shimbo 1999, Pattern Recognition Letters 20",
        "JapaneseVowels",
    ),
    "gunpoint": _archive(
        "a hand that draws a gun or points, 50 to train and 150 to test",
        "Ratanamahatana and Keogh 2004, SIAM Data Mining",
        "GunPoint",
    ),
    "italy-power-demand": _archive(
        "days of electricity demand, winter or summer half, 67 to train and 1,029 to test",
        "Keogh et al. 2006, Data Mining and Knowledge Discovery 14",
        "ItalyPowerDemand",
    ),
    "basic-motions": _archive(
        "four motions by six sensors of a watch, 40 to train and 40 to test",
        "Clements 2016, University of East Anglia",
        "BasicMotions",
    ),
}
