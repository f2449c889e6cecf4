"""Labelled texts as every part of training reads them: in order, again and again, one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.sequences import TextTable, label_codes

__all__ = ["Examples", "as_texts", "codes_of", "examples_from_lists", "examples_from_table"]


@dataclass(frozen=True)
class Examples:
    """Labelled texts.

    Attributes:
        name: What to call the source.
        iter_texts: Starts a new pass over the texts.
        codes: Class of each text as a position in `classes`, int32, shape `(rows,)`.
        classes: The labels, sorted.
        digest: Returns the SHA-256 of texts and labels.
    """

    name: str
    iter_texts: Callable[[], Iterator[str]]
    codes: NDArray[np.int32]
    classes: NDArray[Any]
    digest: Callable[[], str]

    def __len__(self) -> int:
        return len(self.codes)

    def sample(self, rows: int = 500) -> list[str]:
        """Return the first texts."""
        return list(islice(self.iter_texts(), rows))

    def take(self, indices: NDArray[np.int64], part: str) -> Examples:
        """Return some of the rows, in order; the classes stay the same.

        Args:
            indices: Row numbers, rising.
            part: What to call them.
        """
        chosen = np.zeros(len(self), dtype=bool)
        chosen[indices] = True
        return Examples(
            name=self.name,
            iter_texts=lambda: compress(self.iter_texts(), chosen),
            codes=self.codes[indices],
            classes=self.classes,
            digest=lambda: f"{self.digest()}:{part}",
        )


def examples_from_table(table: TextTable, classes: NDArray[Any] | None = None) -> Examples:
    """Read the labels of a table; the texts stay in the file.

    Args:
        table: Rows with labels.
        classes: Number the labels by these classes; by those that occur when `None`.

    Raises:
        RowError: If a row is broken, or lacks a text or a label.
        DataError: If there are no rows, only one class, or a label is none of `classes`.
    """
    if classes is None:
        names, codes = label_codes(table)
        classes = np.asarray(names)
    else:
        codes = codes_of([row.label for row in table.iter_rows()], classes)
    return Examples(
        name=table.path,
        iter_texts=lambda: (row.text for row in table.iter_rows()),
        codes=codes,
        classes=classes,
        digest=table.sha256,
    )


def examples_from_lists(X: Any, y: Any) -> Examples:
    """Check texts and labels given from Python.

    Args:
        X: Texts: a list, an array or a Series of strings.
        y: Labels, one for each text.

    Raises:
        ShapeError: If the lengths differ.
        DataError: If a text or a label is missing or of another kind, or there is one class only.
    """
    texts = as_texts(X)
    labels = as_labels(y)
    if len(texts) != len(labels):
        raise ShapeError(f"{len(texts)} texts but {len(labels)} labels; give one label for each")
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        only = f"only one class, {classes.tolist()[0]!r}" if len(classes) else "no rows"
        raise DataError(f"the labels have {only}; at least two classes are needed")
    return Examples(
        name="texts given from Python",
        iter_texts=lambda: iter(texts),
        codes=codes.astype(np.int32).ravel(),
        classes=classes,
        digest=lambda: _digest(texts, labels),
    )


def codes_of(y: Any, classes: NDArray[Any]) -> NDArray[np.int32]:
    """Return labels as positions in `classes`.

    Raises:
        DataError: If a label is none of the classes.
    """
    labels = as_labels(y)
    if (classes.dtype.kind in "US") != (labels.dtype.kind in "US"):  # files hold strings alone
        labels, classes = labels.astype(str), classes.astype(str)
    positions = {label: k for k, label in enumerate(classes.tolist())}
    try:
        return np.array([positions[label] for label in labels.tolist()], dtype=np.int32)
    except KeyError as error:
        known = ", ".join(map(repr, classes.tolist()[:10]))
        raise DataError(
            f"label {error.args[0]!r} is none that the model was trained on ({known})"
        ) from None


def as_texts(X: Any) -> list[str]:
    """Return a list of strings from a list, an array or a Series.

    Raises:
        DataError: If `X` is a single string, has two dimensions, or holds something else.
    """
    if isinstance(X, (str, bytes)):
        raise DataError("a list of texts is needed, not one text; write [text]")
    if getattr(X, "ndim", 1) != 1:
        raise DataError(f"a list of texts is needed, not an array of shape {tuple(X.shape)}")
    try:
        texts = [str(x) if isinstance(x, str) else x for x in X]
    except TypeError as error:
        raise DataError(f"a list of texts is needed, not {type(X).__name__}") from error
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(
                f"text {position} is {text!r} of type {type(text).__name__}, expected a string; "
                "drop or fill missing texts first"
            )
    return texts


def as_labels(y: Any) -> NDArray[Any]:
    """Return the labels as a one-dimensional array of strings, integers or booleans.

    Raises:
        DataError: If labels are absent, missing in places, or numbers with fractions.
    """
    if y is None:
        raise DataError("labels are needed to train: fit(texts, labels); y was None")
    try:
        items = y.to_list() if hasattr(y, "to_list") else list(y)
        values = np.asarray(items)
    except (TypeError, ValueError) as error:
        raise DataError(f"labels must be a list with one label for each text: {error}") from error
    if values.ndim != 1:
        raise DataError(f"labels must be one-dimensional, not of shape {values.shape}")
    _check_alike(items)
    if values.dtype.kind == "O" and items and isinstance(items[0], str):
        values = values.astype(str)
    if values.dtype.kind == "f":
        values = _whole_numbers(values)
    if values.dtype.kind not in "iubUS":
        raise DataError(f"labels must be strings or integers, not {values.dtype}")
    return values


def _check_alike(items: Sequence[Any]) -> None:
    """Find the label that is no string among strings, or no number among numbers.

    NumPy alone would make the string "nan" of a missing label among strings, and "1" of a number.
    """
    kind = str if any(isinstance(item, str) for item in items) else (Number, np.number, np.bool_)
    for position, item in enumerate(items):
        if not isinstance(item, kind):
            raise DataError(
                f"label {position} is {item!r} of type {type(item).__name__}; labels must all "
                "be strings or all be integers, and none may be missing"
            )


def _whole_numbers(values: NDArray[Any]) -> NDArray[Any]:
    if not np.isfinite(values).all():
        position = int(np.flatnonzero(~np.isfinite(values))[0])
        raise DataError(f"label {position} is {values[position]}; every text needs a label")
    whole = values.astype(np.int64)
    if (whole != values).any():
        raise DataError("labels are fractions, classes are needed: Unknown label type: continuous")
    return whole


def _digest(texts: Sequence[str], labels: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for text, label in zip(texts, labels, strict=True):
        digest.update(f"{len(text)}:{text}\n{label}\n".encode(errors="surrogatepass"))
    return digest.hexdigest()
