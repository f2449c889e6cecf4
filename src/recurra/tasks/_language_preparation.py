"""From a corpus to token streams, in the order that keeps leakage out.

Split first, fit the tokenizer on the training part only, then encode. Texts are read in chunks and
token ids go to files, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recurra.errors import DataError
from recurra.runtime import LanguageModelSpecification
from recurra.sequences import Corpus, Tokenizer, TokenStream, encode_stream
from recurra.tasks._language_settings import TextGeneratorSettings, settle_generator_settings

__all__ = ["PreparedCorpus", "new_tokenizer", "prepare_corpus"]

_FEWEST_TOKENS = 16
_MOST_VALIDATION_TOKENS = 1 << 19
_SHOWN_CHARACTERS = 600
_SHOWN_PLACES = 100
_NAMED = 10  # in a warning
_NEARLY_ALL = 0.9


@dataclass(frozen=True, eq=False)
class PreparedCorpus:
    """Token streams, ready to train on.

    Attributes:
        settings: Settled settings.
        tokenizer: Fitted on the training part only.
        train: Tokens to train on.
        validation: Tokens for early stopping.
        data: Facts for records, manifests and reports, JSON values.
        test: Tokens to measure on; `None` without a test part.
    """

    settings: TextGeneratorSettings
    tokenizer: Tokenizer
    train: TokenStream
    validation: TokenStream
    data: dict[str, Any]
    test: TokenStream | None = None

    @property
    def specification(self) -> LanguageModelSpecification:
        """The architecture for these tokens."""
        return self.settings.specification(self.tokenizer.vocabulary_size)

    @property
    def judged(self) -> TokenStream:
        """What every epoch is judged by: the beginning of a long validation part, else all."""
        if len(self.validation) <= _MOST_VALIDATION_TOKENS:
            return self.validation
        return TokenStream(self.validation.ids[:_MOST_VALIDATION_TOKENS], characters=0, unknown=0)


def new_tokenizer(settings: TextGeneratorSettings) -> Tokenizer:
    """Return a tokenizer that is not fitted yet."""
    return Tokenizer(
        settings.level,  # type: ignore[arg-type]
        settings.vocabulary,
        lowercase=settings.lowercase,
        minimum_count=settings.minimum_count,
    )


def prepare_corpus(
    corpus: Corpus, settings: TextGeneratorSettings, folder: Path, *, preset: str = "fast"
) -> PreparedCorpus:
    """Split, fit the tokenizer, encode.

    Args:
        corpus: The texts.
        settings: Resolved settings.
        folder: Where the nameless files of token ids go.
        preset: Decides the length of the training where `settings` leave it open.

    Raises:
        DataError: If a part is too short.
        SourceError: If the text cannot be read.
    """
    if corpus.empty_documents:
        warnings.warn(_left_out(corpus), stacklevel=2)
    parts = corpus.split(settings.validation, settings.test)
    tokenizer = new_tokenizer(settings)
    tokenizer.fit(chunk.text for chunk in corpus.iter_chunks(parts.train))
    streams = {
        name: encode_stream(corpus.iter_chunks(part), tokenizer, folder)
        for name, part in parts._asdict().items()
        if part is not None and part.characters
    }
    for name, stream in streams.items():
        _check_length(corpus, name, stream)
    tokens = len(streams["train"])
    settings = settle_generator_settings(settings, preset=preset, tokens=tokens)
    if settings.epochs * settings.epoch_tokens < _NEARLY_ALL * tokens:
        warnings.warn(_read_in_part(settings, tokens), stacklevel=2)
    data = _facts(corpus, settings, tokenizer, streams)
    return PreparedCorpus(settings, tokenizer, data=data, **streams)


def _left_out(corpus: Corpus) -> str:
    places = corpus.empty_documents
    documents = "a document without text was"
    if len(places) > 1:
        documents = f"{len(places):,} documents without text were"
    rest = f" and {len(places) - _NAMED:,} more" if len(places) > _NAMED else ""
    return f"{corpus.source}: {documents} left out: {', '.join(places[:_NAMED])}{rest}"


def _read_in_part(settings: TextGeneratorSettings, tokens: int) -> str:
    budget, needed = settings.epochs * settings.epoch_tokens, -(-tokens // settings.epoch_tokens)
    return (
        f"training reads {budget:,} of {tokens:,} tokens; {needed} epochs would read them all once"
    )


def _check_length(corpus: Corpus, part: str, stream: TokenStream) -> None:
    tokens = len(stream)
    if tokens < _FEWEST_TOKENS:
        raise DataError(
            f"the {part} part of {corpus.name} has {tokens} tokens, at least {_FEWEST_TOKENS} are "
            "needed: give more text, or hold out another share"
        )


def _facts(
    corpus: Corpus,
    settings: TextGeneratorSettings,
    tokenizer: Tokenizer,
    streams: dict[str, TokenStream],
) -> dict[str, Any]:
    start = np.asarray(streams["train"].ids[:_SHOWN_CHARACTERS])
    return {
        "name": corpus.name,
        "source": corpus.source,
        "sha256": corpus.sha256,
        "documents": corpus.documents,
        "empty_documents": list(corpus.empty_documents[:_SHOWN_PLACES]),
        "rows": {name: len(stream) for name, stream in streams.items()},
        "characters": {name: stream.characters for name, stream in streams.items()},
        "unknown": {name: stream.unknown for name, stream in streams.items()},
        "level": settings.level,
        "vocabulary": tokenizer.vocabulary_size,
        "beginning": tokenizer.decode(start)[:_SHOWN_CHARACTERS],
    }
