"""Generating and scoring text with a trained language model: NumPy alone, no Keras, no JAX."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UsageError
from recurra.runtime._artifact_checks import check_task
from recurra.runtime._language_network import LanguageNetwork, LanguageState
from recurra.runtime._measuring import predict_tokens, token_log_probabilities
from recurra.runtime._parts import Array
from recurra.runtime._writing import Generation, Writing
from recurra.runtime.artifact import Artifact
from recurra.runtime.language_specification import LanguageModelSpecification
from recurra.runtime.sampling import SamplingOptions
from recurra.sequences import EOS_ID, UNK_ID, Tokenizer, TokenStream

__all__ = ["GENERATION_TASK", "Generation", "GeneratorPredictor", "TextScore"]

GENERATION_TASK = "generation"
_PROMPT_PIECE = 1024  # tokens of a prompt that are read at once
_DECODED_PIECE = 1 << 16
_MOST_TEXTS = 10_000


@dataclass(frozen=True, eq=False)
class TextScore:
    """How probable a text is to a model.

    Attributes:
        tokens: The text's tokens, as texts; unknown ones as `[UNK]`.
        log_probabilities: Of each token after those before it, nats, shape `(tokens,)`. Before the
            first one, another text has ended.
        nats: Minus their sum.
        characters: Characters of the text.
    """

    tokens: tuple[str, ...]
    log_probabilities: NDArray[np.float64]
    nats: float
    characters: int

    @property
    def perplexity(self) -> float:
        """The perplexity per token."""
        return _perplexity(self.nats / len(self.tokens))

    @property
    def bits_per_character(self) -> float:
        """The bits that a character costs."""
        return self.nats / math.log(2) / self.characters


class GeneratorPredictor:
    """A trained language model, ready to write.

    A text begins where another one has ended: the model reads an end-of-text token, then the
    prompt.

    Attributes:
        tokenizer: The fitted tokenizer.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        specification: LanguageModelSpecification,
        weights: Mapping[str, NDArray[Any]],
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts of a language model.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        if specification.inputs != "tokens":
            raise CorruptArtifactError(f"the network reads {specification.inputs}, not tokens")
        if tokenizer.vocabulary_size != specification.vocabulary:
            raise CorruptArtifactError(
                f"the tokenizer has {tokenizer.vocabulary_size} tokens, "
                f"the network expects {specification.vocabulary}"
            )
        self.tokenizer = tokenizer
        self.manifest = manifest or {}
        self._network = LanguageNetwork(specification, weights)

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> Self:
        """Build a predictor from a verified artifact.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
            UnsafeArtifactError: If its tokenizer is beyond the limits.
        """
        check_task(artifact, GENERATION_TASK, "a language model")
        return cls(
            Tokenizer.from_config(artifact.encoder.get("tokenizer", {})),
            LanguageModelSpecification.from_dict(artifact.manifest.get("specification")),
            artifact.weights,
            artifact.manifest,
        )

    @property
    def specification(self) -> LanguageModelSpecification:
        """The architecture."""
        return self._network.specification

    def unknown(self, prompt: str) -> list[str]:
        """Return the distinct pieces of a prompt that the model has never seen, in order.

        The model reads them as its unknown token, and never writes that itself.
        """
        return self.tokenizer.unknown(prompt)

    def generate(
        self,
        prompt: str = "",
        *,
        length: int = 200,
        options: SamplingOptions | None = None,
        seed: int = 0,
        stop: str | Sequence[str] = (),
        count: int = 1,
    ) -> list[Generation]:
        """Write on from a prompt.

        Args:
            prompt: What the texts begin with; it is not repeated in them. Without one a document
                begins, or, where the training text was a single document, a line.
            length: Tokens to write at most: characters, words or subwords.
            options: How tokens are drawn; `SamplingOptions()` when None.
            seed: Same seed, same texts.
            stop: A text, or several, at which writing stops; it is left out.
            count: How many texts to write, side by side.

        Returns:
            The texts.

        Raises:
            DataError: If the prompt is not a string, or the network's weights cannot be used.
            UsageError: If a number is out of its range.
        """
        writing = self._begin(prompt, length, options, seed, stop, count)
        while not writing.done:
            writing.step()
        return writing.generations()

    def stream(
        self,
        prompt: str = "",
        *,
        length: int = 200,
        options: SamplingOptions | None = None,
        seed: int = 0,
        stop: str | Sequence[str] = (),
    ) -> Generator[str, None, Generation]:
        """Write on from a prompt, giving each piece of text as soon as it is certain.

        The pieces, joined, are the text that `generate` gives; what may be the beginning of a stop
        string or half of a character is held back. Arguments and errors as for `generate`, raised
        by the call itself.

        Returns:
            An iterator over the pieces; as a generator it returns the whole `Generation`.
        """
        writing = self._begin(prompt, length, options, seed, stop, count=1)
        return _pieces(writing)

    def score(self, text: str) -> TextScore:
        """Return how probable a text is, token by token.

        Raises:
            DataError: If the text is empty or not a string.
        """
        ids = self.tokenizer.encode(text)
        if not len(ids):
            raise DataError("the text is empty: there is no token to score")
        found = token_log_probabilities(self._network, ids)
        tokens = tuple(self.tokenizer.token_texts(ids))
        return TextScore(tokens, found, -float(found.sum()), len(text))

    def measure(self, source: TokenStream | NDArray[np.integer]) -> dict[str, Any]:
        """Measure how well the model predicts a long text, each token from those before it.

        Args:
            source: A corpus part as tokens, or their ids `(time,)`. It is read in pieces; several
                are read side by side, each after the 256 tokens before it.

        Returns:
            `tokens`, `unknown` (how many of them are), `characters`, `nats_per_token`,
            `perplexity`, `bits_per_character` (None without characters) and `accuracy` (the share
            of tokens that were the most probable).

        Raises:
            DataError: If there are no tokens, or an id is outside the vocabulary.
            ShapeError: If the ids have several axes.
        """
        ids = source.ids if isinstance(source, TokenStream) else np.asarray(source)
        if ids.ndim != 1:
            raise ShapeError(f"the ids have shape {ids.shape}, expected (time,)")
        if not len(ids):
            raise DataError("there are no tokens to measure the model on")
        nats, right = predict_tokens(self._network, ids)
        characters, unknown = self._counts(source)
        return {
            "tokens": len(ids),
            "unknown": unknown,
            "characters": characters,
            "nats_per_token": nats / len(ids),
            "perplexity": _perplexity(nats / len(ids)),
            "bits_per_character": nats / math.log(2) / characters if characters else None,
            "accuracy": right / len(ids),
        }

    def _counts(self, source: TokenStream | NDArray[np.integer]) -> tuple[int, int]:
        """Return how many characters tokens stand for, and how many of them are unknown."""
        if isinstance(source, TokenStream):
            return source.characters, source.unknown
        ids = np.asarray(source)
        pieces = (ids[k : k + _DECODED_PIECE] for k in range(0, len(ids), _DECODED_PIECE))
        characters = sum(len(self.tokenizer.decode(piece)) for piece in pieces)
        return characters, int((ids == UNK_ID).sum())

    def _begin(
        self,
        prompt: str,
        length: int,
        options: SamplingOptions | None,
        seed: int,
        stop: str | Sequence[str],
        count: int,
    ) -> Writing:
        _check_count("length", length, 0, None)
        _check_count("count", count, 1, _MOST_TEXTS)
        _check_count("seed", seed, 0, None)
        ids = self._opening() if prompt == "" else self.tokenizer.encode(prompt)
        return Writing(
            self._network,
            self.tokenizer,
            self._read(ids),
            ids,
            length=length,
            options=options or SamplingOptions(),
            generator=np.random.default_rng(seed),
            stop=_checked_stop(stop),
            count=count,
        )

    def _opening(self) -> NDArray[np.int32]:
        """Return what is read where no prompt is given.

        Of many documents the network has learnt how one begins. Of a single one it has not: it
        reads the end of a line, after which a line begins.
        """
        data = self.manifest.get("data")
        single = isinstance(data, dict) and data.get("documents") == 1
        ids = self.tokenizer.encode("\n" if single else "")
        known: NDArray[np.int32] = ids[ids != UNK_ID]
        return known

    def _read(self, prompt: NDArray[np.int32]) -> tuple[Array, LanguageState]:
        """Return the logits `(1, vocabulary)` and the state after a prompt."""
        ids = np.concatenate([[EOS_ID], prompt])
        state = None
        for start in range(0, len(ids), _PROMPT_PIECE):
            outputs, state = self._network.outputs(ids[None, start : start + _PROMPT_PIECE], state)
        assert state is not None  # noqa: S101 - there is at least one token
        return self._network.logits(outputs[:, -1]), state


def _pieces(writing: Writing) -> Generator[str, None, Generation]:
    while not writing.done:
        piece = writing.step()[0]
        if piece:
            yield piece
    return writing.generations()[0]


def _perplexity(nats: float) -> float:
    """Return the perplexity of a cross entropy, infinite where it is beyond any number."""
    return math.exp(nats) if nats < 700 else math.inf


def _check_count(name: str, value: object, least: int, most: int | None) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):  # type: ignore[operator]
        wanted = f"from {least} up" if most is None else f"from {least} to {most}"
        raise UsageError(f"{name} must be a whole number {wanted}, not {value!r}")


def _checked_stop(stop: str | Sequence[str]) -> tuple[str, ...]:
    stops = (stop,) if isinstance(stop, str) else tuple(stop)
    for text in stops:
        if not isinstance(text, str) or not text:
            raise UsageError(
                f"a stop string must be a text of at least one character, not {text!r}"
            )
    return stops
