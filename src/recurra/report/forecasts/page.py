"""What the page of a comparison of forecasters says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.forecasts.tables import COLUMNS, comparison_rows, target_rows, tiles
from recurra.report.forecasts.tables import best_network as best
from recurra.study.forecast_summary import summarise_forecasts
from recurra.study.forecast_verdict import forecast_verdict
from recurra.study.summary import Record

__all__ = ["context"]

_OPTIONS = ("learning_rate", "batch_size", "epochs")


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    summaries = summarise_forecasts(records)
    training = records[0].get("training") or {}
    return {
        "tiles": tiles(records),
        "verdict": forecast_verdict(summaries),
        "columns": COLUMNS,
        "rows": comparison_rows(records),
        "repeats": max(one.repeats for one in summaries),
        "windows": summaries[0].windows,
        "nominal": next((one.nominal for one in summaries if one.nominal is not None), None),
        "network": best(summaries).name,
        "targets": target_rows(records),
        "shared": training.get("preset_settings") or {},
        "settings": _settings(records),
    }


def _settings(records: Sequence[Record]) -> list[tuple[str, str]]:
    """The specification of each model, and how each network was trained."""
    found: dict[str, str] = {}
    for record in records:
        values = dict(record.get("specification") or {})
        if record.get("history"):
            training = record.get("training") or {}
            values |= {key: training[key] for key in _OPTIONS if key in training}
        pairs = (f"{key} {_plain(value)}" for key, value in values.items())
        found[record["name"]] = ", ".join(pairs)
    return [(name, value) for name, value in found.items() if value]


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
