"""Measures the effective context of a trained network of each task; see `effective_context`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import (
    ForecasterSpecification,
    ForecastNetwork,
    LanguageNetwork,
)
from recurra.sequences import EncodedTexts, WindowReader, Windows
from recurra.tasks.effective_context import (
    ContextCurve,
    averaged_values,
    exchanged_tokens,
    memory_curve,
    spaced_distances,
    total_variation,
)

__all__ = [
    "affordable_inputs",
    "classifier_context",
    "forecaster_context",
    "generator_context",
]

Array: TypeAlias = NDArray[Any]

_INPUTS = 8
_DRAWS = 2  # exchanges of one step of one input
_TOKENS = 256  # of each piece of running text
_WORK = 4e10  # multiplications; about a second on one core


def classifier_context(
    predict: Callable[[list[NDArray[np.int32]]], Array],
    texts: EncodedTexts,
    rows: NDArray[np.int64],
    weights: Mapping[str, Array],
    seed: int,
) -> ContextCurve:
    """Measure a text classifier: total-variation distance of the classes' probabilities.

    A token is exchanged for another of its text. The texts that are read have about the same
    length, that of which a quarter of all texts is longer.

    Args:
        predict: From token ids of texts to probabilities `(texts, classes)`.
        texts: Encoded texts.
        rows: Those that may be read, held out from training; at least one.
        weights: Of the network, by name.
        seed: Fixes what tokens are exchanged for.
    """
    lengths = texts.lengths[rows]
    usual = np.quantile(lengths, 0.75, method="nearest")
    nearest = np.argsort(np.abs(lengths - usual), kind="stable")
    long_enough = nearest[lengths[nearest] > usual / 2]
    read = long_enough[: affordable_inputs(weights, int(usual))]
    chosen = [np.asarray(texts[int(row)], np.int32) for row in rows[read]]
    clean, generator = predict(chosen), _generator(seed)

    def change(distance: int) -> Array:
        changed = [
            exchanged_tokens(ids, np.arange(len(ids))[None] == len(ids) - 1 - distance, generator)
            for ids in chosen
            for _ in range(_DRAWS)
        ]
        found = predict([row[0] for row in changed])
        return _by_input(total_variation(found, np.repeat(clean, _DRAWS, axis=0)))

    return memory_curve(change, min(map(len, chosen)))


def generator_context(
    network: LanguageNetwork, ids: Array, weights: Mapping[str, Array], seed: int
) -> ContextCurve:
    """Measure a language model: total-variation distance of the next token's probabilities.

    Only what follows the exchanged token is computed anew, from the state before it.

    Args:
        network: The model.
        ids: Held-out running text, `(tokens,)`, at least one.
        weights: Of the network, by name.
        seed: Fixes what tokens are exchanged for.
    """
    length = min(_TOKENS, len(ids))
    count = min(affordable_inputs(weights, length), len(ids) // length)
    starts = np.linspace(0, len(ids) - length, count).astype(np.int64)
    pieces = np.asarray(ids[starts[:, None] + np.arange(length)], np.int32)
    positions = length - 1 - spaced_distances(length)
    before = _states_before(network, pieces, positions)
    clean, generator = _next_token(network, pieces, None), _generator(seed)

    def change(distance: int) -> Array:
        position = length - 1 - distance
        steps = np.repeat(np.arange(length)[None] == position, _DRAWS, axis=0)
        changed = [exchanged_tokens(piece, steps, generator) for piece in pieces]
        state = tuple(
            tuple(np.repeat(part, _DRAWS, axis=0) for part in layer) for layer in before[position]
        )
        found = _next_token(network, np.concatenate(changed)[:, position:], state)
        return _by_input(total_variation(found, np.repeat(clean, _DRAWS, axis=0)))

    return memory_curve(change, length)


def forecaster_context(
    specification: ForecasterSpecification,
    reader: WindowReader,
    windows: Windows,
    weights: Mapping[str, Array],
) -> ContextCurve:
    """Measure a forecaster: absolute change of the median, in the units of the scaled series.

    What was observed at a step is exchanged for the mean of the window. It is the network that is
    measured: what is taken out of a window beforehand, and the seasonal forecast that it may
    correct, stay as they are.

    Args:
        specification: The architecture.
        reader: Reads windows as the network does.
        windows: Held-out windows, at least one.
        weights: Of the network, by name.
    """
    length = specification.lookback
    count = min(affordable_inputs(weights, length), len(windows))
    series, origins = windows.locate(np.linspace(0, len(windows) - 1, count).astype(np.int64))
    encoded = reader.encode(reader.rows(series, origins), series, origins)
    inputs = {name: getattr(encoded, name) for name in specification.inputs}
    observed = reader.encoder.targets + reader.encoder.past
    network, median = ForecastNetwork(specification, weights), specification.median
    clean = network(**inputs)[..., median]

    def change(distance: int) -> Array:
        steps = np.arange(length)[None] == length - 1 - distance
        changed = [
            averaged_values(past, observed, steps, mask > 0)
            for past, mask in zip(inputs["past"], encoded.mask, strict=True)
        ]
        found = network(**{**inputs, "past": np.concatenate(changed)})[..., median]
        moved: Array = (np.abs(found - clean) * encoded.scale).mean(axis=(1, 2))
        return moved

    return memory_curve(change, length)


def affordable_inputs(weights: Mapping[str, Array], length: int) -> int:
    """Return how many inputs to average so that the measuring takes about a second at most."""
    recurrent = sum(array.size for name, array in weights.items() if name.startswith("recurrent"))
    each = max(1, recurrent) * length * _DRAWS * len(spaced_distances(length))
    return int(np.clip(_WORK / each, 1, _INPUTS))


def _by_input(change: Array) -> Array:
    """Average the draws of each input."""
    means: Array = change.reshape(-1, _DRAWS).mean(axis=1)
    return means


def _states_before(
    network: LanguageNetwork, pieces: NDArray[np.int32], positions: Array
) -> dict[int, Any]:
    """Return the state before each of some positions, all pieces side by side."""
    state, read, found = network.initial_state(len(pieces)), 0, {}
    for position in sorted(map(int, positions)):
        if position > read:
            _, state = network.outputs(pieces[:, read:position], state)
        found[position], read = state, position
    return found


def _next_token(network: LanguageNetwork, ids: NDArray[np.int32], state: Any) -> Array:
    """Return the next token's probabilities, `(rows, vocabulary)`."""
    outputs, _ = network.outputs(ids, state)
    logits = network.logits(outputs[:, -1]).astype(np.float64)
    found = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Array = found / found.sum(axis=-1, keepdims=True)
    return probabilities


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *b"context"])
