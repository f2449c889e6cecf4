"""A text that a translator translates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences import BOS_ID, EOS_ID
from recurra.study.insight._subject_parts import layer_value, network_name
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import exchanged_tokens
from recurra.tasks.translator import Translator

__all__ = ["translation_subject"]


def translation_subject(translator: Translator, text: str, target: str | None = None) -> Subject:
    """Return a text as a trained translator reads it.

    The steps are those of the source; the decoder reads the translation, whatever it would have
    written itself (teacher forcing).

    Args:
        translator: A fitted `Translator`.
        text: What to translate.
        target: The translation whose log-probability is explained; the translator's own, found
            greedily, when `None`.

    Raises:
        DataError: If the text or the target is no string, or the text is empty.
    """
    for given in (text, target):
        if not isinstance(given, str) and given is not None:
            raise DataError(f"a translator reads a text, got {type(given).__name__}")
    if not text.strip():
        raise DataError("the text is empty: there is nothing to look at")
    if target is None:
        target = translator.translate([text])[0][0].text
    spec = translator.specification_
    cut = translator.source_tokenizer_.encode(text)[: translator.settings_.max_length]
    source, written = np.append(cut, np.int32(EOS_ID)), translator.target_tokenizer_.encode(target)
    read = np.append(np.int32(BOS_ID), written)
    answers = np.append(written, np.int32(EOS_ID))

    def inputs(sources: NDArray[np.int32]) -> dict[str, NDArray[np.int32]]:
        return {"source": sources, "target": np.repeat(read[None], len(sources), axis=0)}

    def score(logits: Any) -> Any:
        chosen = ops.sum(logits * ops.one_hot(answers, spec.target_vocabulary), axis=-1)
        return ops.sum(chosen - ops.logsumexp(logits, axis=-1), axis=-1)

    def attention() -> NDArray[np.float32] | None:
        """Return what all steps of the translation read of each of the source."""
        weights = layer_value(translator.model_, "attention_weights", inputs(source[None]))
        return None if weights is None else weights[0].mean(axis=0)

    layers = range(spec.decoder_layers)
    steps = tuple(translator.target_tokenizer_.token_texts(read))
    return Subject(
        model=translator.model_,
        inputs=inputs(source[None]),
        labels=tuple(translator.source_tokenizer_.token_texts(source)),
        task=translator.task,
        name=network_name(
            spec.cell,
            [spec.units] * spec.encoder_layers,
            bidirectional=spec.bidirectional,
            what="translator",
        ),
        answer=((target, _probability(translator, text, target)),),
        explained=f"log-probability of the translation {target!r}",
        score=score,
        loss=lambda logits: -score(logits) / len(answers),
        replace=lambda chosen, random: inputs(exchanged_tokens(source, chosen, random)),
        vectors=translator.model_.get_layer("source_embedding"),
        sequence="source",
        attention=attention,
        layer_labels={f"decoder_{index}": steps for index in layers},
    )


def _probability(translator: Translator, text: str, target: str) -> float:
    return math.exp(float(translator.predictor_.score([text], [target])[0].sum()))
