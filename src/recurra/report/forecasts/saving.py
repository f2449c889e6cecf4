"""Saves a picture whole or not at all, in the format that its ending names."""

from __future__ import annotations

import io
import os
from pathlib import Path

from matplotlib.figure import Figure

from recurra.errors import OutputError, UsageError
from recurra.report.canvas import TEXT, png_bytes
from recurra.report.theme import PAPER

__all__ = ["save_figure"]

_VECTOR = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def save_figure(figure: Figure, where: str | Path | Figure, title: str) -> Figure:
    """Write a figure to a file; a caller's own figure is left to the caller.

    Args:
        figure: The figure.
        where: The file, or the figure itself.
        title: Heading of the picture.

    Returns:
        The figure.

    Raises:
        UsageError: If the ending is none of a picture.
        OutputError: If the file cannot be written.
    """
    if isinstance(where, Figure):
        return figure
    path = Path(where)
    ending = path.suffix.lower()
    if ending == ".png":
        content = png_bytes(figure, title)
    elif ending in _VECTOR:
        buffer = io.BytesIO()
        figure.suptitle(title, fontsize=TEXT + 3, weight="bold", x=0.01, ha="left")
        figure.savefig(buffer, format=ending[1:], facecolor=PAPER.light, metadata=_VECTOR[ending])
        content = buffer.getvalue()
    else:
        raise UsageError(f"{path.name} must end in .png, .svg or .pdf")
    _write(path, content)
    return figure


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
