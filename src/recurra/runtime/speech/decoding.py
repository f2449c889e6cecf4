"""Connectionist temporal classification: from scores of every frame to the most probable symbols.

An alignment names a symbol or the blank at every frame; its text is what is left once repetitions
are merged and blanks dropped. A text's probability is the sum over all its alignments.

Source: Graves et al. 2006; prefix beam search: Hannun et al. 2014, without a language model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.runtime.speech.alphabet import BLANK
from recurra.runtime.speech.likelihood import check_frames

__all__ = ["BeamDecoder", "GreedyDecoder", "Hypothesis"]

Floats = NDArray[np.floating[Any]]
_NEVER = -np.inf


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Symbols that may have been said.

    Attributes:
        symbols: Their numbers, without blanks.
        score: Log-probability, in nats, with the length bonus.
    """

    symbols: tuple[int, ...]
    score: float


class GreedyDecoder:
    """Takes the best symbol of every frame; frames may come in pieces.

    The best alignment is not always that of the most probable text, but nearly.

    Attributes:
        symbols: Numbers of the symbols so far.
        frames: The frame at which each began, counted from 0.
    """

    def __init__(self) -> None:
        """Begin before the first frame."""
        self.symbols: list[int] = []
        self.frames: list[int] = []
        self._last = BLANK
        self._seen = 0
        self._score = 0.0

    def push(self, log_probabilities: Floats) -> None:
        """Read further frames, shape `(frames, outputs)`."""
        check_frames(log_probabilities)
        best = log_probabilities.argmax(axis=1)
        self._score += float(log_probabilities.max(axis=1, initial=_NEVER).sum())
        before = np.concatenate([[self._last], best])[:-1]
        for frame in np.flatnonzero((best != BLANK) & (best != before)):
            self.symbols.append(int(best[frame]))
            self.frames.append(self._seen + int(frame))
        if len(best):
            self._last = int(best[-1])
        self._seen += len(best)

    def hypotheses(self) -> list[Hypothesis]:
        """Return the one text of the best alignment, with that alignment's score."""
        return [Hypothesis(tuple(self.symbols), self._score)]


class BeamDecoder:
    """Follows the most probable beginnings of texts, summing over their alignments.

    For each beginning it keeps two sums: of alignments that end in a blank, and of the others,
    since only after a blank a repeated symbol is a new one. Frames may come in pieces.
    """

    def __init__(self, width: int = 16, *, length_bonus: float = 0.0) -> None:
        """Begin before the first frame.

        Args:
            width: Beginnings that are followed.
            length_bonus: Nats that every symbol adds to a score; above 0 favours longer texts.

        Raises:
            UsageError: If the width is no whole number from 1 up, or the bonus no finite number.
        """
        if not isinstance(width, int) or isinstance(width, bool) or width < 1:
            raise UsageError(f"the beam must be a whole number from 1 up, not {width!r}")
        if not isinstance(length_bonus, (int, float)) or not np.isfinite(length_bonus):
            raise UsageError(f"the length bonus must be a finite number, not {length_bonus!r}")
        self._width = width
        self._bonus = float(length_bonus)
        self._prefixes: list[tuple[int, ...]] = [()]
        self._blank = np.zeros(1)  # log-sums of alignments that end in a blank
        self._symbol = np.full(1, _NEVER)  # and of those that end in the prefix's last symbol

    def push(self, log_probabilities: Floats) -> None:
        """Read further frames, shape `(frames, outputs)`."""
        check_frames(log_probabilities)
        for frame in np.asarray(log_probabilities, np.float64):
            self._advance(frame)

    def hypotheses(self) -> list[Hypothesis]:
        """Return the texts that are left, the best first."""
        scores = self._ranked(np.logaddexp(self._blank, self._symbol), self._lengths())
        order = np.argsort(-scores, kind="stable")
        return [Hypothesis(self._prefixes[i], float(scores[i])) for i in order]

    def _advance(self, frame: Floats) -> None:
        last = np.array([prefix[-1] if prefix else BLANK for prefix in self._prefixes])
        total = np.logaddexp(self._blank, self._symbol)
        blank = total + frame[BLANK]
        symbol = np.where(last == BLANK, _NEVER, self._symbol + frame[last])
        longer = total[:, None] + frame
        repeated = np.flatnonzero(last != BLANK)
        longer[repeated, last[repeated]] = self._blank[repeated] + frame[last[repeated]]
        longer[:, BLANK] = _NEVER
        self._merge(symbol, longer)
        self._keep(blank, symbol, longer)

    def _merge(self, symbol: Floats, longer: Floats) -> None:
        """Where a longer text is followed already, add its new alignments to the old ones."""
        places = {prefix: place for place, prefix in enumerate(self._prefixes)}
        for place, prefix in enumerate(self._prefixes):
            source = places.get(prefix[:-1]) if prefix else None
            if source is not None:
                symbol[place] = np.logaddexp(symbol[place], longer[source, prefix[-1]])
                longer[source, prefix[-1]] = _NEVER

    def _keep(self, blank: Floats, symbol: Floats, longer: Floats) -> None:
        """Keep the best of the old texts and the longer ones."""
        count, lengths = len(blank), self._lengths()
        stay = self._ranked(np.logaddexp(blank, symbol), lengths)
        grow = self._ranked(longer, lengths[:, None] + 1).ravel()
        scores = np.concatenate([stay, grow])
        best = np.argsort(-scores, kind="stable")[: self._width]
        best = best[scores[best] > _NEVER] if (scores > _NEVER).any() else best[:1]
        old, new = best[best < count], best[best >= count] - count
        sources, symbols = np.divmod(new, longer.shape[1])
        grown = [(*self._prefixes[i], int(s)) for i, s in zip(sources, symbols, strict=True)]
        self._prefixes = [self._prefixes[i] for i in old] + grown
        self._blank = np.concatenate([blank[old], np.full(len(new), _NEVER)])
        self._symbol = np.concatenate([symbol[old], longer[sources, symbols]])

    def _lengths(self) -> NDArray[np.int64]:
        return np.array([len(prefix) for prefix in self._prefixes])

    def _ranked(self, scores: Floats, lengths: NDArray[np.int64]) -> Floats:
        return scores + self._bonus * lengths
