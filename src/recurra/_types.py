"""Names of choices that more than one room uses."""

from __future__ import annotations

from typing import Literal

Cell = Literal["dense", "rnn", "lstm", "gru"]
Pooling = Literal["last", "mean", "max", "mean_max", "attention"]
Level = Literal["word", "char", "subword"]
