"""Which column holds the texts to translate and which the translations."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.errors import UnknownNameError, UsageError

__all__ = ["choose_pair_columns", "names_pair_columns"]

_SOURCE_NAMES = ("source", "src", "input")
_TARGET_NAMES = ("target", "tgt", "trg", "translation", "output")
# Without "id": a column of that name holds numbers of rows, not Indonesian.
_LANGUAGE_NAMES = """
ar bg ca cs da de el en es et fa fi fr he hi hr hu it ja ko lt lv nb nl no pl pt ro ru sk sl sr
sv th tr uk ur vi zh
ara bul cat ces cze dan deu ger ell eng spa est fas fin fra fre heb hin hrv hun ind ita jpn kor lit
lav nld dut nor pol por ron rum rus slk slv srp swe tha tur ukr urd vie zho chi
arabic chinese czech danish dutch english finnish french german greek hebrew hindi hungarian italian
japanese korean norwegian polish portuguese romanian russian spanish swedish turkish ukrainian
"""
_LANGUAGES = frozenset(_LANGUAGE_NAMES.split())


def choose_pair_columns(
    columns: Sequence[str], source: str | None = None, target: str | None = None
) -> tuple[str, str]:
    """Choose both columns.

    Columns that are not named are guessed from common names, or from two names of languages, the
    first of them the source; with two columns, knowing one is enough. Nothing is guessed that is
    not obvious.

    Args:
        columns: All columns.
        source: The column of the texts to translate, or `None` to guess it.
        target: The column of the translations, or `None` to guess it.

    Returns:
        The names of both columns.

    Raises:
        UnknownNameError: If a named column does not exist.
        UsageError: If a column is named twice, or cannot be guessed.
    """
    for name in (source, target):
        if name is not None and name not in columns:
            raise UnknownNameError("column", name, columns)
    if source is not None and source == target:
        raise UsageError(f"the column {source!r} cannot be both the source and the target")
    found_source, found_target = _guess(columns, source, target)
    missing = [
        f"{what} (--{option} COLUMN)"
        for what, option, found in (
            ("the texts to translate", "source", found_source),
            ("the translations", "target", found_target),
        )
        if found is None
    ]
    if found_source is None or found_target is None:
        raise UsageError(
            f"cannot tell which column holds {' and '.join(missing)}; "
            f"the columns are: {', '.join(columns)}"
        )
    return found_source, found_target


def names_pair_columns(fields: Sequence[str]) -> bool:
    """Say whether the first line of a file names columns instead of holding a pair."""
    return None not in _guess(fields, None, None)


def _guess(
    columns: Sequence[str], source: str | None, target: str | None
) -> tuple[str | None, str | None]:
    if source is None and target is None:
        languages = [name for name in columns if name.strip().lower() in _LANGUAGES]
        if len(languages) == 2 and languages[0] != languages[1]:
            return languages[0], languages[1]
    source = source or _only(columns, _SOURCE_NAMES, target)
    target = target or _only(columns, _TARGET_NAMES, source)
    if len(columns) == 2 and (source is None) != (target is None):
        known = source or target
        other = columns[1] if columns[0] == known else columns[0]
        return source or other, target or other
    return source, target


def _only(columns: Sequence[str], names: Sequence[str], taken: str | None) -> str | None:
    """Return the one column with a common name, if there is one and only one."""
    matches = [name for name in columns if name != taken and name.strip().lower() in names]
    return matches[0] if len(matches) == 1 else None
