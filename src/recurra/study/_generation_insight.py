"""What a language model makes of its context: loss by place, surprise, samples."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import EOS_ID, Tokenizer, TokenStream
from recurra.study._generation_readers import LanguageReader

__all__ = ["first_words", "positions", "samples", "surprise", "writing_speed"]

TEMPERATURES = (0.5, 0.8, 1.0)
_WINDOW = 512  # tokens that are read from an empty state
_WINDOWS = 128
_SHORTEST = 8
_SIDE_BY_SIDE = 32
_FEWEST_WINDOWS = 4
_EXCERPT = {"char": 700, "word": 160, "subword": 200}  # tokens
_SAMPLE = {"char": 320, "word": 70, "subword": 90}
_PROMPT = 40  # characters
_LOOKED_AT = 600  # tokens
_TIMED = 400  # tokens
_ATTEMPTS = 5
_DIGITS = 4


def positions(reader: LanguageReader, stream: TokenStream) -> dict[str, Any] | None:
    """Return the mean loss by the number of tokens read before.

    Pieces of up to 512 tokens, spread over the text, are read from an empty state.

    Returns:
        `starts`, the least number of tokens of each group (0, 1, 2, 4, 8, ...), and `nats`; `None`
        where the text is too short.
    """
    window = min(_WINDOW, len(stream) // _FEWEST_WINDOWS)
    if window < _SHORTEST:
        return None
    count = min(_WINDOWS, len(stream) // window)
    begins = np.linspace(0, len(stream) - window, count).astype(np.int64)
    total = np.zeros(window)
    for start in range(0, count, _SIDE_BY_SIDE):
        rows = begins[start : start + _SIDE_BY_SIDE, None] + np.arange(window)
        total += reader.nats(np.asarray(stream.ids[rows])).sum(axis=0)
    starts = [0, *(1 << power for power in range((window - 1).bit_length()))]
    ends = [*starts[1:], window]
    return {
        "starts": starts,
        "nats": [
            round(float(total[start:end].mean()) / count, _DIGITS)
            for start, end in zip(starts, ends, strict=True)
        ],
    }


def surprise(reader: LanguageReader, stream: TokenStream, tokenizer: Tokenizer) -> dict[str, Any]:
    """Return the loss of each token of the beginning of a text, and what was expected instead.

    Returns:
        `tokens`, `nats` and `expected`: the likeliest token and its probability.
    """
    ids = np.asarray(stream.ids[: _EXCERPT[tokenizer.level]]).astype(np.int64)
    best, chances = reader.guesses(ids)
    names = tokenizer.token_texts(best)
    return {
        "tokens": _shown(tokenizer, ids),
        "nats": np.round(reader.nats(ids[None])[0], _DIGITS).tolist(),
        "expected": [
            [name, round(float(chance), _DIGITS)]
            for name, chance in zip(names, chances, strict=True)
        ],
    }


def samples(reader: LanguageReader, prompt: str, level: str, seed: int) -> dict[str, Any]:
    """Let a model go on from a prompt at several temperatures.

    Returns:
        `prompt` and `texts`: `temperature` and `text` of each.
    """
    length = _SAMPLE[level]
    return {
        "prompt": prompt,
        "texts": [
            {
                "temperature": one,
                "text": reader.write(prompt, length=length, temperature=one, seed=seed),
            }
            for one in TEMPERATURES
        ],
    }


def first_words(tokenizer: Tokenizer, stream: TokenStream, *, inside: bool) -> str:
    """Return the first words of a text, at most 40 characters.

    Args:
        tokenizer: Reads its tokens.
        stream: The text.
        inside: Whether it begins inside a document, perhaps inside a word, which is left out.
    """
    ids = np.asarray(stream.ids[:_LOOKED_AT]).astype(np.int64)
    ends = np.flatnonzero(ids == EOS_ID)
    if inside and len(ends) and ends[0] + 1 < len(ids):
        ids = ids[ends[0] + 1 :]
        inside = False
    text = tokenizer.decode(ids)
    if inside:
        line, found, rest = text.partition("\n")
        text = rest if found and len(line) < len(text) // 2 else text.partition(" ")[2]
    text = text.strip()
    words = text[: _PROMPT + 1].rsplit(maxsplit=1)[0] if len(text) > _PROMPT else text
    return words[:_PROMPT]


def writing_speed(
    reader: LanguageReader, tokenizer: Tokenizer, prompt: str, seed: int
) -> float | None:
    """Return the tokens written in a second, one text at a time; `None` if none are written."""
    reader.write(prompt, length=8, temperature=1.0, seed=seed)  # kernels are loaded by the first
    written, seconds = 0, 0.0
    for attempt in range(_ATTEMPTS):  # a text may end at once
        started = time.perf_counter()
        text = reader.write(prompt, length=_TIMED, temperature=1.0, seed=seed + attempt)
        seconds += time.perf_counter() - started
        written += len(tokenizer.encode(text))
        if written >= _TIMED // 2:
            break
    return written / seconds if written else None


def _shown(tokenizer: Tokenizer, ids: NDArray[np.int64]) -> list[str]:
    """Return the tokens as they stand in the text; the end of a document is a new line."""
    names = tokenizer.token_texts(ids)
    return ["\n" if token == EOS_ID else name for token, name in zip(ids, names, strict=True)]
