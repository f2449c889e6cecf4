"""A comparison of classifiers of series or sound as a table for the terminal."""

from __future__ import annotations

from recurra.report.texts.terminal import records_table

__all__ = ["records_table"]
