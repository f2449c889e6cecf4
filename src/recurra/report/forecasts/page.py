"""What the page of a comparison of forecasters says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.forecasts.tables import COLUMNS, comparison_rows, target_rows, tiles
from recurra.report.settings import model_settings
from recurra.report.tables import best_network
from recurra.study.forecast_summary import summarise_forecasts
from recurra.study.forecast_verdict import forecast_verdict
from recurra.study.summary import Record

__all__ = ["context"]


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
        "network": best_network(summaries).name,
        "targets": target_rows(records),
        "shared": training.get("preset_settings") or {},
        "settings": model_settings(records),
    }
