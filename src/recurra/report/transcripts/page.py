"""What the page of a comparison of recognizers says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.tables import best_network
from recurra.report.transcripts.tables import COLUMNS, comparison_rows, tiles
from recurra.study.summary import Record
from recurra.study.transcripts.summary import summarise_recognizers
from recurra.study.transcripts.verdict import transcript_verdict

__all__ = ["context"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    summaries = summarise_recognizers(records)
    best = best_network(summaries).model
    grouped = bool(records[0]["data"].get("split_by"))
    return {
        "tiles": tiles(records),
        "verdict": transcript_verdict(summaries, grouped=grouped),
        "columns": COLUMNS,
        "rows": comparison_rows(records),
        "kinds": sorted({one.interval_kind for one in summaries}),
        "repeats": max(one.repeats for one in summaries),
        "run": next(record for record in records if record["model"] == best),
        "examples": [],
    }
