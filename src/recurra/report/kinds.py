"""The kinds of comparisons that a report can be made of, and what is particular to each.

Every kind has a folder with the same modules: `pictures` (its `PICTURES`), `page` (its `TEMPLATE`
and `context`), `results` (the checks of a record) and `terminal` (its table). They are loaded when
they are needed: a table for the terminal needs no matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from recurra.errors import UnknownNameError
from recurra.study.summary import Record

if TYPE_CHECKING:
    from rich.table import Table

    from recurra.report.pictures import Picture

__all__ = ["KINDS", "ReportKind", "all_slugs", "kind_of", "sections_without"]


@dataclass(frozen=True)
class ReportKind:
    """One kind of comparison.

    Attributes:
        package: Its folder.
        sections: The sections of its page that can be left out, in their order.
    """

    package: str
    sections: tuple[str, ...]

    @property
    def pictures(self) -> Sequence[Picture[Sequence[Record]]]:
        """The pictures of its report."""
        found: Sequence[Picture[Sequence[Record]]] = self._load("pictures").PICTURES
        return found

    @property
    def template(self) -> str:
        """Its page, below the package `recurra.report`."""
        return f"{self.package}/page.html.jinja"

    def context(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return what its template needs beyond what every page has."""
        found: dict[str, Any] = self._load("page").context(records)
        return found

    def problem(self, record: Record) -> str | None:
        """Say what is wrong with one record, or None."""
        found: str | None = self._load("results").problem(record)
        return found

    def table(self, records: Sequence[Record]) -> Table:
        """Return its table for the terminal."""
        found: Table = self._load("terminal").records_table(records)
        return found

    def _load(self, module: str) -> Any:
        return import_module(f"recurra.report.{self.package}.{module}")


_CLASSIFIERS = (
    *("meaning", "training", "size", "data", "order", "memory", "words"),
    *("confusion", "mistakes", "cells", "reproduce"),
)
KINDS = {
    "audio": ReportKind("series", _CLASSIFIERS),
    "classify": ReportKind("texts", _CLASSIFIERS),
    "forecast": ReportKind(
        "forecasts", ("meaning", "forecasts", "steps", "training", "size", "data", "reproduce")
    ),
    "generate": ReportKind(
        "generations", ("meaning", "samples", "surprise", "training", "size", "data", "reproduce")
    ),
    "probe": ReportKind("probes", ("meaning", "tasks", "published", "training", "reproduce")),
    "regress": ReportKind("regressions", ("meaning", "training", "size", "data", "reproduce")),
    "series": ReportKind("series", _CLASSIFIERS),
    "tag": ReportKind("texts", _CLASSIFIERS),
    "transcribe": ReportKind(
        "transcripts", ("meaning", "transcripts", "training", "size", "data", "reproduce")
    ),
    "translate": ReportKind(
        "translations",
        ("meaning", "attention-maps", "examples", "training", "size", "data", "reproduce"),
    ),
}


def kind_of(record: Record) -> ReportKind:
    """Return the kind that a record belongs to; one without a task is of texts."""
    return KINDS.get(str(record.get("task", "classify")), KINDS["classify"])


def all_slugs() -> set[str]:
    """Return the names of the pictures of every kind."""
    return {picture.slug for kind in KINDS.values() for picture in kind.pictures}


def sections_without(task: str, left_out: Iterable[str]) -> tuple[str, ...]:
    """Return the sections of a report but for some.

    Args:
        task: Task of the comparison, such as `"classify"`.
        left_out: Names of sections to leave out.

    Raises:
        UnknownNameError: If such a report has no such section.
    """
    known = KINDS[task].sections
    unwanted = set(left_out)
    for name in sorted(unwanted - set(known)):
        raise UnknownNameError("section", name, known)
    return tuple(name for name in known if name not in unwanted)
