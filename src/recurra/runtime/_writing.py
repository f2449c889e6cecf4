"""Writing on from a prompt: one token at a time, for several texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._language_network import LanguageNetwork, LanguageState
from recurra.runtime._parts import Array
from recurra.runtime.sampling import SamplingOptions, choose
from recurra.sequences import BOS_ID, EOS_ID, PAD_ID, UNK_ID, StreamDecoder, Tokenizer

__all__ = ["Generation", "Writing", "log_sum_exp"]

_HISTORY = 64  # tokens that the repetition penalty looks back on, as llama.cpp does
_NEVER_WRITTEN = [PAD_ID, UNK_ID, BOS_ID]


@dataclass(frozen=True)
class Generation:
    """A text that a model has written.

    Attributes:
        text: What follows the prompt, without the stop string.
        finished: Why it ends: `"length"`, `"stop"`, or `"end"` where the model ended the text.
        log_probability: Of all that was chosen, in nats, by the model itself: before temperature
            and the other options.
        tokens: The tokens written, as texts.
    """

    text: str
    finished: str
    log_probability: float
    tokens: tuple[str, ...]


class Writing:
    """Texts on their way, all after the same prompt."""

    def __init__(
        self,
        network: LanguageNetwork,
        tokenizer: Tokenizer,
        read: tuple[Array, LanguageState],
        prompt: NDArray[np.int32],
        *,
        length: int,
        options: SamplingOptions,
        generator: np.random.Generator,
        stop: Sequence[str],
        count: int,
    ) -> None:
        """Begin after a prompt.

        Args:
            network: The model.
            tokenizer: Its tokenizer.
            read: Logits `(1, vocabulary)` and the state after the prompt.
            prompt: Its tokens, for the repetition penalty.
            length: Tokens to write at most.
            options: How to choose them.
            generator: Where the chance comes from.
            stop: Texts at which to stop.
            count: How many texts to write.
        """
        logits, state = read
        self._logits = np.repeat(logits, count, axis=0)
        self._stream = network.stream(
            tuple(tuple(np.repeat(part, count, axis=0) for part in layer) for layer in state)
        )
        self._options, self._generator = options, generator
        self._texts = [_Text(tokenizer, length, stop) for _ in range(count)]
        self._history = np.full((count, _HISTORY), PAD_ID)  # a ring; padding is never written
        self._history[:, : min(len(prompt), _HISTORY)] = prompt[-_HISTORY:]
        self._position = min(len(prompt), _HISTORY)

    @property
    def done(self) -> bool:
        """Whether all texts have ended."""
        return all(text.finished for text in self._texts)

    def step(self) -> list[str]:
        """Write one token of each text; return what is certain to be its continuation."""
        logits = self._logits
        whole = log_sum_exp(logits)
        logits[:, _NEVER_WRITTEN] = -np.inf
        ids = choose(logits, self._options, self._generator, self._history)
        pieces = [
            text.add(token, float(row[token] - total))
            for text, token, row, total in zip(
                self._texts, ids.tolist(), logits, whole, strict=True
            )
        ]
        if not self.done:
            self._history[:, self._position % _HISTORY] = ids
            self._position += 1
            self._logits = self._stream.step(ids)
        return pieces

    def generations(self) -> list[Generation]:
        """Return the texts, once all have ended."""
        return [text.generation() for text in self._texts]


class _Text:
    """One text on its way."""

    def __init__(self, tokenizer: Tokenizer, length: int, stop: Sequence[str]) -> None:
        self.finished = "" if length else "length"
        self._tokenizer = tokenizer
        self._length = length
        self._ids: list[int] = []
        self._parts: list[str] = []
        self._log_probability = 0.0
        self._decoder = StreamDecoder(tokenizer)
        self._stop = _StopFinder(stop)

    def add(self, token: int, log_probability: float) -> str:
        """Take the next token, unless the text has ended; return the text that is certain now."""
        if self.finished:
            return ""
        self._log_probability += log_probability
        piece = ""
        if token == EOS_ID:
            self.finished = "end"
        else:
            self._ids.append(token)
            piece = self._stop.push(self._decoder.push(token))
            if self._stop.found:
                self.finished = "stop"
            elif len(self._ids) == self._length:
                self.finished = "length"
        if self.finished in ("end", "length"):
            piece += self._rest()
        self._parts.append(piece)
        return piece

    def generation(self) -> Generation:
        """Return the text that has ended."""
        tokens = tuple(self._tokenizer.token_texts(self._ids))
        return Generation("".join(self._parts), self.finished, self._log_probability, tokens)

    def _rest(self) -> str:
        """Return what was held back; a half character may complete a stop string too."""
        rest = self._stop.push(self._decoder.finish())
        if self._stop.found:
            self.finished = "stop"
            return rest
        return rest + self._stop.held


class _StopFinder:
    """Lets a text through up to the first of some strings, holding back what may begin one."""

    def __init__(self, stop: Sequence[str]) -> None:
        self.found = False
        self.held = ""
        self._stop = stop

    def push(self, piece: str) -> str:
        """Take more text; return what no longer can be part of a stop string."""
        if not self._stop:
            return piece
        text = self.held + piece
        places = [text.find(stop) for stop in self._stop]
        self.found = any(place >= 0 for place in places)
        if self.found:
            return text[: min(place for place in places if place >= 0)]
        certain = len(text) - max(_overlap(text, stop) for stop in self._stop)
        self.held = text[certain:]
        return text[:certain]


def _overlap(text: str, stop: str) -> int:
    """Return how many characters at the end of a text begin the stop string."""
    lengths = range(min(len(stop) - 1, len(text)), 0, -1)
    return next((n for n in lengths if text.endswith(stop[:n])), 0)


def log_sum_exp(logits: Array) -> Array:
    """Return the logarithm of the sum of exponentials over the last axis."""
    best = logits.max(axis=-1)
    result: Array = best + np.log(np.exp(logits - best[..., None]).sum(axis=-1))
    return result
