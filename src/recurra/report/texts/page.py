"""What the page of a comparison of classifiers says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.texts.cells import advice
from recurra.report.texts.figures.confusion import shown_run
from recurra.report.texts.insight import insight_context
from recurra.report.texts.tables import comparison_columns, comparison_rows, examples, tiles
from recurra.study.summary import Record, summarise
from recurra.study.units import unit_of
from recurra.study.verdict import verdict

__all__ = ["context"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    run, summaries, unit = shown_run(records), summarise(records), unit_of(records[0])
    return {
        "tiles": tiles(records),
        "verdict": verdict(summaries, unit),
        "unit": unit,
        "columns": comparison_columns(summaries, unit),
        "rows": comparison_rows(records),
        "kinds": sorted({one.interval_kind for one in summaries}),
        "repeats": max(one.repeats for one in summaries),
        "run": run,
        "run_repeats": sum(record["model"] == run["model"] for record in records),
        "examples": examples(records[0]["data"]),
        "advice": advice(records),
        "inside": insight_context(records),
    }
