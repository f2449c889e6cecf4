"""Writing a report: the page and its pictures, each file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recurra.errors import OutputError
from recurra.report.canvas import png_bytes, svg_markup
from recurra.report.kinds import all_slugs, kind_of
from recurra.report.page import render_page
from recurra.report.results import check_results
from recurra.study.summary import Record

__all__ = ["write_report"]


def write_report(records: Sequence[Record], directory: str | Path) -> Path:
    """Write `report.html` and one PNG for each picture.

    Args:
        records: Records of one comparison, from `recurra.compare` or `load_results`.
        directory: Folder to write to; made if it does not exist. Pictures of an earlier report
            that the new one does not have are removed.

    Returns:
        Path of the `report.html`.

    Raises:
        DataError: If the records are not those of one comparison; nothing is written then.
        OutputError: If the folder or a file cannot be written.
    """
    check_results(records)
    folder = Path(directory)
    drawings: dict[str, dict[str, Any]] = {}
    images: dict[str, bytes] = {}
    for picture in kind_of(records[0]).pictures:
        figure = picture.draw(records)
        if figure is None:
            continue
        images[picture.slug] = png_bytes(figure, picture.title)
        drawings[picture.slug] = {
            "svg": svg_markup(figure, picture.slug, picture.describe(records)),
            "title": picture.title,
            "caption": picture.caption,
            "width": round(figure.get_figwidth() * figure.dpi),
        }
    page = render_page(records, drawings)
    return _write(folder, images, page)


def _write(folder: Path, images: dict[str, bytes], page: str) -> Path:
    report = folder / "report.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for slug in sorted(all_slugs() | images.keys()):
            path = folder / f"{slug}.png"
            if slug in images:
                _replace(path, images[slug])
            else:
                path.unlink(missing_ok=True)
        _replace(report, page.encode("utf-8", errors="replace"))
    except OSError as error:
        raise OutputError(
            f"{folder}: the report cannot be written ({error.strerror}); "
            "choose a folder that you may write to"
        ) from None
    return report


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside `path`, then put it in its place in one step."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
