"""Measures the effective context of a trained translator; see `effective_context`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import TranslationNetwork
from recurra.sequences import pad_sequences
from recurra.tasks._context_measuring import affordable_inputs
from recurra.tasks.effective_context import (
    ContextCurve,
    exchanged_tokens,
    memory_curve,
    total_variation,
)

__all__ = ["translator_context"]

Array: TypeAlias = NDArray[Any]
Ids: TypeAlias = NDArray[np.int32]


def translator_context(
    network: TranslationNetwork,
    sources: Sequence[Ids],
    targets: Sequence[Ids],
    weights: Mapping[str, Array],
    seed: int,
) -> ContextCurve:
    """Measure a translator: total-variation distance of its target's tokens, averaged over them.

    A token of the source is exchanged for another of it, while the translation that is written
    stays the reference; distances count from the source's last token.

    Args:
        network: The translator.
        sources: Token ids of held-out sources, `[EOS]` last; at least one.
        targets: Token ids of their references, `[BOS]` first.
        weights: Of the network, by name.
        seed: Fixes what tokens are exchanged for.
    """
    lengths = np.array([len(ids) - 1 for ids in sources])
    usual = max(1, int(np.quantile(lengths, 0.75, method="nearest")))
    rows = np.flatnonzero(lengths >= usual)[: affordable_inputs(weights, 2 * usual)]
    chosen = [np.asarray(sources[row], np.int32) for row in rows]
    written = pad_sequences([targets[row] for row in rows])
    ends = np.array([len(targets[row]) for row in rows])
    clean, generator = (
        _target_tokens(network, chosen, written),
        np.random.default_rng([seed, *b"context"]),
    )

    def change(distance: int) -> Array:
        changed = [
            exchanged_tokens(ids, np.arange(len(ids))[None] == len(ids) - 2 - distance, generator)
            for ids in chosen
        ]
        found = _target_tokens(network, [row[0] for row in changed], written)
        moved = total_variation(found, clean) * (np.arange(written.shape[1]) < ends[:, None])
        means: Array = moved.sum(axis=1) / ends
        return means

    return memory_curve(change, usual)


def _target_tokens(network: TranslationNetwork, sources: Sequence[Ids], written: Ids) -> Array:
    """Return the probabilities of the target's tokens, `(rows, target time, vocabulary)`."""
    logits = network.full(pad_sequences(sources), written).astype(np.float64)
    found = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Array = found / found.sum(axis=-1, keepdims=True)
    return probabilities
