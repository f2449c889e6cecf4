"""A tiny language model with random weights, as a predictor and as an artifact."""

from __future__ import annotations

from typing import Any

import numpy as np
from language_networks import language_weights

from recurra.runtime import (
    GENERATION_TASK,
    Artifact,
    GeneratorPredictor,
    LanguageModelSpecification,
    generator_contents,
)
from recurra.sequences import Tokenizer

TEXTS = ["the cat sat on the mat, the dog did not.\n", "däs ist göod ✓ 🙂 the end\n"]


def fitted_tokenizer(level: str = "char") -> Tokenizer:
    return Tokenizer(level=level, vocabulary=300 if level == "subword" else 100).fit(TEXTS)


def tiny_generator(
    level: str = "char", *, seed: int = 0, favour: dict[int, float] | None = None, **options: Any
) -> GeneratorPredictor:
    """Build a predictor; `favour` is added to the bias of tokens."""
    tokenizer = fitted_tokenizer(level)
    settings = {"cell": "lstm", "units": (6, 5), **options}
    spec = LanguageModelSpecification(tokenizer.vocabulary_size, 4, **settings)
    weights = language_weights(spec, seed)
    for token, value in {3: -9.0, **(favour or {})}.items():
        weights["logits/bias"][token] += value
    return GeneratorPredictor(tokenizer, spec, weights)


def generator_artifact(**manifest: Any) -> Artifact:
    predictor = tiny_generator()
    encoder, weights = generator_contents(
        predictor.tokenizer, language_weights(predictor.specification)
    )
    facts = {"task": GENERATION_TASK, "specification": predictor.specification.to_dict()}
    return Artifact({**facts, **manifest}, encoder, weights, b"keras", "# Card\n")


def greedy_reference(predictor: GeneratorPredictor, prompt: str, length: int) -> tuple[str, float]:
    """Write by reading everything again for each token, as plainly as can be."""
    ids, total = [3, *predictor.tokenizer.encode(prompt).tolist()], 0.0
    start = len(ids)
    for _ in range(length):
        logits = predictor._network.run(np.array([ids]))[0][0, -1].astype(np.float64)
        allowed = logits.copy()
        allowed[:3] = -np.inf
        ids.append(int(allowed.argmax()))
        total += logits[ids[-1]] - np.log(np.exp(logits).sum())
    return predictor.tokenizer.decode(ids[start:]), total
