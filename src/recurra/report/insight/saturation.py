"""How often each gate of a trace is shut, open or between."""

from __future__ import annotations

from matplotlib.figure import Figure

from recurra.report.figures.saturation import GateShares, describe_saturation, draw_saturation
from recurra.report.insight.quantities import layer_name
from recurra.study.insight import Trace

__all__ = ["describe", "figure"]


def figure(trace: Trace) -> Figure | None:
    """Draw a bar for each gate of each layer; None without gates."""
    return draw_saturation(_layers(trace))


def describe(trace: Trace) -> str:
    """Say in words how saturated the gates are."""
    return describe_saturation(_layers(trace))


def _layers(trace: Trace) -> list[GateShares]:
    return [(layer_name(layer), layer.saturation()) for layer in trace.layers if layer.gates]
