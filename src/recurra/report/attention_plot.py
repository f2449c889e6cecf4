"""Pictures of attention: a row for each token written, a column for each token read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle

from recurra.errors import ShapeError
from recurra.report.canvas import TEXT, WIDTH, Look, new_figure, styled
from recurra.report.forecasts.saving import save_figure
from recurra.report.numbers import shorten
from recurra.report.theme import ACCENT, FAINT, INK

if TYPE_CHECKING:
    from recurra.runtime import AttentionMatrix

__all__ = ["AttentionMap", "attention_figure", "token_label", "write_attention_plot"]

_GAP = 26
_LABEL = 14  # characters
_GLYPH = 0.63  # mean width of a character of DejaVu Sans, in parts of its size
_CROWDED = 32  # tokens, from which cells and letters get smaller
_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥", "[EOS]": "∎"}
# Scripts that DejaVu Sans lacks: those of these that are installed are asked next.
_FALLBACKS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "Yu Gothic", "Hiragino Sans", "Arial Unicode MS",
)  # fmt: skip


class AttentionMap(NamedTuple):
    """One map: labels of both sides, and weights from 0 to 1, a row for each target.

    Attributes:
        sources: What is read, from left to right.
        targets: What is written, from top to bottom.
        weights: How much each target reads of each source.
    """

    sources: Sequence[str]
    targets: Sequence[str]
    weights: Sequence[Sequence[float]]


class _Sizes(NamedTuple):
    """What a map takes, in CSS pixels."""

    cell: float
    letter: float
    left: float
    above: float


def write_attention_plot(matrix: AttentionMatrix, path: str | Path) -> Path:
    """Draw attention into a file, which is there whole or not at all.

    Args:
        matrix: Tokens of both sides and the weights, shape `(target, source)`.
        path: Ends in `.png`, `.svg` or `.pdf`.

    Returns:
        The path.

    Raises:
        ShapeError: If there are no tokens, or weights and tokens disagree.
        UsageError: If the ending is another.
        OutputError: If the file cannot be written.
    """
    _write(_checked(matrix), Path(path))
    return Path(path)


@styled
def attention_figure(maps: Sequence[AttentionMap]) -> Figure:
    """Draw maps, one below the other; the darker, the more is read.

    Args:
        maps: At least one, none of them empty.

    Returns:
        The figure, without a heading; wider than others for long sources.
    """
    sizes = _sizes(maps)
    heights = [s.above + s.cell * len(one.targets) for s, one in zip(sizes, maps, strict=True)]
    across = [s.left + s.cell * len(one.sources) for s, one in zip(sizes, maps, strict=True)]
    width = round(max(WIDTH, *across) + 8)
    height = round(sum(heights) + _GAP * (len(maps) - 1) + 8)
    drawing = new_figure(height, width)
    drawing.set_layout_engine("none")  # places are counted in cells
    top = float(height - 4)
    for one, size, tall in zip(maps, sizes, heights, strict=True):
        wide, down = size.cell * len(one.sources), tall - size.above
        box = (size.left / width, (top - tall) / height, wide / width, down / height)
        _draw(drawing.add_axes(box), one, size.letter)
        top -= tall + _GAP
    return drawing


def token_label(token: str) -> str:
    """Return a token as it can be seen: no word begins with a space, no sign is invisible."""
    inner = token.strip(" ")  # spaces between signs are seen by what they part
    text = token.strip() or token
    text = _VISIBLE.get(text) or "".join(
        sign if sign == " " and inner else _VISIBLE.get(sign, sign) for sign in text
    )
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return shorten(text, _LABEL) if text else "∅"


@styled
def _write(one: AttentionMap, path: Path) -> None:
    save_figure(attention_figure([one]), path, "Attention: darker is more")


def _checked(matrix: AttentionMatrix) -> AttentionMap:
    expected = (len(matrix.target_tokens), len(matrix.source_tokens))
    if matrix.weights.shape != expected or 0 in expected:
        raise ShapeError(
            f"the attention weights have shape {matrix.weights.shape}; {expected[0]} target and "
            f"{expected[1]} source tokens (at least one of each) need {expected}"
        )
    return AttentionMap(matrix.source_tokens, matrix.target_tokens, matrix.weights.tolist())


def _sizes(maps: Sequence[AttentionMap]) -> list[_Sizes]:
    """Return the sizes of each map; all of them begin at the same place."""
    longest = max(max(len(one.sources), len(one.targets)) for one in maps)
    cell, letter = (21, TEXT) if longest <= _CROWDED else (16, TEXT - 2)
    left = max(_room(one.targets, letter) for one in maps)
    return [_Sizes(cell, letter, left, _room(one.sources, letter)) for one in maps]


def _room(tokens: Sequence[str], letter: float) -> float:
    """Return the length of the longest label; wide scripts need twice the room."""
    labels = map(token_label, tokens)
    longest = max(sum(1 + (sign > "\u2e7f") for sign in label) for label in labels)
    return max(longest * letter * _GLYPH, letter) + 10


def _draw(axes: Axes, one: AttentionMap, letter: float) -> None:
    axes.set_xlim(0, len(one.sources))
    axes.set_ylim(len(one.targets), 0)
    for row, weights in enumerate(one.weights):
        for column, weight in enumerate(weights):
            place = (column + 0.04, row + 0.04)
            # An ink of its own opacity, not a colour map: the page's dark mode changes the ink.
            axes.add_patch(Rectangle(place, 0.92, 0.92, color=FAINT.light, alpha=0.5, linewidth=0))
            if weight >= 0.01:
                look: Look = {"color": ACCENT.light, "alpha": min(1.0, weight), "linewidth": 0}
                axes.add_patch(Rectangle(place, 0.92, 0.92, **look))
    _name(axes, one, {"fontsize": letter, "color": INK.light, "fontfamily": _families()})


def _name(axes: Axes, one: AttentionMap, look: Look) -> None:
    sources, targets = ([token_label(t) for t in side] for side in (one.sources, one.targets))
    turn: Look = {"rotation": 90} if max(map(len, sources)) > 1 else {}
    axes.xaxis.tick_top()
    axes.set_xticks([n + 0.5 for n in range(len(sources))], sources, **look, **turn)
    axes.set_yticks([n + 0.5 for n in range(len(targets))], targets, **look)
    axes.tick_params(pad=3)


def _families() -> list[str]:
    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _FALLBACKS if name in installed)]
