"""What the page of a probe says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.probes.tables import (
    point_rows,
    published_rows,
    reach_rows,
    task_headings,
    tiles,
)
from recurra.study.probes import PROBLEMS, SOLVED, probe_lines, probe_verdict
from recurra.study.summary import Record

__all__ = ["context"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one probe, checked.
    """
    lines = probe_lines(records)
    tasks = dict.fromkeys(line.probe for line in lines)
    return {
        "tiles": tiles(lines),
        "verdict": probe_verdict(lines),
        "columns": task_headings(lines),
        "rows": reach_rows(lines),
        "points": point_rows(lines),
        "problems": [PROBLEMS[task] for task in tasks],
        "published": published_rows(lines),
        "repeats": max(line.repeats for line in lines),
        "names": list(dict.fromkeys(line.name for line in lines)),
        "solved": SOLVED,
        "test": records[0]["data"]["rows"]["test"],
        "training": records[0].get("training") or {},
        "rates": _rates(records),
    }


def _rates(records: Sequence[Record]) -> dict[str, Any]:
    """Return the learning rate of each cell, by its name."""
    found = {record["name"]: record.get("specification") or {} for record in records}
    return {name: one["learning_rate"] for name, one in found.items() if "learning_rate" in one}
