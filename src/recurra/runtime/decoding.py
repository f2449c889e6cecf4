"""Greedy and beam search, over many sentences side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.runtime._checks import check_count
from recurra.runtime._largest import largest
from recurra.runtime._parts import Array
from recurra.runtime._translation_network import Memory
from recurra.sequences import BOS_ID, EOS_ID, PAD_ID, UNK_ID

__all__ = ["DecodingOptions", "Hypothesis", "decode"]

_NEVER_WRITTEN = [PAD_ID, UNK_ID, BOS_ID]
_MOST_BEAM = 1024
MOST_LENGTH = 1 << 20

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.integer[Any]]
States: TypeAlias = tuple[Array, ...]
Step: TypeAlias = Callable[[Ints, States, Memory], tuple[Array, States, Array | None]]


@dataclass(frozen=True)
class DecodingOptions:
    """How translations are searched for.

    Args:
        beam: Hypotheses of each sentence that are kept at every step; 1 is greedy search.
        length_penalty: Exponent of the penalty by which log-probabilities are divided before
            they are ranked; 0 ranks by log-probability alone, which favours short ones.
        n_best: Hypotheses to return, at most `beam`.
        max_length: Most tokens of a hypothesis, `[EOS]` included.

    Raises:
        UsageError: If a number is out of its range.
    """

    beam: int = 1
    length_penalty: float = 1.0
    n_best: int = 1
    max_length: int = 100

    def __post_init__(self) -> None:
        check_count("beam", self.beam, 1, _MOST_BEAM)
        check_count("max_length", self.max_length, 1, MOST_LENGTH)
        check_count("n_best", self.n_best, 1, _MOST_BEAM)
        if self.n_best > self.beam:
            raise UsageError(
                f"n_best is {self.n_best}, but a beam of {self.beam} keeps no more than "
                f"{self.beam}; use a beam of {self.n_best} or more"
            )
        alpha = self.length_penalty
        number = isinstance(alpha, (int, float)) and not isinstance(alpha, bool)
        if not number or not 0 <= alpha <= 10:
            raise UsageError(f"length_penalty must be a number from 0 to 10, not {alpha!r}")

    def score(self, log_probability: float, length: int) -> float:
        """Return what hypotheses of unlike lengths are ranked by (Wu et al. 2016, eq. 14).

        Args:
            log_probability: Of all tokens.
            length: Tokens, `[EOS]` included.
        """
        return float(log_probability / ((5 + length) / 6) ** self.length_penalty)


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One translation as tokens.

    Attributes:
        tokens: Ids without `[BOS]` and `[EOS]`, int32.
        log_probability: Of the tokens and of `[EOS]`, where it was written.
        score: What hypotheses are ranked by.
        ended: Whether `[EOS]` was written; else the greatest length was reached.
        attention: How much each token reads of each source token, `[EOS]` included where it was
            written, `(steps, source_time)`; None if not asked for, or without attention.
    """

    tokens: NDArray[np.int32]
    log_probability: float
    score: float
    ended: bool
    attention: NDArray[np.float32] | None = None


def decode(
    step: Step,
    memory: Memory,
    options: DecodingOptions,
    *,
    attention: bool = False,
) -> list[list[Hypothesis]]:
    """Search for the best translations of all sentences at once.

    All hypotheses of all sentences are read in one call a step. Of all that extend a sentence's
    hypotheses by one token, those among the `beam` best that write `[EOS]` have ended; the `beam`
    best of the others go on. A sentence whose `beam` hypotheses have ended leaves the batch.
    `[PAD]`, `[UNK]` and `[BOS]` are never written. Of equal hypotheses the one that extends the
    better one is better, then the one of the smaller token.

    Args:
        step: `TranslationNetwork.step`, or what answers as it does.
        memory: Encoded sources.
        options: Width, penalty, lengths.
        attention: Whether hypotheses carry their attention.

    Returns:
        The `n_best` hypotheses of each sentence, ended ones first, then by falling score. There
        are fewer where the vocabulary allows for no more.
    """
    search = _Search(memory, options, attention)
    for _ in range(options.max_length):
        if not len(search.sentences):
            break
        search.advance(step)
    search.cut()
    return [_best(found, options.n_best) for found in search.found]


