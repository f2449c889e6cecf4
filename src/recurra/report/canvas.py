"""From a drawing to PNG bytes or to an SVG that takes its colours from the page."""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, Literal, NamedTuple, ParamSpec, TypeAlias, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray
from PIL import Image

from recurra.report.theme import COLOURS, FAINT, INK, MUTED, PAPER

__all__ = [
    "TEXT",
    "WIDTH",
    "Look",
    "Sheet",
    "axis",
    "encode_png",
    "new_figure",
    "png_bytes",
    "png_sheet",
    "styled",
    "svg_markup",
]

Look: TypeAlias = dict[str, Any]
"""Keyword arguments of matplotlib that say how something looks."""

WIDTH = 440
"""Width of a figure in CSS pixels; shown at 340 its text keeps 10 of its 13 pixels."""
TEXT = 13
"""Text size in CSS pixels; also the smallest in a figure that may shrink."""

_DOTS = 72  # one unit of the drawing is one CSS pixel
_PNG_SCALE = 2
_EDGE = 20  # CSS pixels around a picture
_HEADING = 50
_WIDEST_PNG = 2_400  # pixels of a picture that is wider than a page
_STYLE = {
    "axes.edgecolor": FAINT.light,
    "axes.facecolor": "none",
    "axes.labelcolor": MUTED.light,
    "axes.labelsize": TEXT,
    "axes.linewidth": 1,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": TEXT,
    "figure.dpi": _DOTS,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "grid.color": FAINT.light,
    "grid.linewidth": 1,
    "legend.frameon": False,
    "legend.labelcolor": MUTED.light,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "recurra",
    "text.color": INK.light,
    "text.parse_math": False,  # a class may be called "$x$"
    "xtick.color": FAINT.light,
    "xtick.labelcolor": MUTED.light,
    "xtick.labelsize": TEXT,
    "xtick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.color": FAINT.light,
    "ytick.labelcolor": MUTED.light,
    "ytick.labelsize": TEXT,
    "ytick.major.size": 0,
}
_P = ParamSpec("_P")
_R = TypeVar("_R")


@contextmanager
def _styled() -> Iterator[None]:
    """Use this report's style, whatever the user's own matplotlibrc says."""
    with style.context(["default", _STYLE]), warnings.catch_warnings():
        # A class name in a script that the PNG's font lacks; the page shows it properly.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a drawing function run in the report's style."""

    @functools.wraps(draw)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with _styled():
            return draw(*args, **kwargs)

    return wrapped


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Make an empty figure that lays itself out.

    Args:
        height: Height in CSS pixels.
        width: Width in CSS pixels.

    Returns:
        The figure; one unit of its drawing is one CSS pixel.
    """
    layout = ConstrainedLayoutEngine(w_pad=3 / _DOTS, h_pad=3 / _DOTS, wspace=0, hspace=0)
    return Figure(figsize=(width / _DOTS, height / _DOTS), layout=layout)


def axis(axes: Axes, grid: Literal["x", "y", "both"]) -> Axes:
    """Give axes their quiet grid behind the data."""
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=grid)
    return axes


class Sheet(NamedTuple):
    """A picture before it is a file.

    Attributes:
        pixels: Colours, shape `(height, width, 3)`, uint8.
        scale: Pixels to a CSS pixel.
    """

    pixels: NDArray[np.uint8]
    scale: float


def png_bytes(figure: Figure, title: str) -> bytes:
    """Save a figure as PNG on the light page's paper; the same figure gives the same bytes.

    Args:
        figure: Any figure of the report.
        title: A heading above it, since a picture by itself has no page around it.

    Returns:
        The file's bytes.
    """
    return encode_png(png_sheet(figure, title))


@styled
def png_sheet(figure: Figure, title: str) -> Sheet:
    """Draw what `png_bytes` saves."""
    scale = min(_PNG_SCALE, max(1, _WIDEST_PNG / (figure.get_figwidth() * _DOTS)))
    pixels = _pixels(figure, scale)
    height, width = pixels.shape[:2]
    heading = Figure(figsize=((width / scale + 2 * _EDGE) / _DOTS, _HEADING / _DOTS))
    place = (_EDGE / (width / scale + 2 * _EDGE), 1 - 22 / _HEADING)
    heading.text(*place, title, fontsize=TEXT + 3, va="top", weight="bold")
    top = _pixels(heading, scale)
    paper = np.round(255 * np.array(to_rgb(PAPER.light))).astype(np.uint8)
    edge = round(_EDGE * scale)
    sheet = np.empty((len(top) + height + edge, top.shape[1], 3), np.uint8)
    sheet[len(top) :, :edge] = sheet[len(top) :, edge + width :] = sheet[-edge:] = paper
    sheet[: len(top)] = top
    sheet[len(top) : len(top) + height, edge : edge + width] = pixels
    return Sheet(sheet, scale)


def encode_png(sheet: Sheet) -> bytes:
    """Return the bytes of a PNG file; safe to run in another thread while the next is drawn."""
    buffer = io.BytesIO()
    dots = _DOTS * sheet.scale
    Image.fromarray(sheet.pixels).save(buffer, format="png", dpi=(dots, dots))
    return buffer.getvalue()


def _pixels(figure: Figure, scale: float) -> NDArray[np.uint8]:
    """Draw a figure, `(height, width, 3)`, so many pixels to one CSS pixel.

    `savefig` would go through the whole drawing twice, and most of a picture's time is text.
    """
    dots, paper = figure.dpi, figure.get_facecolor()
    canvas = FigureCanvasAgg(figure)
    try:
        figure.dpi = _DOTS * scale
        figure.set_facecolor(PAPER.light)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3]
    finally:
        figure.dpi = dots
        figure.set_facecolor(paper)


@styled
def svg_markup(figure: Figure, slug: str, title: str) -> str:
    """Save a figure as an `<svg>` element for the page.

    Args:
        figure: A figure drawn in the colours of the light page.
        slug: Prefix of every id inside, unique on the page.
        title: What a screen reader says for the picture, plain text.

    Returns:
        The element: text as text in the page's font, colours as CSS variables, no metadata.
    """
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    FigureCanvasSVG(figure).print_svg(buffer, metadata=nothing)  # `savefig` draws twice
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{slug}-\1"', svg)
    svg = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\1{slug}-", svg)
    svg = re.sub(r'style="([^"]*)"', lambda match: f'style="{_themed(match[1])}"', svg)
    svg = re.sub(r'\b(width|height)="([\d.]+)pt"', r'\1="\2"', svg, count=2)
    svg = re.sub(r">\s+<", "><", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1).strip()


def _themed(css: str) -> str:
    """Replace colours by variables and the font by the page's."""
    for colour in COLOURS:
        css = css.replace(colour.light, f"var(--{colour.name})")
    # `font: bold 13px 'DejaVu Sans'` keeps weight and size and takes the family of the page.
    return re.sub(r"(font:[^;]*?px) [^;]*", r"\1 var(--font)", css)
