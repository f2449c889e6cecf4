"""The pictures of a look into a network: what each says, who draws it."""

from __future__ import annotations

from functools import partial

from matplotlib.figure import Figure

from recurra.report.insight import curves, heatmaps, saturation, scores, units, unrolled
from recurra.report.insight.quantities import layer_name
from recurra.report.pictures import Picture
from recurra.study.insight import LayerTrace, Trace

__all__ = ["KNOWN_SLUGS", "PICTURES", "layer_pictures"]

_MOST_LAYERS = 32
PICTURES: tuple[Picture[Trace], ...] = (
    Picture(
        "unrolled",
        "The network over time",
        "Steps from left to right, layers upwards. The box at the left stands for a layer's "
        "weights: every step uses the same ones. Strips show the state of some units.",
        unrolled.figure,
        unrolled.describe,
        "unrolled",
    ),
    Picture(
        "saturation",
        "Saturated gates",
        "How often a gate is shut (below 0.1) or open (above 0.9), of all steps and units. A gate "
        "that is always the one or the other has stopped to choose.",
        saturation.figure,
        saturation.describe,
        "states",
    ),
    Picture(
        "units",
        "Single units over the input",
        "The units of the last recurrent layer whose states move most. Look for one that changes "
        "where something changes in the input: a negation, the end of a line, a peak, a sound.",
        units.figure,
        units.describe,
        "states",
    ),
    Picture(
        "gradients",
        "The loss's gradient at each step",
        "Norm of the derivative of the loss with respect to the state after each step, through all "
        "that follows. Steps where it is a millionth of the rest teach the network nothing.",
        curves.gradients,
        curves.describe_gradients,
        "gradients",
    ),
    Picture(
        "flows",
        "Gradients on their way back",
        "The gradient enters at the last step and goes back through the recurrence alone: in this "
        "network, and dashed in fresh cells of each kind in its place. A straight line down "
        "vanishes, one up explodes.",
        curves.flows,
        curves.describe_flows,
        "gradients",
    ),
    Picture(
        "memory",
        "How far back the input counts",
        "One step after the other is exchanged and the change of the answer measured. The steps "
        "right of the upright line hold the last 5 % of it.",
        curves.memory,
        curves.describe_memory,
        "memory",
    ),
    Picture(
        "attribution",
        "What speaks for the answer",
        "Up: the step raises what is explained; down: it lowers it. The methods differ because "
        "none of them is the truth; the deletion test below asks the network itself.",
        scores.figure,
        scores.describe,
        "attribution",
    ),
    Picture(
        "deletion",
        "Deletion test",
        "Steps are taken away, those first that a method holds for most important. The sooner the "
        "line falls, the more the network bears the method out.",
        curves.deletion,
        curves.describe_deletion,
        "attribution",
    ),
)
_SLUGS = tuple(f"layer-{number}" for number in range(1, _MOST_LAYERS + 1))
KNOWN_SLUGS = frozenset({picture.slug for picture in PICTURES} | set(_SLUGS))
"""Every picture that such a report may have."""


def layer_pictures(trace: Trace) -> list[Picture[Trace]]:
    """Return the heat-maps of the first 32 recurrent layers; the page draws its own.

    Args:
        trace: A look into a network.
    """
    layers = zip(_SLUGS, trace.layers, strict=False)
    return [_layer_picture(slug, layer) for slug, layer in layers]


def _layer_picture(slug: str, layer: LayerTrace) -> Picture[Trace]:
    note = f" {layer.note[:1].upper()}{layer.note[1:]}." if layer.note else ""
    return Picture(
        slug,
        layer_name(layer),
        "A column for each step, a line for each unit; units that behave alike lie side by side. "
        f"A gate near 1 is open, near 0 shut.{note}",
        partial(_heatmaps, layer),
        partial(_describe, layer),
        "states",
    )


def _heatmaps(layer: LayerTrace, trace: Trace) -> Figure | None:
    return heatmaps.figure(layer, layer.labels or trace.labels)


def _describe(layer: LayerTrace, trace: Trace) -> str:
    del trace
    return heatmaps.describe(layer)
