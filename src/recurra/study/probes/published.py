"""What the literature reports on these tasks, on the scale of a probe's skill."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["PUBLISHED", "Published"]


class Published(NamedTuple):
    """One published figure.

    Attributes:
        probe: The task.
        model: The cell's key, or another model's name.
        name: The name to show.
        length: Steps; for copy, of the blank.
        figure: The figure as published.
        skill: The same as share of what chance gets wrong that is right, not below 0.
        source: Who reported it.
        note: What is different there, or worth knowing.
    """

    probe: str
    model: str
    name: str
    length: int
    figure: str
    skill: float
    source: str
    note: str


_NAMES = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
_TRIVIAL_SUM = 0.1767  # as printed; the variance of a sum of two uniform numbers is 1/6
_COPY_BLANK, _COPY_SYMBOLS, _COPY_ALPHABET = 1000, 10, 8
_BLIND_COPY = (
    _COPY_SYMBOLS * math.log(_COPY_ALPHABET) / (_COPY_BLANK + 2 * _COPY_SYMBOLS)
)  # loss of answering blanks, then any symbol

_BAI = "Bai, Kolter & Koltun 2018"
_FORMAL = "Delétang et al. 2023; Beck et al. 2024"
_SUM_NOTE = "each length from scratch; always answering 1 is printed as .1767, and is 1/6 = .1667"
_MNIST = "MNIST, pixel by pixel"
_COPY_NOTE = f"ten symbols, from scratch; knowing none of them gives {_BLIND_COPY:.4f}"


def _loss(probe: str, model: str, length: int, value: float, blind: float, note: str) -> Published:
    skill = max(0.0, 1 - value / blind)
    return Published(probe, model, _NAMES[model], length, f"loss {value:.3g}", skill, _BAI, note)


def _share(
    probe: str, model: str, length: int, value: float, classes: int, source: str, note: str
) -> Published:
    skill = max(0.0, (value - 1 / classes) / (1 - 1 / classes))
    name = _NAMES.get(model, model)
    return Published(probe, model, name, length, f"{100 * value:.3g} % right", skill, source, note)


PUBLISHED = (
    _loss("adding", "rnn", 600, 0.177, _TRIVIAL_SUM, _SUM_NOTE),
    _loss("adding", "lstm", 600, 0.164, _TRIVIAL_SUM, _SUM_NOTE),
    _loss("adding", "gru", 600, 5e-5, _TRIVIAL_SUM, _SUM_NOTE),
    _loss("copy", "lstm", _COPY_BLANK, 0.0204, _BLIND_COPY, _COPY_NOTE),
    _loss("copy", "gru", _COPY_BLANK, 0.0197, _BLIND_COPY, _COPY_NOTE),
    _share("parity", "lstm", 256, 1.0, 2, _FORMAL, "learnt up to 40 bits"),
    _share("parity", "Transformer", 256, 0.5, 2, _FORMAL, "learnt up to 40 bits"),
    _share("arithmetic", "lstm", 256, 1.0, 5, _FORMAL, "learnt up to 40 numbers and signs"),
    _share("arithmetic", "Transformer", 256, 0.24, 5, _FORMAL, "learnt up to 40 numbers and signs"),
    _share("digits", "lstm", 784, 0.989, 10, "Cooijmans et al. 2017", _MNIST),
    _share("digits", "gru", 784, 0.962, 10, _BAI, _MNIST),
    _share("digits", "IRNN", 784, 0.97, 10, "Le, Jaitly & Hinton 2015", f"{_MNIST}; relu"),
)
"""The figures, by task. Their training is longer and their networks larger than a probe's."""