class _Search:
    """The sentences that are still being translated, each with its hypotheses, best first."""

    def __init__(self, memory: Memory, options: DecodingOptions, attention: bool) -> None:
        batch = len(memory.mask)
        self.options = options
        self.memory = memory
        self.sentences = np.arange(batch)
        self.found: list[list[Hypothesis]] = [[] for _ in range(batch)]
        self.states: States = tuple(part[:, None] for part in memory.start)
        self.scores: Floats = np.zeros((batch, 1))
        self.tokens = np.full((batch, 1, 1), BOS_ID, np.int32)
        time = memory.mask.shape[1]
        self.attention = np.empty((batch, 1, 0, time), np.float32) if attention else None

    def advance(self, step: Step) -> None:
        """Extend every hypothesis by a token, and let go of the sentences that are done."""
        logs, states, attention = step(self.tokens[..., -1], self.states, self.memory)
        if self.attention is not None and attention is not None:
            self.attention = np.concatenate([self.attention, attention[:, :, None]], axis=2)
        elif attention is None:
            self.attention = None
        scores, parents, tokens = self._candidates(logs)
        self._end(scores, parents, tokens)
        rows, places = self._going_on(scores, tokens)
        parents, tokens = parents[rows, places], tokens[rows, places]
        self.scores = np.where(tokens == EOS_ID, -np.inf, scores[rows, places])
        self.states = tuple(part[rows, parents] for part in states)
        self.tokens = np.concatenate([self.tokens[rows, parents], tokens[..., None]], axis=-1)
        if self.attention is not None:
            self.attention = self.attention[rows, parents]

    def cut(self) -> None:
        """Take hypotheses that have not ended for what they are."""
        for row, sentence in enumerate(self.sentences):
            for place in np.flatnonzero(np.isfinite(self.scores[row])):
                tokens = self.tokens[row, place, 1:]
                self._keep(sentence, tokens, self.scores[row, place], row, place, ended=False)

    def _candidates(self, logs: Floats) -> tuple[Floats, Ints, Ints]:
        """Return the extensions that can matter, `(batch, 2 * beam)` or fewer, best first.

        Those are all that write `[EOS]` and, of each hypothesis, the `beam` best others.
        """
        batch, width, vocabulary = logs.shape
        ends = logs[..., EOS_ID].copy()
        logs[..., [*_NEVER_WRITTEN, EOS_ID]] = -np.inf
        tops, tokens = largest(logs.reshape(-1, vocabulary), min(self.options.beam, vocabulary))
        shape = (batch, width, 1 + tops.shape[1])
        logs = np.concatenate([ends[..., None], tops.reshape(*shape[:2], -1)], axis=-1)
        written = np.empty(shape, np.int32)
        written[..., 0], written[..., 1:] = EOS_ID, tokens.reshape(*shape[:2], -1)
        scores = (self.scores[..., None] + logs).reshape(batch, -1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, : 2 * self.options.beam]
        rows = np.arange(batch)[:, None]
        return scores[rows, order], order // shape[2], written.reshape(batch, -1)[rows, order]

    def _end(self, scores: Floats, parents: Ints, tokens: Ints) -> None:
        """Keep the hypotheses that have ended."""
        ended = (tokens == EOS_ID) & np.isfinite(scores)
        for row, place in np.argwhere(ended[:, : self.options.beam]):
            before, parent = self.tokens[row, parents[row, place], 1:], parents[row, place]
            sentence = self.sentences[row]
            self._keep(sentence, before, scores[row, place], row, parent, ended=True)

    def _going_on(self, scores: Floats, tokens: Ints) -> tuple[Ints, Ints]:
        """Return the rows that go on, `(rows, 1)`, and the places of their hypotheses.

        The memory and the sentences are those of these rows from then on.
        """
        done = [len(self.found[k]) >= self.options.beam for k in self.sentences]
        open_ones = (tokens != EOS_ID) & np.isfinite(scores)
        rows = np.flatnonzero(open_ones.any(axis=1) & ~np.array(done, bool))
        # Where a tiny vocabulary leaves fewer than `beam`, ended ones fill up, without a score.
        order = np.argsort(tokens[rows] == EOS_ID, axis=1, kind="stable")
        if len(rows) < len(self.sentences):
            self.sentences, self.memory = self.sentences[rows], self.memory.take(rows)
        return rows[:, None], order[:, : self.options.beam]

    def _keep(
        self, sentence: Any, tokens: Ints, score: Any, row: Any, place: Any, *, ended: bool
    ) -> None:
        seen = None if self.attention is None else self.attention[row, place].copy()
        length = len(tokens) + ended
        self.found[sentence].append(
            Hypothesis(
                tokens.astype(np.int32),
                float(score),
                self.options.score(float(score), length),
                ended,
                seen,
            )
        )


def _best(found: list[Hypothesis], count: int) -> list[Hypothesis]:
    return sorted(found, key=lambda h: (not h.ended, -h.score))[:count]
