"""Language models behind one face: what each foretells, and what it writes."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import GeneratorPredictor, LanguageNetwork, SamplingOptions, choose
from recurra.sequences import BOS_ID, EOS_ID, PAD_ID, UNK_ID, StreamDecoder, Tokenizer, TokenStream
from recurra.study._generation_ngrams import NgramModel

__all__ = ["LanguageReader", "NetworkReader", "NgramReader"]

_MOST_LOGITS = 1 << 21  # values held at a time
_MEASURED_PIECE = 1 << 20  # tokens of a long text that the n-grams look up at a time
_JUDGED = 5_000  # tokens whose whole distribution the n-grams are asked for
_NEVER_WRITTEN = (PAD_ID, UNK_ID, BOS_ID)

Ids = NDArray[Any]
Floats = NDArray[np.float64]


class LanguageReader(Protocol):
    """What a comparison asks of every language model."""

    def nats(self, ids: Ids) -> Floats:
        """Return minus the log-probability of each token after those before it in its row.

        Args:
            ids: Tokens, shape `(batch, time)`; before each row another text has ended.
        """

    def guesses(self, ids: Ids) -> tuple[NDArray[np.int64], Floats]:
        """Return the likeliest token at each place and its probability, shape `(time,)` each."""

    def write(self, prompt: str, *, length: int, temperature: float, seed: int) -> str:
        """Go on from a prompt, at most `length` tokens."""


class NetworkReader:
    """A trained network."""

    def __init__(self, network: LanguageNetwork, predictor: GeneratorPredictor) -> None:
        """Hold the network twice: as scores of tokens, and as a writer of text."""
        self._network = network
        self._predictor = predictor

    def nats(self, ids: Ids) -> Floats:
        """See `LanguageReader`."""
        found = np.empty(ids.shape)
        state = None
        steps = max(1, _MOST_LOGITS // (len(ids) * self._network.specification.vocabulary))
        before = np.concatenate([np.full((len(ids), 1), EOS_ID), ids[:, :-1]], axis=1)
        for start in range(0, ids.shape[1], steps):
            part = slice(start, start + steps)
            logits, state = self._network.run(before[:, part], state)
            own = np.take_along_axis(logits, ids[:, part, None].astype(np.int64), axis=-1)[..., 0]
            found[:, part] = _log_sum(logits) - own
        return found

    def guesses(self, ids: Ids) -> tuple[NDArray[np.int64], Floats]:
        """See `LanguageReader`."""
        logits, _ = self._network.run(np.concatenate([[EOS_ID], ids[:-1]])[None])
        best = logits[0].argmax(axis=-1)
        top: Floats = np.exp(logits[0].max(axis=-1) - _log_sum(logits[0]))
        return best.astype(np.int64), top

    def write(self, prompt: str, *, length: int, temperature: float, seed: int) -> str:
        """See `LanguageReader`."""
        options = SamplingOptions(temperature=temperature)
        return self._predictor.generate(prompt, length=length, options=options, seed=seed)[0].text


class NgramReader:
    """Counted n-grams."""

    def __init__(self, model: NgramModel, tokenizer: Tokenizer) -> None:
        """Join the counts with the tokens that the networks read too."""
        self.model = model
        self._tokenizer = tokenizer

    def measure(self, stream: TokenStream) -> dict[str, Any]:
        """Measure how well a long text is foretold.

        Returns:
            `tokens`, `characters`, `nats_per_token`, `perplexity`, `bits_per_character` and
            `accuracy`, the last of 5,000 tokens evenly spread.
        """
        nats, context = 0.0, self.model.order - 1
        for start in range(0, len(stream), _MEASURED_PIECE):
            skip = min(start, context)
            piece = stream.ids[start - skip : start + _MEASURED_PIECE]
            nats -= float(self.model.log_probabilities(piece, skip).sum())
        mean = nats / len(stream)
        return {
            "tokens": len(stream),
            "characters": stream.characters,
            "nats_per_token": mean,
            "perplexity": math.exp(mean),
            "bits_per_character": nats / math.log(2) / stream.characters,
            "accuracy": self._accuracy(stream.ids),
        }

    def nats(self, ids: Ids) -> Floats:
        """See `LanguageReader`."""
        return np.stack([-self.model.log_probabilities(row) for row in ids])

    def guesses(self, ids: Ids) -> tuple[NDArray[np.int64], Floats]:
        """See `LanguageReader`."""
        chances = [self.model.distribution(self._before(ids, place)) for place in range(len(ids))]
        best = np.array([one.argmax() for one in chances], dtype=np.int64)
        return best, np.array([one.max() for one in chances])

    def write(self, prompt: str, *, length: int, temperature: float, seed: int) -> str:
        """See `LanguageReader`."""
        options, generator = SamplingOptions(temperature=temperature), np.random.default_rng(seed)
        decoder, text = StreamDecoder(self._tokenizer), []
        history = self._tokenizer.encode(prompt).tolist()
        for _ in range(length):
            chances = self.model.distribution(history[1 - self.model.order :])
            chances[list(_NEVER_WRITTEN)] = 0.0
            with np.errstate(divide="ignore"):
                scores = np.log(chances)[None].astype(np.float32)
            token = int(choose(scores, options, generator)[0])
            if token == EOS_ID:
                break
            history.append(token)
            text.append(decoder.push(token))
        return "".join((*text, decoder.finish()))

    def _accuracy(self, ids: Ids) -> float:
        places = np.unique(np.linspace(0, len(ids) - 1, _JUDGED).astype(np.int64))
        right = [
            int(self.model.distribution(self._before(ids, place)).argmax()) == int(ids[place])
            for place in places.tolist()
        ]
        return float(np.mean(right))

    def _before(self, ids: Ids, place: int) -> list[int]:
        before: list[int] = ids[max(0, place - self.model.order + 1) : place].tolist()
        return before


def _log_sum(logits: NDArray[np.float32]) -> Floats:
    """Return the logarithm of the sum of the exponentials over the last axis."""
    most = logits.max(axis=-1, keepdims=True)
    total: Floats = np.log(np.exp(logits - most).sum(axis=-1, dtype=np.float64)) + most[..., 0]
    return total
