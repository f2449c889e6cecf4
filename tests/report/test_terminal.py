from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from rich.console import Console

from recurra.errors import UsageError
from recurra.report import records_table

Records = list[dict[str, Any]]


def printed(records: Records) -> list[str]:
    console = Console(width=80, no_color=True, force_terminal=False)
    with console.capture() as capture:
        console.print(records_table(records))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_table_fits_eighty_columns_whole(factory: ModuleType) -> None:
    records = [
        record | {"name": "A name much longer than the column", "parameters": 123_456_789}
        for record in factory.names_like(12, 2)
    ]
    lines = printed(records)
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines[:-1] if line.count("…") > 1]


def test_rows_are_ordered_and_figures_right(imdb: Records) -> None:
    lines = printed(imdb)
    first = " ".join(lines[3].split())
    assert first == "Linear n-grams * 90.0 ± 0.4 0.898 400 k – 0.61"
    assert [line.split()[0] for line in lines[3:10]] == [
        "Linear",
        "Bidirectional",
        "GRU",
        "Bidirectional",
        "LSTM",
        "Dense",
        "SimpleRNN",
    ]
    assert lines[-1] == "±: 95 % interval, Wilson over 25,000 test rows; * baseline"


def test_mixed_intervals_are_named(names: Records) -> None:
    caption = " ".join(printed(names)[-2:])
    assert "Student t over 2 repeats" in caption
    assert "models run once: Wilson" in caption


def test_names_are_no_markup(imdb: Records) -> None:
    assert "[red]x[/red]" in "\n".join(printed([imdb[1] | {"name": "[red]x[/red]"}]))


def test_no_records_are_refused() -> None:
    with pytest.raises(UsageError, match="no records to summarise"):
        records_table([])
