"""A text that a language model goes on writing."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.models import named_weights
from recurra.runtime import LanguageModelSpecification, LanguageNetwork
from recurra.sequences import EOS_ID
from recurra.study.insight._subject_parts import best_first, network_name, softmax
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import exchanged_tokens
from recurra.tasks.text_generator import TextGenerator

__all__ = ["language_subject"]

_MOST = 400  # tokens looked at


def language_subject(generator: TextGenerator, text: str, target: str | None = None) -> Subject:
    """Return a text as a trained language model reads it.

    The loss is that of what is explained alone, not of every token of the text: its gradient shows
    how far back one prediction reaches.

    Args:
        generator: A fitted `TextGenerator`.
        text: The text; of a longer one its last 400 tokens.
        target: What might come next, whose log-probability is explained; the most probable token
            when `None`.

    Raises:
        DataError: If the text is no string, or the target has no token.
    """
    ids = _read(generator, text)
    network = LanguageNetwork(generator.specification_, named_weights(generator.model_))
    logits = network.run(ids[None])[0][0, -1]
    nexts = _continuation(generator, target, logits)
    names = generator.tokenizer_.token_texts(np.arange(len(logits)))
    read = np.concatenate([ids, nexts[:-1]]).astype(np.int32)
    spec = generator.specification_

    def score(logits: Any) -> Any:
        chosen = ops.sum(logits * ops.one_hot(nexts, spec.vocabulary), axis=-1)
        return ops.sum(chosen - ops.logsumexp(logits, axis=-1), axis=-1)

    return Subject(
        model=_from_step(generator.model_, spec, len(ids) - 1),
        inputs=read[None],
        labels=tuple(generator.tokenizer_.token_texts(read)),
        task=generator.task,
        name=network_name(spec.cell, spec.units, bidirectional=False, what="language model"),
        answer=best_first(names, softmax(logits)),
        explained=f"log-probability of {''.join(names[i] for i in nexts)!r} as what comes next",
        score=score,
        loss=lambda logits: -score(logits),
        replace=lambda steps, random: exchanged_tokens(read, steps, random),
        vectors=generator.model_.get_layer("embedding"),
    )


def _from_step(model: Any, spec: LanguageModelSpecification, first: int) -> Any:
    """Return the same network with the logits of the last steps alone; the layers are shared.

    Those of all steps would be most of the work: 250 steps of 10,000 words took 19 s instead of 3.

    Args:
        model: The language model.
        spec: Its architecture.
        first: The first step whose logits are wanted.
    """
    names = {layer.name for layer in model.layers}
    below = ("projection", "output_dropout", f"recurrent_{len(spec.units) - 1}")
    read = model.get_layer(next(name for name in below if name in names)).output[:, first:]
    if spec.tie_weights:
        logits = model.get_layer("embedding")(read, reverse=True)
    else:
        logits = model.get_layer("logits")(read)
    return keras.Model(model.input, logits, name=model.name)


def _read(generator: TextGenerator, text: str) -> NDArray[np.int32]:
    """Return the end-of-text token, after which a text begins, and the text."""
    if not isinstance(text, str):
        raise DataError(f"a language model reads a text, got {type(text).__name__}")
    ids = generator.tokenizer_.encode(text)
    if len(ids) >= _MOST:
        warnings.warn(
            f"the text has {len(ids):,} tokens; its last {_MOST:,} are looked at", stacklevel=4
        )
        return ids[-_MOST:]
    return np.concatenate([[EOS_ID], ids]).astype(np.int32)


def _continuation(
    generator: TextGenerator, target: str | None, logits: NDArray[Any]
) -> NDArray[np.int32]:
    if target is None:
        return np.array([logits.argmax()], np.int32)
    ids = generator.tokenizer_.encode(target)
    if not len(ids):
        raise DataError("the target is empty: give what might come next")
    return ids
