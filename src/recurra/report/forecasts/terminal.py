"""A comparison of forecasters as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.numbers import compact, fixed, percent, shorten, signed_percent, significant
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
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption=_caption(summaries))
    table.caption_justify = "left"
    table.add_column("Model", no_wrap=True)
    error = "MASE" if summaries[0].scaled_by == "MASE" else "MAE/sd"
    repeated = any(one.repeats > 1 for one in summaries)  # then intervals take the last's room
    last = () if repeated else ("s/epoch",)
    for title in (error, "MAE", "sMAPE %", "Coverage", "Skill", "Param.", *last):
        table.add_column(title, justify="right", no_wrap=True)
    for place, one in enumerate(summaries):
        style = "bold" if place == 0 else "dim" if one.baseline else ""
        # Text, not str: a name such as "[red]" is no markup.
        table.add_row(*(Text(cell) for cell in _cells(one)[: len(table.columns)]), style=style)
    return table


def _cells(one: ForecastSummary) -> tuple[str, ...]:
    half = "" if one.low is None else f" ± {significant((one.ends[1] - one.ends[0]) / 2, 2)}"
    mark = " *" if one.baseline else ""
    return (
        shorten(one.name, 16 - len(mark)) + mark,
        significant(one.error, 3) + half,
        significant(one.mae, 3),
        significant(one.smape, 3),
        percent(one.coverage),
        signed_percent(one.skill_snaive, 1 if abs(one.skill_snaive or 0) < 1 else 0),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
    )


def _caption(summaries: Sequence[ForecastSummary]) -> str:
    windows = summaries[0].windows
    parts = [f"{windows:,} test {'window' if windows == 1 else 'windows'}"]
    repeats = max(one.repeats for one in summaries)
    if repeats > 1:
        parts.append(f"±: 95 % interval, Student t over {repeats} repeats")
    parts.append("skill against the seasonal naive forecast")
    if summaries[0].scaled_by != "MASE":
        parts.append("MAE/sd: on the training scale")
    return "; ".join([*parts, "* baseline"])
