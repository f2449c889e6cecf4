"""Which column holds the texts and which the labels."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.errors import UnknownNameError, UsageError

__all__ = ["choose_columns"]

_TEXT_NAMES = (
    "text", "texts", "review", "reviews", "sentence", "body", "content", "message", "comment",
    "tweet", "document", "utterance", "name",
)  # fmt: skip
_LABEL_NAMES = (
    "label", "labels", "class", "category", "sentiment", "target", "stars", "rating", "language",
)  # fmt: skip


def choose_columns(
    columns: Sequence[str], text: str | None, label: str | None, *, require_label: bool
) -> tuple[str, str | None]:
    """Choose the column of texts and that of labels.

    Columns that are not named are guessed from common names; with two columns, knowing one is
    enough. Nothing is guessed that is not obvious.

    Args:
        columns: All columns.
        text: The column of texts, or `None` to guess it.
        label: The column of labels, or `None` to guess it.
        require_label: Whether labels are needed.

    Returns:
        The names of both columns; `None` for labels that are neither there nor needed.

    Raises:
        UnknownNameError: If a named column does not exist.
        UsageError: If a column is named twice, or cannot be guessed.
    """
    for name in (text, label):
        if name is not None and name not in columns:
            raise UnknownNameError("column", name, columns)
    for name in {name for name in columns if columns.count(name) > 1}:
        if name in (text, label) or name.lower() in (*_TEXT_NAMES, *_LABEL_NAMES):
            raise UsageError(f"the header has the column {name!r} more than once")
    if text is not None and text == label:
        raise UsageError(f"the column {text!r} cannot hold both the texts and the labels")
    found_text = text or _guess(columns, _TEXT_NAMES, label)
    found_label = label or _guess(columns, _LABEL_NAMES, found_text)
    if len(columns) == 2 and (found_text is None) != (found_label is None):
        found_text = found_text or _other(columns, found_label)
        found_label = found_label or _other(columns, found_text)
    if len(columns) == 1 and not require_label:
        found_text = columns[0]
    _check_found(columns, found_text, found_label, require_label=require_label)
    return str(found_text), found_label


def _guess(columns: Sequence[str], names: Sequence[str], taken: str | None) -> str | None:
    """Return the column with the usual name, or the only one with a common name."""
    matches = [name for name in columns if name != taken and name.strip().lower() in names]
    usual = [name for name in matches if name.strip().lower() == names[0]]
    if len(usual) == 1:
        return usual[0]
    return matches[0] if len(matches) == 1 else None


def _other(columns: Sequence[str], known: str | None) -> str:
    return columns[1] if columns[0] == known else columns[0]


def _check_found(
    columns: Sequence[str], text: str | None, label: str | None, *, require_label: bool
) -> None:
    missing = []
    if text is None:
        missing.append("the texts (--text COLUMN)")
    if label is None and require_label:
        missing.append("the labels (--label COLUMN)")
    if missing:
        raise UsageError(
            f"cannot tell which column holds {' and '.join(missing)}; "
            f"the columns are: {', '.join(columns)}"
        )
