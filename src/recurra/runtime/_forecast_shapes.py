"""The name and shape of every weight that a forecaster has."""

from __future__ import annotations

from recurra.runtime._encoder_decoder import add_attention_scores, add_bridge, add_stack
from recurra.runtime._parts import Shapes, add_cell, add_dense
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
    return add_stack(
        shapes, "recurrent", spec.cell, width, spec.units, bidirectional=spec.bidirectional
    )


def _add_attention(shapes: Shapes, spec: ForecasterSpecification, query: int, states: int) -> None:
    add_attention_scores(shapes, spec.attention, query, states)
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
            add_bridge(shapes, f"bridge_{index}", spec.cell, units)
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
