"""The arrays that the page's own heat-maps are drawn from, one byte a value."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from recurra.report.insight.curves import METHODS
from recurra.report.insight.quantities import Quantity, layer_name, quantities
from recurra.report.insight.scales import SCALES, hex_colours
from recurra.report.insight.steps import step_names
from recurra.report.numbers import percent, significant
from recurra.study.insight import Attribution, LayerTrace, Trace

__all__ = ["script_json", "viewer_data"]

_UNKNOWN = 255  # the code of a value that is not there; the others are 0 to 254
_MOST_VALUES = 4_000_000


def viewer_data(trace: Trace) -> dict[str, Any] | None:
    """Return what the page's script draws and reads out, as JSON values.

    Args:
        trace: A look into a network.

    Returns:
        None where no recurrent layer is known. Of very large layers only every n-th unit of the
        clustered order is there, so that the page stays below some megabytes.
    """
    layers = [layer for layer in trace.layers if len(layer.valid) and layer.units]
    if not layers:
        return None
    values = sum(one.values.size for layer in layers for one in quantities(layer))
    every = -(-values // _MOST_VALUES)
    return {
        "scales": {name: hex_colours(name) for name in SCALES},
        "names": step_names(trace.labels),
        "layers": [_layer(layer, trace, every) for layer in layers],
        "scores": [_scores(one) for one in trace.attributions if len(one.scores)],
    }


def script_json(values: Any) -> Markup:
    """Write JSON that may stand inside a `<script>` element, whatever texts it holds."""
    text = json.dumps(values, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no sign is left that HTML reads


def _layer(layer: LayerTrace, trace: Trace, every: int) -> dict[str, Any]:
    shares = layer.saturation()
    return {
        "title": layer_name(layer),
        "note": layer.note,
        "names": step_names(layer.labels) if layer.labels else None,
        "steps": len(layer.valid),
        "every": every,
        "units": layer.unit_order[::every].tolist(),
        "lanes": [_lane(one, layer, every, shares.get(one.key)) for one in quantities(layer)],
    }


def _lane(
    one: Quantity, layer: LayerTrace, every: int, shares: dict[str, float] | None
) -> dict[str, Any]:
    values = one.values[:, ::every]
    seen = values[layer.valid]
    mean = significant(float(np.nanmean(seen)), 2) if np.isfinite(seen).any() else "unknown"
    told = f"mean {mean}"
    if shares is not None:
        low, high = percent(shares["low"], 0), percent(shares["high"], 0)
        signed = one.scale == "signed"
        told += f", {low} below −0.9, {high} above 0.9" if signed else f", {low} shut, {high} open"
    return {
        "key": one.key,
        "title": one.title,
        "scale": one.scale,
        "low": one.low,
        "high": one.high,
        "told": told,
        "codes": base64.b64encode(_codes(one, values, layer.valid).tobytes()).decode(),
    }


def _codes(one: Quantity, values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Round values to 254 steps of their scale, `(units, time)`."""
    share = (values.astype(float) - one.low) / (one.high - one.low)
    known = np.isfinite(share) & valid[:, None]
    codes = np.clip(np.where(known, share, 0), 0, 1) * (_UNKNOWN - 1)
    return np.where(known, codes.round(), _UNKNOWN).astype(np.uint8).T.copy()


def _scores(one: Attribution) -> dict[str, Any]:
    largest = float(np.nanmax(np.abs(one.scores))) or 1.0
    return {
        "name": METHODS.get(one.method, one.method),
        "values": [float(f"{score:.3g}") for score in np.nan_to_num(one.scores)],
        "largest": float(f"{largest:.3g}"),
    }
