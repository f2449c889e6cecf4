"""The one place for colours: a light and a dark value of each, and who wears which.

Figures are drawn with the light values. Every light value is unique, so a figure saved as SVG can
have each of them replaced by the CSS variable of its name and then follows the page's mode.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["ACCENT", "FAINT", "INK", "MUTED", "ON_ACCENT", "PALE", "PAPER", "WARN"]
__all__ += ["COLOURS", "Colour", "css_variables", "model_colours"]


class Colour(NamedTuple):
    """A colour of the report in its two modes.

    Attributes:
        name: CSS variable without the leading dashes.
        light: Hex value on the light page; unique, since it stands for the variable.
        dark: Hex value on the dark page.
    """

    name: str
    light: str
    dark: str


INK = Colour("ink", "#1b2026", "#e7eaee")
MUTED = Colour("muted", "#5c6670", "#a3adb8")
FAINT = Colour("faint", "#e2e5e9", "#2c333b")
PALE = Colour("pale", "#c9ced4", "#434c56")
PAPER = Colour("paper", "#fdfdfc", "#12161b")
ACCENT = Colour("accent", "#0b63a5", "#6cb4f2")
ON_ACCENT = Colour("on-accent", "#fefefe", "#0c1319")
WARN = Colour("warn", "#b3400f", "#f39a6b")

# Okabe & Ito's hues, darkened on white and lightened on black until each has a contrast of at
# least 3:1 with its page (WCAG 1.4.11); yellow gives way to ochre. Names always stand beside the
# colours, so that no one has to tell two of them apart.
_SLOTS = (
    Colour("c-grey", "#707a85", "#98a3ae"),
    Colour("c-ochre", "#a97b00", "#e2b94a"),
    Colour("c-vermilion", "#cc5400", "#f58a4b"),
    Colour("c-blue", "#0072b2", "#56b0ea"),
    Colour("c-green", "#008f68", "#34c99b"),
    Colour("c-indigo", "#4a4fb5", "#a2a6f7"),
    Colour("c-pink", "#b8568f", "#eb9bc8"),
    Colour("c-sky", "#2b8fbd", "#8fd6f5"),
    Colour("c-wine", "#8a2846", "#e0809b"),
    Colour("c-olive", "#66731f", "#bccb66"),
    Colour("c-brown", "#7d5a3c", "#c9a27e"),
)
_WEARERS = {
    "linear": 0,
    "dense": 1,
    "rnn": 2,
    "lstm": 3,
    "gru": 4,
    "bilstm": 5,
    "bigru": 6,
    "birnn": 7,
    "naive": 9,
    "snaive": 1,
    "bidirectional": 5,
    "seq2seq": 6,
    "attention": 7,
    "segrnn": 8,
    "stacked": 10,
    "ngram": 0,
    "nearest": 9,
    "frequent": 0,
    "mean": 10,
    "constant": 0,
    "copy": 1,
    "noattention": 6,
}

COLOURS = (INK, MUTED, FAINT, PALE, PAPER, ACCENT, ON_ACCENT, WARN, *_SLOTS)
"""Every colour that a figure or the page may use."""


def model_colours(models: Iterable[str]) -> dict[str, Colour]:
    """Give each model its colour, the same in every figure of a report.

    Args:
        models: Keys of the models, such as `"lstm"`; repeats are fine.

    Returns:
        Colour by key. Known keys always wear the same one; others take what is free, in order.
    """
    keys = list(dict.fromkeys(models))
    worn = {key: _SLOTS[_WEARERS[key]] for key in keys if key in _WEARERS}
    free = [slot for slot in _SLOTS[1:] if slot not in worn.values()] or list(_SLOTS[1:])
    strangers = [key for key in keys if key not in _WEARERS]
    return worn | {key: free[place % len(free)] for place, key in enumerate(strangers)}


def css_variables() -> str:
    """Write the colours as CSS variables.

    Returns:
        Rules for the light page, for the dark page where the reader's system or the button asks
        for it, and for paper.
    """
    light = "".join(f"--{colour.name}:{colour.light};" for colour in COLOURS)
    dark = "".join(f"--{colour.name}:{colour.dark};" for colour in COLOURS)
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        f'@media screen{{:root[data-theme="light"]{{color-scheme:light;{light}}}\n'
        f':root[data-theme="dark"]{{color-scheme:dark;{dark}}}}}\n'
    )
