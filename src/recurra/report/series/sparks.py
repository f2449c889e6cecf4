"""Sequences and scores as small drawings inside the page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

__all__ = ["spark", "strip"]

_WIDTH, _HEIGHT = 240, 56
_FEW = 3  # channels that lines can still be told apart of
_LEVELS = 8
_STRONGEST = 85  # per cent of a colour
_COLOURS = ("c-blue", "c-vermilion", "c-green")
Channels = Sequence[Sequence[float | None]]


def spark(values: Channels, label: str) -> Markup:
    """Draw a sequence: lines for up to three channels, shades for more.

    Args:
        values: A list for each channel, as long as each other; null is a gap.
        label: What it is, for those who cannot see it.

    Returns:
        An `<svg>` element in the page's colours.
    """
    low, high = _range(values)
    spread = (high - low) or 1.0
    shares = [
        [None if v is None else min(1.0, max(0.0, (v - low) / spread)) for v in channel]
        for channel in values
    ]
    if len(values) <= _FEW:
        paths = [_line(one, colour) for one, colour in zip(shares, _COLOURS, strict=False)]
        inner = "".join(paths)
        box = f"0 0 {_WIDTH} {_HEIGHT}"
    else:
        inner = _shades(shares)
        box = f"0 0 {len(values[0])} {len(values)}"
    return _svg(inner, box, label, "spark" if len(values) <= _FEW else "spark shades")


def strip(scores: Sequence[float], label: str) -> Markup:
    """Draw scores as a strip of cells: orange above zero, blue below, the largest the fullest.

    Args:
        scores: One for each step.
        label: What it is, for those who cannot see it.
    """
    largest = max(map(abs, scores), default=0.0) or 1.0
    cells = [
        f'<rect x="{place}" y="{0 if score > 0 else 0.5}" width="1.02" height="0.5" '
        f'fill="var(--{"c-vermilion" if score > 0 else "c-blue"})" '
        f'fill-opacity="{_STRONGEST / 100 * abs(score) / largest:.2f}"/>'
        for place, score in enumerate(scores)
        if abs(score) > 0.01 * largest
    ]
    inner = "".join(cells) + f'<path d="M0 .5H{len(scores)}" class="zero"/>'
    return _svg(inner, f"0 0 {max(1, len(scores))} 1", label, "spark strip")


def _range(values: Channels) -> tuple[float, float]:
    """Return the ends of what is drawn; of many channels the outermost 2 % at each end are cut."""
    known = sorted(v for channel in values for v in channel if v is not None)
    if not known:
        return 0.0, 1.0
    cut = len(known) // 50 if len(values) > _FEW else 0
    return known[cut], known[-1 - cut]


def _line(shares: Sequence[float | None], colour: str) -> str:
    step = _WIDTH / max(1, len(shares) - 1)
    parts = []
    for known, run in groupby(enumerate(shares), key=lambda one: one[1] is not None):
        if known:
            points = [
                f"{step * place:.1f} {_HEIGHT - 3 - (_HEIGHT - 6) * (share or 0.0):.1f}"
                for place, share in run
            ]
            parts.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return f'<path d="{"".join(parts)}" stroke="var(--{colour})"/>'


def _shades(shares: Channels) -> str:
    """Return one path for each level of darkness: small, however many cells there are."""
    levels: dict[int, list[str]] = {}
    for row, channel in enumerate(reversed(shares)):  # the first channel, or band, lowest
        for column, share in enumerate(channel):
            level = round(_LEVELS * (share or 0.0))
            if level:
                levels.setdefault(level, []).append(f"M{column} {row}h1.02v1.02h-1.02z")
    return "".join(
        f'<path class="cells" d="{"".join(cells)}" fill-opacity="{level / _LEVELS:.2f}"/>'
        for level, cells in sorted(levels.items())
    )


def _svg(inner: str, box: str, label: str, kind: str) -> Markup:
    opening = Markup(
        '<svg class="{}" viewBox="{}" preserveAspectRatio="none" role="img" aria-label="{}">'
    ).format(kind, box, label)
    return opening + Markup(inner) + Markup("</svg>")  # noqa: S704 - numbers and our own names
