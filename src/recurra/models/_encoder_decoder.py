"""What encoder-decoders share: stacks of recurrent layers, the start of a decoder, attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import layers, ops

from recurra.models._blocks import dense, recurrent
from recurra.models._seeds import Seeds

_FAR_BELOW = -1e9  # added to the scores of steps that do not count


def encode_stack(
    x: Any,
    mask: Any,
    units: Sequence[int],
    seeds: Seeds,
    *,
    cell: str,
    bidirectional: bool,
    sequences: bool,
    name: str,
    **dropouts: float,
) -> tuple[Any, list[list[Any]]]:
    """Read a sequence with a stack of recurrent layers.

    Args:
        x: Input, shape `(batch, time, features)`.
        mask: Steps that count, `(batch, time)`.
        units: Units of each layer.
        seeds: For weights and dropout.
        cell: `rnn`, `lstm` or `gru`.
        bidirectional: Read from both ends.
        sequences: Whether the top layer puts out all steps.
        name: Of the layers, before their number.
        **dropouts: `dropout` and `recurrent_dropout`.

    Returns:
        Outputs of the top layer, of all steps `(batch, time, width)` or of the last; and the last
        states of every layer: `[h]` or, for an LSTM, `[h, c]`, each with both directions side by
        side.
    """
    ends = []
    for index, width in enumerate(units):
        layer = recurrent(
            cell,
            width,
            seeds,
            bidirectional=bidirectional,
            name=f"{name}_{index}",
            return_sequences=sequences or index < len(units) - 1,
            return_state=True,
            **dropouts,
        )
        x, *states = layer(x, mask=mask)
        ends.append(_joined(states, f"{name}_{index}") if bidirectional else states)
    return x, ends


def _joined(states: list[Any], name: str) -> list[Any]:
    """Put both directions' states side by side; Keras lists one direction after the other."""
    half = len(states) // 2
    return [
        layers.Concatenate(name=f"{name}_{kind}")([states[k], states[half + k]])
        for k, kind in zip(range(half), ("h", "c"), strict=False)
    ]


def bridged(states: list[Any], units: int, name: str, seeds: Seeds) -> list[Any]:
    """Bring both directions' states to the decoder's width; `h` stays within -1 and 1."""
    h = dense(units, seeds, activation="tanh", name=f"{name}_h")(states[0])
    return [h, *(dense(units, seeds, name=f"{name}_c")(c) for c in states[1:])]


def attention_context(queries: Any, states: Any, mask: Any, attention: str, seeds: Seeds) -> Any:
    """Return what each query finds among the encoder's states.

    `additive`: scores by a hidden layer over query and state (Bahdanau et al. 2015, A.1.2), here
    of as many units as the query has. `dot`: scores by the product of query and state (Luong et
    al. 2015, eq. 8); with a learned matrix between them ("general") where their widths differ, as
    for a bidirectional encoder.

    Args:
        queries: Shape `(batch, steps, width)`.
        states: Shape `(batch, time, features)`.
        mask: Steps that count, boolean, `(batch, time)`; where none does, all count alike.
        attention: `additive` or `dot`.
        seeds: For the weights.

    Returns:
        Shape `(batch, steps, features)`.
    """
    scores = (_additive_scores if attention == "additive" else _dot_scores)(queries, states, seeds)
    offset = ops.where(ops.expand_dims(mask, 1), 0.0, _FAR_BELOW)
    weights = ops.ones_like(scores)  # of a single state; Keras warns of a softmax over it
    if states.shape[1] != 1:
        weights = layers.Softmax(name="attention_weights")(ops.add(scores, offset))
    return ops.matmul(weights, states)


def _additive_scores(queries: Any, states: Any, seeds: Seeds) -> Any:
    width = queries.shape[-1]
    asked = dense(width, seeds, use_bias=False, name="attention_query")(queries)
    offered = dense(width, seeds, name="attention_key")(states)
    hidden = ops.tanh(ops.add(ops.expand_dims(asked, 2), ops.expand_dims(offered, 1)))
    return ops.squeeze(dense(1, seeds, use_bias=False, name="attention_scores")(hidden), -1)


def _dot_scores(queries: Any, states: Any, seeds: Seeds) -> Any:
    if queries.shape[-1] != states.shape[-1]:
        queries = dense(states.shape[-1], seeds, use_bias=False, name="attention_query")(queries)
    return ops.matmul(queries, ops.transpose(states, (0, 2, 1)))
