"""A sentence whose tokens a tagger labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UnknownNameError, UsageError
from recurra.models import named_weights
from recurra.runtime.tagging import TaggerNetwork
from recurra.sequences.tagging import EncodedSentences, sentences_from_lists
from recurra.study.insight._subject_parts import (
    best_first,
    cross_entropy,
    log_odds,
    network_name,
)
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import exchanged_tokens
from recurra.tasks.tagging import SequenceTagger

__all__ = ["tagging_subject"]


def tagging_subject(
    tagger: SequenceTagger, sentence: str | Sequence[str], target: Any = None
) -> Subject:
    """Return a sentence as a trained tagger reads it, and one of its tokens to explain.

    The network of the subject begins with the vectors of the tokens, which hold their characters
    already, and ends with the logits, before a softmax or a field over the tags.

    Args:
        tagger: A fitted `SequenceTagger`.
        sentence: Its tokens, or a text with white space between them.
        target: Which token, counted from 1, and which tag, such as `"4"`, `"NOUN"` or `"4=NOUN"`;
            the token whose tag is least certain, and its tag, when left out.

    Raises:
        DataError: If there are no tokens.
        UsageError: If there is no such token.
        UnknownNameError: If there is no such tag.
    """
    tokens = sentence.split() if isinstance(sentence, str) else list(sentence)
    if not tokens:
        raise DataError("the sentence has no tokens: there is nothing to look at")
    checked = sentences_from_lists([tokens]).sentences
    ((answers, shares),) = tagger.predictor_.answer_sentences(checked)
    position, tag = _parse(None if target is None else str(target), len(tokens))
    if position is None:
        position = int(np.argmin([answer.probability for answer in answers]))
    tags, chosen = list(tagger.encoder_.tags), tag or answers[position].tag
    if chosen not in tags:
        raise UnknownNameError("tag", chosen, tags)
    place, spec = tags.index(chosen), tagger.specification_
    encoded = tagger.encoder_.encode(checked)
    vectors = _vectors(tagger, encoded)
    exchange = _Exchange(np.asarray(encoded.forms[0], np.int32), vectors[0])
    return Subject(
        model=_from_vectors(tagger, vectors.shape[-1]),
        inputs=vectors,
        labels=tuple(tokens),
        task=tagger.task,
        name=network_name(spec.cell, spec.units, bidirectional=spec.bidirectional, what="tagger"),
        answer=best_first(tags, shares[position]),
        explained=f"log-odds of {chosen!r} for token {position + 1}, {tokens[position]!r}",
        score=lambda logits: log_odds(logits[:, position], place),
        loss=lambda logits: cross_entropy(logits[:, position], place),
        replace=exchange,
        answers_last=False,
    )


class _Exchange:
    """Exchanges tokens of a sentence for others of it, by their vectors."""

    def __init__(self, forms: NDArray[np.int32], vectors: NDArray[np.float32]) -> None:
        self._ids = forms + 2  # 1 stands for a token where there is no other
        self._table = np.zeros((int(self._ids.max()) + 1, vectors.shape[1]), np.float32)
        self._table[self._ids] = vectors

    def __call__(
        self, steps: NDArray[np.bool_], generator: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return vectors `(rows, time, features)`."""
        return self._table[exchanged_tokens(self._ids, steps, generator)]


def _parse(target: str | None, count: int) -> tuple[int | None, str | None]:
    """Read `4`, `NOUN` or `4=NOUN`; return the token's place from 0, and the tag."""
    number, equals, tag = (target or "").partition("=")
    if not number.isdecimal() or (equals and not tag):
        return None, target
    if not 1 <= int(number) <= count:
        raise UsageError(f"there is no token {number}; the sentence has {count}")
    return int(number) - 1, tag or None


def _vectors(tagger: SequenceTagger, encoded: EncodedSentences) -> NDArray[np.float32]:
    network = TaggerNetwork(tagger.specification_, named_weights(tagger.model_))
    return network.vectors(encoded.batch(np.array([0]), int(encoded.lengths[0])))


def _from_vectors(tagger: SequenceTagger, width: int) -> keras.Model:
    """Return the network over the tokens' vectors alone; its layers are the tagger's."""
    vectors = keras.Input((None, width), name="tokens")
    states = vectors
    for index in range(len(tagger.specification_.units)):
        states = tagger.model_.get_layer(f"recurrent_{index}")(states)
    logits = tagger.model_.get_layer("logits")(states)
    return keras.Model(vectors, logits, name=tagger.model_.name)
