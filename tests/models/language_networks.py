"""Small language models with random, asymmetric weights."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from recurra.runtime import LanguageModelSpecification
from recurra.runtime._language_network import language_shapes

VOCABULARY = 11
CELLS = ("rnn", "lstm", "gru")
ARCHITECTURES: dict[str, dict[str, Any]] = {
    **{
        f"{cell}-{len(units)}{'-tied' if tied else ''}": {
            "cell": cell,
            "units": units,
            "tie_weights": tied,
        }
        for cell, units, tied in product(CELLS, ((4,), (5, 3)), (False, True))
    },
    "lstm-1-tied-bare": {"cell": "lstm", "units": (3,), "tie_weights": True},
    "gru-2-rolls": {"cell": "gru", "units": (5, 3), "inputs": "rolls"},
}
DROPS = {"dropout": 0.3, "recurrent_dropout": 0.2, "weight_drop": 0.4}


def language_model(name: str, **more: Any) -> LanguageModelSpecification:
    return LanguageModelSpecification(VOCABULARY, 3, **{**ARCHITECTURES[name], **more})


def language_weights(spec: LanguageModelSpecification, seed: int = 0) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    return {
        name: generator.normal(0, 0.8, shape).astype(np.float32)
        for name, shape in sorted(language_shapes(spec).items())
    }


def language_inputs(
    spec: LanguageModelSpecification, batch: int, time: int, seed: int = 1
) -> np.ndarray:
    generator = np.random.default_rng(seed)
    if spec.inputs == "rolls":
        return (generator.random((batch, time, spec.vocabulary)) < 0.3).astype(np.float32)
    return generator.integers(0, spec.vocabulary, (batch, time)).astype(np.int32)
