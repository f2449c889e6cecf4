"""What the page's own heat-maps are drawn from."""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from traces import forecast, sentiment, simple

from recurra.report.insight import viewer
from recurra.report.insight.viewer import script_json, viewer_data


def decoded(lane: dict, units: int) -> np.ndarray:
    codes = np.frombuffer(base64.b64decode(lane["codes"]), np.uint8).reshape(units, -1)
    values = lane["low"] + codes / 254 * (lane["high"] - lane["low"])
    return np.where(codes == 255, np.nan, values)


def test_every_quantity_can_be_read_from_its_codes() -> None:
    trace = sentiment(20)
    found = viewer_data(trace)
    for layer, shown in zip(trace.layers, found["layers"], strict=True):
        assert shown["units"] == layer.unit_order.tolist()
        lanes = {lane["key"]: lane for lane in shown["lanes"]}
        assert list(lanes) == ["hidden", "cell", *layer.gates, "gradient"]
        for name, values in (("hidden", layer.hidden), *layer.gates.items()):
            wide = lanes[name]["high"] - lanes[name]["low"]
            seen = decoded(lanes[name], layer.units)
            assert np.abs(seen - values[:, layer.unit_order].T).max() <= wide / 254 / 2 + 1e-6


def test_padding_and_unknown_values_have_no_colour() -> None:
    layer = simple().layers[0]
    hidden, valid = layer.hidden.copy(), layer.valid.copy()
    hidden[4, layer.unit_order[2]], valid[:2] = np.nan, False
    trace = replace(simple(), layers=(replace(layer, hidden=hidden, valid=valid),))
    (shown,) = viewer_data(trace)["layers"]
    missing = np.isnan(decoded(shown["lanes"][0], layer.units))
    assert missing[:, :2].all()
    assert missing[2, 4]
    assert missing.sum() == 2 * layer.units + 1


def test_large_layers_are_thinned_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer, "_MOST_VALUES", 30 * 20 * 5 // 3)
    (shown,) = viewer_data(forecast(30))["layers"]
    assert shown["every"] == 3
    assert shown["units"] == forecast(30).layers[0].unit_order[::3].tolist()
    assert decoded(shown["lanes"][0], 7).shape == (7, 30)


def test_nothing_to_show_without_a_recurrent_layer() -> None:
    assert viewer_data(replace(simple(), layers=())) is None


def test_texts_cannot_leave_the_script() -> None:
    hostile = {"name": "</script><script>alert(1)</script><!-- & ]]>"}
    written = script_json(hostile)
    assert not re.search("[<>&]", written)
    assert json.loads(written) == hostile
