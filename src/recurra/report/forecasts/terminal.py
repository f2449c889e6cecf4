"""A comparison of forecasters as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed, percent, signed_percent, significant
from recurra.report.terminal_tables import model_table, repeats_remark
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["records_table"]


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for forecasters.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first, the leader bold, baselines dim.
    """
    summaries = summarise_forecasts(records)
    error = "MASE" if summaries[0].scaled_by == "MASE" else "MAE/sd"
    repeated = any(one.repeats > 1 for one in summaries)  # then intervals take the last's room
    last = () if repeated else ("s/epoch",)
    titles = (error, "MAE", "sMAPE %", "Coverage", "Skill", "Param.", *last)
    return model_table(summaries, titles, _figures, _remarks(summaries), widest=16)


def _figures(one: ForecastSummary) -> tuple[str, ...]:
    half = "" if one.low is None else f" ± {significant((one.ends[1] - one.ends[0]) / 2, 2)}"
    return (
        significant(one.error, 3) + half,
        significant(one.mae, 3),
        significant(one.smape, 3),
        percent(one.coverage),
        signed_percent(one.skill_snaive, 1 if abs(one.skill_snaive or 0) < 1 else 0),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
    )


def _remarks(summaries: Sequence[ForecastSummary]) -> list[str]:
    windows = summaries[0].windows
    remarks = [
        f"{windows:,} test {'window' if windows == 1 else 'windows'}",
        *repeats_remark(summaries),
        "skill against the seasonal naive forecast",
    ]
    if summaries[0].scaled_by != "MASE":
        remarks.append("MAE/sd: on the training scale")
    return remarks
