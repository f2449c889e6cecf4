"""Writing a report: the page and its pictures, each file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from matplotlib.figure import Figure

from recurra.errors import OutputError, UnknownNameError
from recurra.report.canvas import encode_png, png_sheet, svg_markup
from recurra.report.kinds import ReportKind, all_slugs, kind_of
from recurra.report.page import render_page
from recurra.report.pictures import Picture
from recurra.report.results import check_results
from recurra.study.summary import Record

__all__ = ["Drawn", "draw_pictures", "write_folder", "write_report"]

Source = TypeVar("Source")


class Drawn(NamedTuple):
    """The pictures of a report.

    Attributes:
        drawings: By slug what the page's template needs: `svg`, `title`, `caption`, `width`.
        images: By slug the bytes of a PNG.
    """

    drawings: dict[str, dict[str, Any]]
    images: dict[str, bytes]


def write_report(
    records: Sequence[Record], directory: str | Path, *, sections: Collection[str] | None = None
) -> Path:
    """Write `report.html` and one PNG for each picture.

    Args:
        records: Records of one comparison, from `recurra.compare` or `load_results`.
        directory: Folder to write to; made if it does not exist. Pictures of an earlier report
            that the new one does not have are removed.
        sections: Sections of the page to write beside the comparison itself; None: all.

    Returns:
        Path of the `report.html`.

    Raises:
        DataError: If the records are not those of one comparison; nothing is written then.
        UnknownNameError: If a section is none of this kind of report.
        OutputError: If the folder or a file cannot be written.
    """
    check_results(records)
    kind = kind_of(records[0])
    shown = _shown(kind, sections)
    wanted = [one for one in kind.pictures if one.section in shown | {"comparison"}]
    drawn = draw_pictures(wanted, records)
    page = render_page(records, drawn.drawings, shown)
    return write_folder(Path(directory) / "report.html", page, drawn.images, all_slugs())


def draw_pictures(
    pictures: Iterable[Picture[Source]],
    source: Source,
    *,
    files: Iterable[Picture[Source]] = (),
) -> Drawn:
    """Draw what a report shows, for its page and as files.

    Args:
        pictures: The pictures.
        source: What they are drawn from.
        files: Further ones that are files alone; drawn first, since they are the largest.

    Returns:
        Those that have something to show.
    """
    drawn = Drawn({}, {})
    encoded = {}
    with ThreadPoolExecutor(max_workers=1) as pool:  # compresses one while the next is drawn
        for picture, inside in [*((one, False) for one in files), *((p, True) for p in pictures)]:
            figure = picture.draw(source)
            if figure is None:
                continue
            encoded[picture.slug] = pool.submit(encode_png, png_sheet(figure, picture.title))
            if inside:
                drawn.drawings[picture.slug] = _drawing(figure, picture, source)
    drawn.images.update((slug, one.result()) for slug, one in encoded.items())
    return drawn


def _drawing(figure: Figure, picture: Picture[Source], source: Source) -> dict[str, Any]:
    figure.set_layout_engine("none")  # it is laid out; doing so again takes most of the time
    return {
        "svg": svg_markup(figure, picture.slug, picture.describe(source)),
        "title": picture.title,
        "caption": picture.caption,
        "width": round(figure.get_figwidth() * figure.dpi),
    }


def write_folder(
    path: Path, page: str, images: Mapping[str, bytes], known: Collection[str]
) -> Path:
    """Write a page and its pictures beside it.

    Args:
        path: The page's file; its folder is made if it does not exist.
        page: Its HTML.
        images: PNGs by slug.
        known: Slugs that such a report may have: those it has not are removed.

    Returns:
        The page's path.

    Raises:
        OutputError: If the folder or a file cannot be written.
    """
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for slug in sorted({*known, *images}):
            picture = folder / f"{slug}.png"
            if slug in images:
                _replace(picture, images[slug])
            else:
                picture.unlink(missing_ok=True)
        _replace(path, page.encode("utf-8", errors="replace"))
    except OSError as error:
        raise OutputError(
            f"{folder}: the report cannot be written ({error.strerror}); "
            "choose a folder that you may write to"
        ) from None
    return path


def _shown(kind: ReportKind, sections: Collection[str] | None) -> set[str]:
    if sections is None:
        return set(kind.sections)
    for name in sections:
        if name not in kind.sections:
            raise UnknownNameError("section", name, kind.sections)
    return set(sections)


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
