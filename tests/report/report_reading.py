"""What the tests of every kind of report read pages, tables and refusals with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from recurra.report import records_table
from recurra.report.canvas import Sheet
from recurra.report.page import render_page
from recurra.report.pictures import Picture

Records = list[dict[str, Any]]
DRAWING = {"svg": "<svg></svg>", "title": "A title", "caption": "A caption", "width": 440}
BLANK = Sheet(np.zeros((1, 1, 3), np.uint8), 1)


def without_drawings(records: Records, pictures: Sequence[Picture]) -> str:
    """Return the page with an empty drawing for each picture: drawing takes seconds."""
    return render_page(records, {picture.slug: DRAWING for picture in pictures})


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def printed(records: Records) -> list[str]:
    console = Console(width=80, no_color=True, force_terminal=False)
    with console.capture() as capture:
        console.print(records_table(records))
    return [line.rstrip() for line in capture.get().splitlines()]


def check_report_folder(folder: Path, pictures: Sequence[Picture]) -> None:
    """Check that a report is a page with its pictures inside and beside it, and nothing else."""
    names = {f"{picture.slug}.png" for picture in pictures}
    assert {path.name for path in folder.iterdir()} == {"report.html", *names}
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg role=") == len(names)
    assert not re.search(r"@import|url\((?!#)|@font-face|https?://(?!www\.w3\.org)", page)


def broken(key: str, value: Any, *inside: str | int) -> Callable[[dict[str, Any]], None]:
    """Return what puts a value into a place of a record."""

    def spoil(record: dict[str, Any]) -> None:
        place: Any = record
        for name in inside:
            place = place[name]
        place[key] = value

    return spoil
