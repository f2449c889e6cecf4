"""Runs a translator from its weights alone, on NumPy arrays: no Keras, no JAX.

Each part does what the layer of the same name does in `recurra.models`; a test holds the two
equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError
from recurra.runtime._encoder_decoder import (
    add_attention_scores,
    add_bridge,
    add_stack,
    attention_keys,
    attention_weights,
    bridged,
    encode_stack,
)
from recurra.runtime._parts import (
    Array,
    Shapes,
    add_cell,
    add_dense,
    checked_weights,
    dense,
    run_cell,
)
from recurra.runtime.translation_specification import TranslatorSpecification

__all__ = ["Memory", "TranslationNetwork", "translator_shapes"]

Ids = NDArray[np.integer[Any]]
States = tuple[Array, ...]  # of all decoder layers, one after the other


@dataclass(frozen=True, eq=False)
class Memory:
    """What the decoder reads of encoded sources.

    Attributes:
        mask: Tokens that count, `(batch, time)`.
        start: States that the decoder starts from, each `(batch, units)`.
        last: The encoder's last state, `(batch, width)`.
        states: Its states at all tokens, `(batch, time, width)`; None without attention.
        keys: What queries are compared with, `(batch, time, width)`; None without attention.
    """

    mask: NDArray[np.bool_]
    start: States
    last: Array
    states: Array | None
    keys: Array | None

    def take(self, rows: NDArray[Any]) -> Memory:
        """Return the sources of these rows."""
        return Memory(
            self.mask[rows],
            tuple(part[rows] for part in self.start),
            self.last[rows],
            None if self.states is None else self.states[rows],
            None if self.keys is None else self.keys[rows],
        )


class TranslationNetwork:
    """A translator ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: TranslatorSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, translator_shapes(specification))
        self._output = self._weights.get("logits/kernel")
        if self._output is None:
            self._output = self._weights["target_embedding/embeddings"].T

    def encode(self, source: Ids) -> Memory:
        """Read sources, once for all steps.

        Args:
            source: Token ids `(batch, time)`, post-padded with 0; at least one token a row.
        """
        spec, weights = self.specification, self._weights
        mask = source != 0
        states, ends = encode_stack(
            weights,
            weights["source_embedding/embeddings"][source],
            spec.encoder_layers,
            cell=spec.cell,
            bidirectional=spec.bidirectional,
            name="encoder",
            lengths=mask.sum(axis=1),
        )
        start: list[Array] = []
        for index in range(spec.decoder_layers):
            end = ends[spec.start_layer(index)]
            start += bridged(weights, f"bridge_{index}", end) if spec.bidirectional else end
        last = ends[-1][0]
        if spec.attention == "none":
            return Memory(mask, tuple(start), last, None, None)
        keys = attention_keys(weights, spec.attention, states)
        return Memory(mask, tuple(start), last, states, keys)

    def step(
        self, tokens: Ids, states: States, memory: Memory
    ) -> tuple[Array, States, Array | None]:
        """Read one token of every hypothesis.

        Args:
            tokens: The last token of each hypothesis, `(batch, hypotheses)`.
            states: Decoder states before it, each `(batch, hypotheses, units)`; first those of
                `memory.start`.
            memory: The sources, one for each row of the batch.

        Returns:
            Log-probabilities of the next token, `(batch, hypotheses, vocabulary)`; the states
            after the step; attention `(batch, hypotheses, source_time)`, None without one.

        Raises:
            CorruptArtifactError: If the answer is NaN.
        """
        after: list[Array] = []
        kinds = len(states) // self.specification.decoder_layers

        def run(index: int, x: Array) -> Array:
            before = states[index * kinds : (index + 1) * kinds]
            flat = tuple(part.reshape(-1, part.shape[-1]) for part in before)
            rows = x.reshape(-1, 1, x.shape[-1])
            _, ends = run_cell(
                self._weights, f"decoder_{index}", self.specification.cell, rows, flat
            )
            after.extend(part.reshape(*tokens.shape, -1) for part in ends)
            return after[index * kinds]

        readout, attention = self._decode(tokens, memory, run)
        logs = log_softmax(self._logits(readout))
        if np.isnan(logs[..., 0]).any():  # a row that holds one NaN holds no other value
            raise CorruptArtifactError("the network gives no numbers; its weights are damaged")
        return logs, tuple(after), attention

    def full(self, source: Ids, target: Ids) -> Array:
        """Return the logits of whole targets, given each target up to there.

        Args:
            source: Token ids `(batch, source_time)`, post-padded with 0.
            target: Token ids `(batch, target_time)`, beginning with `[BOS]`, post-padded with 0.

        Returns:
            Shape `(batch, target_time, vocabulary)`.
        """
        memory = self.encode(source)
        lengths = (target != 0).sum(axis=1)
        kinds = len(memory.start) // self.specification.decoder_layers

        def run(index: int, x: Array) -> Array:
            start = memory.start[index * kinds : (index + 1) * kinds]
            name = f"decoder_{index}"
            return run_cell(
                self._weights, name, self.specification.cell, x, start, lengths=lengths
            )[0]

        return self._logits(self._decode(target, memory, run)[0])

    def _decode(
        self, tokens: Ids, memory: Memory, run: Callable[[int, Array], Array]
    ) -> tuple[Array, Array | None]:
        """Return what the output layer reads `(batch, steps, width)`, and the attention."""
        x = run(0, self._weights["target_embedding/embeddings"][tokens])
        context, attention = self._attend(x, memory)
        for index in range(1, self.specification.decoder_layers):
            x = run(index, np.concatenate([x, context], axis=-1))
        found = np.concatenate([context, x], axis=-1)
        return np.tanh(dense(self._weights, "readout", found)), attention

    def _attend(self, queries: Array, memory: Memory) -> tuple[Array, Array | None]:
        if memory.states is None or memory.keys is None:
            shape = (*queries.shape[:2], memory.last.shape[-1])
            return np.broadcast_to(memory.last[:, None], shape), None
        kind = self.specification.attention
        weights = attention_weights(self._weights, kind, queries, memory.keys, memory.mask)
        return weights @ memory.states, weights

    def _logits(self, readout: Array) -> Array:
        assert self._output is not None  # noqa: S101 - for the type checker
        logits: Array = readout.reshape(-1, readout.shape[-1]) @ self._output
        bias = self._weights.get("logits/bias")
        if bias is not None:
            logits += bias
        return logits.reshape(*readout.shape[:-1], -1)


def log_softmax(logits: Array) -> Array:
    """Turn logits into log-probabilities over the last axis, in place."""
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits


def translator_shapes(specification: TranslatorSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec = specification
    shapes: Shapes = {
        "source_embedding/embeddings": (spec.source_vocabulary, spec.embedding),
        "target_embedding/embeddings": (spec.target_vocabulary, spec.embedding),
    }
    encoder = (spec.units,) * spec.encoder_layers
    states = add_stack(
        shapes, "encoder", spec.cell, spec.embedding, encoder, bidirectional=spec.bidirectional
    )
    width = spec.embedding
    for index in range(spec.decoder_layers):
        if spec.bidirectional:
            add_bridge(shapes, f"bridge_{index}", spec.cell, spec.units)
        add_cell(shapes, f"decoder_{index}", spec.cell, width, spec.units)
        width = spec.units + states
    if spec.attention != "none":
        add_attention_scores(shapes, spec.attention, spec.units, states)
    add_dense(shapes, "readout", width, spec.readout_width)
    if not spec.tie_weights:
        add_dense(shapes, "logits", spec.readout_width, spec.target_vocabulary)
    return shapes
