"""Writes what `recurra inspect` found: a page and its pictures."""

from __future__ import annotations

from pathlib import Path

from recurra.report.frame import render_template
from recurra.report.insight.page import context
from recurra.report.insight.pictures import KNOWN_SLUGS, PICTURES, layer_pictures
from recurra.report.writer import draw_pictures, write_folder
from recurra.study.insight import Trace

__all__ = ["write_inspection"]


def write_inspection(trace: Trace, directory: str | Path) -> Path:
    """Write `inspect.html` and one PNG for each picture.

    Args:
        trace: What `recurra.inspect` found.
        directory: Folder to write to; made if it does not exist. Pictures of an earlier look that
            the new one does not have are removed.

    Returns:
        Path of the `inspect.html`.

    Raises:
        OutputError: If the folder or a file cannot be written.
    """
    maps = layer_pictures(trace)
    drawn = draw_pictures(PICTURES, trace, files=maps)
    page = render_template(
        "insight/page.html.jinja",
        drawn.drawings,
        context(trace, [one.slug for one in maps if one.slug in drawn.images]),
        styles=["insight/viewer.css"],
        scripts=["insight/viewer.js"],
    )
    path = Path(directory) / "inspect.html"
    return write_folder(path, page, drawn.images, KNOWN_SLUGS)
