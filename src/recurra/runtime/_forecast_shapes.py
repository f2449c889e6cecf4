"""The name and shape of every weight that a forecaster has."""

from __future__ import annotations

from recurra.runtime._parts import Shapes, add_cell, add_dense, add_recurrent
from recurra.runtime.forecast_specification import ForecasterSpecification

__all__ = ["forecaster_shapes"]


def forecaster_shapes(specification: ForecasterSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    shapes: Shapes = {}
    _ADD[specification.architecture](shapes, specification)
    if specification.skip:
        add_dense(shapes, "skip", specification.lookback, specification.horizon)
    return shapes


def _add_encoder(shapes: Shapes, spec: ForecasterSpecification) -> int:
    width = spec.targets + spec.past_features
    for index, units in enumerate(spec.units):
        name = f"recurrent_{index}"
        width = add_recurrent(
            shapes, name, spec.cell, width, units, bidirectional=spec.bidirectional
        )
    return width


def _add_attention(shapes: Shapes, spec: ForecasterSpecification, query: int, states: int) -> None:
    if spec.attention == "additive":
        add_dense(shapes, "attention_query", query, query, bias=False)
        add_dense(shapes, "attention_key", states, query)
        add_dense(shapes, "attention_scores", query, 1, bias=False)
    elif query != states:
        add_dense(shapes, "attention_query", query, states, bias=False)
    add_dense(shapes, "attention_state", states + query, query)


def _add_recurrent(shapes: Shapes, spec: ForecasterSpecification) -> None:
    width, columns = _add_encoder(shapes, spec), spec.targets * spec.outputs
    if spec.attention:
        _add_attention(shapes, spec, width, width)
    width += spec.static_features
    add_dense(shapes, "output", width, spec.horizon * columns)
    if spec.future_features:
        add_dense(shapes, "mix_context", width, spec.units[-1])
        add_dense(shapes, "mix_future", spec.future_features, spec.units[-1], bias=False)
        add_dense(shapes, "mix_output", spec.units[-1], columns, bias=False)


def _add_seq2seq(shapes: Shapes, spec: ForecasterSpecification) -> None:
    states = _add_encoder(shapes, spec)
    shapes["positions/embeddings"] = (spec.horizon, spec.position_width)
    width = spec.position_width + spec.future_features + spec.static_features
    for index, units in enumerate(spec.units):
        add_cell(shapes, f"decoder_{index}", spec.cell, width, units)
        if spec.bidirectional:
            for kind in ("h", "c") if spec.cell == "lstm" else ("h",):
                add_dense(shapes, f"bridge_{index}_{kind}", 2 * units, units)
        width = units
    if spec.attention:
        _add_attention(shapes, spec, width, states)
    add_dense(shapes, "output", width, spec.targets * spec.outputs)


def _add_segrnn(shapes: Shapes, spec: ForecasterSpecification) -> None:
    units, width = spec.units[0], spec.position_width
    add_dense(shapes, "segment_projection", spec.segment, units)
    add_cell(shapes, "recurrent_0", spec.cell, units, units)
    shapes["positions/embeddings"] = (spec.segments[1], width)
    if width < units:
        shapes["channels/embeddings"] = (spec.targets, units - width)
    add_dense(shapes, "output", units, spec.segment * spec.outputs)


_ADD = {"recurrent": _add_recurrent, "seq2seq": _add_seq2seq, "segrnn": _add_segrnn}
