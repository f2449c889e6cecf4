"""Tables of models: columns of figures, the best of each marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from recurra.report.theme import Colour

__all__ = ["Cell", "Column", "ModelRow", "Summary", "best_network", "model_rows"]


class Summary(Protocol):
    """What every summary of a model tells."""

    @property
    def model(self) -> str:
        """The short key."""

    @property
    def name(self) -> str:
        """The name to show."""

    @property
    def repeats(self) -> int:
        """How many records were averaged."""

    @property
    def baseline(self) -> bool:
        """Whether it is there to measure the others against."""


T = TypeVar("T", bound=Summary)


class Column(NamedTuple, Generic[T]):
    """A column of figures.

    Attributes:
        title: Heading.
        hint: What it explains, below the heading.
        value: Takes the figure out of a summary.
        write: How a figure is written.
        best: Picks the best of some figures; `None` where none is.
        below: What stands small under a figure.
    """

    title: str
    hint: str
    value: Callable[[T], float | None]
    write: Callable[[float | None], str]
    best: Callable[[Sequence[float]], float] | None = min
    below: Callable[[T], str] = lambda one: ""


class Cell(NamedTuple):
    """A figure as written, and whether it is the best of its column."""

    text: str
    best: bool
    below: str = ""


class ModelRow(NamedTuple):
    """A model's line in the comparison table."""

    name: str
    colour: str
    baseline: str
    repeats: int
    cells: tuple[Cell, ...]


def model_rows(
    summaries: Sequence[T], columns: Sequence[Column[T]], colours: Mapping[str, Colour]
) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        summaries: One for each model, in the order of the rows.
        columns: The columns.
        colours: Colour by model.

    Returns:
        One row per model. Figures that read the same share the mark; a single model gets none.
    """
    best = [_best(column, summaries) for column in columns]
    return [
        ModelRow(
            one.name,
            colours[one.model].name,
            "baseline" if one.baseline else "",
            one.repeats,
            tuple(_cell(column, one, mark) for column, mark in zip(columns, best, strict=True)),
        )
        for one in summaries
    ]


def best_network(summaries: Sequence[T]) -> T:
    """Return the best network; the leader where there are only baselines.

    Args:
        summaries: One for each model, the best first.
    """
    return next((one for one in summaries if not one.baseline), summaries[0])


def _best(column: Column[T], summaries: Sequence[T]) -> str | None:
    values = [value for one in summaries if (value := column.value(one)) is not None]
    if len(values) < 2 or column.best is None:
        return None
    return column.write(column.best(values))


def _cell(column: Column[T], one: T, best: str | None) -> Cell:
    text = column.write(column.value(one))
    return Cell(text, text == best, column.below(one))
