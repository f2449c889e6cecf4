"""What the page of a comparison of regressors says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.regressions.tables import COLUMNS, comparison_rows, tiles
from recurra.report.series.page import drawn_examples
from recurra.study.sequences.summary import summarise_regressors
from recurra.study.sequences.verdict import regression_verdict
from recurra.study.summary import Record

__all__ = ["context"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    summaries = summarise_regressors(records)
    return {
        "tiles": tiles(records),
        "verdict": regression_verdict(summaries),
        "columns": COLUMNS,
        "rows": comparison_rows(records),
        "kinds": sorted({one.interval_kind for one in summaries}),
        "repeats": max(one.repeats for one in summaries),
        "examples": drawn_examples(records[0]),
    }
