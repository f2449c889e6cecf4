"""A comparison of regressors as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed, significant
from recurra.report.terminal_tables import model_table, repeats_remark
from recurra.study.sequences.summary import RegressionSummary, summarise_regressors
from recurra.study.summary import Record

__all__ = ["records_table"]

_TITLES = ("RMSE", "MAE", "R²", "Param.", "s/epoch")


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for regressors.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first, the leader bold, baselines dim.
    """
    summaries = summarise_regressors(records)
    rows = f"{summaries[0].test_rows:,} test rows"
    once = any(one.interval_kind == "bootstrap" for one in summaries)
    remarks = [
        rows,
        *repeats_remark(summaries),
        *(["±: 95 % interval of models run once, bootstrap over the test rows"] if once else []),
    ]
    return model_table(summaries, _TITLES, _figures, remarks, widest=22)


def _figures(one: RegressionSummary) -> tuple[str, ...]:
    return (
        f"{significant(one.rmse, 3)} ± {significant((one.high - one.low) / 2, 2)}",
        significant(one.mae, 3),
        fixed(one.r2),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
    )
