"""Small translators with random, asymmetric weights."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest

from recurra.layers import accelerated
from recurra.models import assign_weights, build_translator, named_weights
from recurra.runtime import TRANSLATOR_ATTENTIONS, TRANSLATOR_CELLS, TranslatorSpecification
from recurra.sequences import pad_sequences

SOURCES, TARGETS = 13, 11
BOS = 2


def _described(
    cell: str, attention: str, two: bool, encoder: int, decoder: int
) -> tuple[str, dict[str, Any]]:
    name = f"{'bi' if two else ''}{cell}-{attention}-{encoder}-{decoder}"
    return name, {
        "cell": cell,
        "attention": attention,
        "bidirectional": two,
        "encoder_layers": encoder,
        "decoder_layers": decoder,
        "tie_weights": two and encoder == decoder,
    }


TRANSLATORS: dict[str, dict[str, Any]] = dict(
    _described(*choice)
    for choice in product(TRANSLATOR_CELLS, TRANSLATOR_ATTENTIONS, (False, True), (1, 2), (1, 2))
)
TRANSLATORS["bigru-dropout"] = {
    "dropout": 0.3,
    "recurrent_dropout": 0.2,
    "decoder_layers": 2,
    "tie_weights": True,
}
# Each costs seconds to build and compile. These stand for every pair of choices; `-m slow` runs
# them all.
EVERYDAY = (
    "bilstm-additive-2-2",
    "lstm-dot-1-2",
    "bilstm-none-2-1",
    "gru-none-1-2",
    "gru-additive-2-1",
    "bigru-dot-1-1",
    "rnn-dot-2-1",
    "birnn-none-1-1",
    "birnn-additive-1-2",
    "bigru-dropout",
)
every_translator = pytest.mark.parametrize(
    "name",
    [
        name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.slow)
        for name in TRANSLATORS
    ],
)


def translator_specification(name: str, **changes: Any) -> TranslatorSpecification:
    sizes = {"source_vocabulary": SOURCES, "target_vocabulary": TARGETS, "embedding": 4, "units": 5}
    return TranslatorSpecification(**{**sizes, **TRANSLATORS[name], **changes})


@cache
def random_translator(name: str) -> keras.Model:
    """Build once for all tests, with weights of which no two are alike."""
    model = build_translator(translator_specification(name))
    shapes = {key: array.shape for key, array in named_weights(model).items()}
    assign_weights(model, drawn_weights(shapes))
    return model


def drawn_weights(
    shapes: dict[str, tuple[int, ...]], seed: int = 4, scale: float = 0.7
) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {
        key: generator.normal(0, scale, shape).astype(np.float32)
        for key, shape in sorted(shapes.items())
    }


def random_rows(
    lengths: list[int], vocabulary: int, seed: int = 0, first: int | None = None
) -> np.ndarray:
    """Draw rows of tokens of these lengths, post-padded with 0."""
    generator = np.random.default_rng(seed)
    rows = [generator.integers(1, vocabulary, length) for length in lengths]
    if first is not None:
        rows = [np.append(first, row) for row in rows]
    return pad_sequences(rows)


def random_pairs(seed: int = 0) -> dict[str, np.ndarray]:
    """Draw sources and targets of unlike lengths, none and one token among them."""
    return {
        "source": random_rows([6, 1, 3, 5, 2], SOURCES, seed),
        "target": random_rows([2, 4, 0, 6, 1], TARGETS, seed + 1, first=BOS),
    }


def logits(model: keras.Model, pairs: dict[str, np.ndarray]) -> np.ndarray:
    with accelerated():
        return np.asarray(model.predict_on_batch(pairs))
