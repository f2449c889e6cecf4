r"""From raw text to pieces: normalisation, then words, characters or pre-tokens of subwords.

Words come from a regular expression. Python's `\w` leaves out combining marks, on which the
vowels of Devanagari and other scripts depend; they are added from the Unicode database.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal

__all__ = ["WORD_PATTERN", "Level", "normalize", "replace_surrogates", "split", "split_whole"]

Level = Literal["word", "char", "subword"]

WORD_PATTERN = r"\w+(?:['’]\w+)*|[!?]"
"""What counts as a word: letters, digits and inner apostrophes; `!` and `?` stand alone."""

_SPACE_MARK = "▁"
_SUBWORD_PATTERN = r"▁?\w+|▁?[^\w▁]|▁"
# Of white space before a word the last space belongs to the word; the rest is one piece.
_WHOLE_PATTERN = r" ?\w+| ?[^\w\s]+|\s+(?!\S)|[\s\S]"
# Bounded repeats: a text made of "<" and spaces must not cost quadratic time.
_BREAK = re.compile(r"<\s{0,3}/?\s{0,3}(?:br|p|hr)\b[^<>]{0,100}>", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARK_RANGES = ((0x300, 0x3100), (0xA66F, 0xAC00), (0xFE20, 0xFE30), (0x10A00, 0x12000))
_JOINERS = "\u200c\u200d"  # inside Persian and Indic words


def normalize(text: str, *, lowercase: bool) -> str:
    """Bring a text into the form that is split.

    HTML line breaks become spaces, Unicode is normalised to NFKC (accents stay), lone surrogates
    (possible in JSON) become U+FFFD, and runs of white space become one space.

    Args:
        text: Any string.
        lowercase: Whether to lower the case as well.

    Returns:
        The normalised text, without space at its ends.
    """
    if "<" in text:
        text = _BREAK.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", replace_surrogates(text))
    if lowercase:
        text = text.lower()
    return " ".join(text.split())


def split(text: str, level: Level) -> list[str]:
    """Cut a normalised text into pieces.

    Args:
        text: A text from `normalize`.
        level: `"word"`: the matches of `WORD_PATTERN`, with ’ written as '. `"char"`: single
            characters. `"subword"`: words and single signs, a `▁` in front of those that follow a
            space, for a subword model to divide further.

    Returns:
        The pieces in order; none for an empty text.
    """
    if level == "char":
        return list(text)
    if level == "word":
        return _pattern(WORD_PATTERN, text.isascii()).findall(text.replace("’", "'"))
    marked = _SPACE_MARK + text.replace(" ", _SPACE_MARK) if text else ""
    return _pattern(_SUBWORD_PATTERN, text.isascii()).findall(marked)


def split_whole(text: str) -> list[str]:
    """Cut a text into words, signs and white space without losing anything.

    A word or a run of signs takes one space before it along. Pieces end where white space begins,
    so that a text cut there has the same pieces as the whole.

    Args:
        text: Any string.

    Returns:
        The pieces in order; joined they are the text.
    """
    return _pattern(_WHOLE_PATTERN, text.isascii()).findall(text)


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, possible in JSON and without UTF-8, by U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


@functools.cache
def _pattern(pattern: str, is_ascii: bool) -> re.Pattern[str]:
    """Compile a pattern; the one without marks is twice as fast and enough for ASCII."""
    if is_ascii:
        return re.compile(pattern)
    marks = _marks()
    signs = pattern.replace(r"[^\w", rf"[^\w{marks}")
    return re.compile(signs.replace(r"\w+", rf"\w[\w{marks}]*"))


def _marks() -> str:
    """Return the combining marks and joiners as the inside of a character class."""
    codes = [
        code
        for first, last in _MARK_RANGES
        for code in range(first, last)
        if unicodedata.category(chr(code)).startswith("M")
    ]
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs) + _JOINERS
