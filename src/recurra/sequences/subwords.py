"""Subwords by byte-pair encoding, from the `tokenizers` library."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from recurra.errors import CorruptArtifactError
from recurra.sequences.vocabulary import PAD, UNK

__all__ = ["SubwordVocabulary", "check_merges", "learn_merges", "train_subwords"]

_MAX_TRAINING_PIECES = 5_000_000
_CACHE_SIZE = 200_000
_MAX_CACHED_LENGTH = 64
_MAX_SUBWORD_LENGTH = 32


class SubwordVocabulary:
    """Tokens and merges of a byte-pair encoding; same ids and lookups as `Vocabulary`."""

    def __init__(self, tokens: Sequence[str], merges: Sequence[tuple[str, str]]) -> None:
        """Build the model.

        Args:
            tokens: `[PAD]`, `[UNK]`, the characters, then the merged pieces.
            merges: Pairs of tokens in the order of merging.
        """
        from tokenizers import models

        self.tokens = list(tokens)
        self.merges = list(merges)
        self._model: Any = models.BPE(
            {token: i for i, token in enumerate(self.tokens)},
            self.merges,
            unk_token=UNK,
            fuse_unk=True,
        )
        self._cache: dict[str, tuple[int, ...]] = {}

    def ids(self, pieces: Iterable[str]) -> list[int]:
        """Return the ids of the subwords of all pieces, in order."""
        return list(chain.from_iterable(map(self._divide, pieces)))

    def _divide(self, piece: str) -> tuple[int, ...]:
        ids = self._cache.get(piece)
        if ids is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            ids = tuple(token.id for token in self._model.tokenize(self._spell(piece)))
            if len(piece) <= _MAX_CACHED_LENGTH:
                self._cache[piece] = ids
        return ids

    def _spell(self, piece: str) -> str:
        """Write a piece in the characters that the model knows."""
        return piece


def train_subwords(
    counts: Sequence[tuple[str, int]], vocabulary: int, minimum_count: int
) -> SubwordVocabulary:
    """Learn a byte-pair encoding from counted pieces.

    Args:
        counts: Pieces without white space and their counts, most frequent first.
        vocabulary: Most tokens wanted, the two special tokens included. At most half of them are
            single characters: rarer characters are unknown.
        minimum_count: A pair of tokens seen less often is not merged; never less than 2.

    Returns:
        The learnt subwords.
    """
    alphabet = _alphabet(counts, max(1, vocabulary // 2), minimum_count)
    return SubwordVocabulary(*learn_merges(counts, vocabulary, minimum_count, alphabet))


def learn_merges(
    counts: Sequence[tuple[str, int]],
    vocabulary: int,
    minimum_count: int,
    alphabet: Sequence[str],
    special: Sequence[str] = (PAD, UNK),
) -> tuple[list[str], list[tuple[str, str]]]:
    """Learn the tokens and merges of a byte-pair encoding.

    Args:
        counts: Pieces without white space and their counts, most frequent first.
        vocabulary: Most tokens wanted, the special ones and the alphabet included.
        minimum_count: A pair of tokens seen less often is not merged; never less than 2.
        alphabet: The single characters that are tokens.
        special: The tokens that come first and that no text reaches.

    Returns:
        The tokens in the order of their ids, and the merges in the order of merging.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=max(2, minimum_count),
        special_tokens=list(special),
        initial_alphabet=list(alphabet),
        limit_alphabet=len(alphabet),
        max_token_length=_MAX_SUBWORD_LENGTH,
        show_progress=False,
    )
    with _one_thread():
        tokenizer.train_from_iterator(_repeated(counts), trainer)
    return _from_state(tokenizer.model)


def check_merges(merges: object, tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Check a list of merges from a file.

    Args:
        merges: What the file holds.
        tokens: The checked tokens.

    Returns:
        Pairs of tokens.

    Raises:
        CorruptArtifactError: If it is no list of pairs of tokens whose joins are tokens.
    """
    known = set(tokens[2:])
    if not isinstance(merges, list) or len(merges) > len(tokens):
        raise CorruptArtifactError("the encoder's merges are not a list, or longer than its tokens")
    pairs = []
    for merge in merges:
        if not isinstance(merge, list) or len(merge) != 2 or not _joins(merge, known):
            raise CorruptArtifactError(
                f"the encoder's merge {str(merge)[:80]} is no pair of tokens"
            )
        pairs.append((merge[0], merge[1]))
    return pairs


def _joins(merge: list[Any], known: set[str]) -> bool:
    left, right = merge
    strings = isinstance(left, str) and isinstance(right, str)
    return strings and left in known and right in known and left + right in known


def _alphabet(counts: Sequence[tuple[str, int]], limit: int, minimum_count: int) -> list[str]:
    characters: Counter[str] = Counter()
    for piece, count in counts:
        for character in piece:
            characters[character] += count
    ranked = sorted(characters.items(), key=lambda pair: (-pair[1], pair[0]))
    return [character for character, count in ranked[:limit] if count >= minimum_count]


def _repeated(counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Write out each piece as often as it was counted, all counts scaled down when too many."""
    scale = max(1.0, sum(count for _, count in counts) / _MAX_TRAINING_PIECES)
    for piece, count in counts:
        times = max(1, round(count / scale))
        for start in range(0, times, 10_000):
            yield " ".join([piece] * min(10_000, times - start))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Train without worker threads: `tokenizers` warns when a process with them forks later."""
    name = "TOKENIZERS_PARALLELISM"
    before = os.environ.get(name)
    os.environ[name] = "false"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _from_state(model: Any) -> tuple[list[str], list[tuple[str, str]]]:
    import json

    state = json.loads(model.__getstate__())
    vocabulary = sorted(state["vocab"].items(), key=lambda pair: pair[1])
    merges = [(left, right) for left, right in state["merges"]]
    return [token for token, _ in vocabulary], merges
