"""The comparison as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.errors import UsageError
from recurra.report.kinds import kind_of
from recurra.study.summary import Record

__all__ = ["records_table"]


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, the best first, the leader bold, baselines dim.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected those of a comparison")
    return kind_of(records[0]).table(records)
