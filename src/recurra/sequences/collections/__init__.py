"""Sequences of numbers that carry a label or a number each, and what prepares them."""

from __future__ import annotations

from recurra.sequences.collections.arrays import as_sequences
from recurra.sequences.collections.augmentation import Augmentation
from recurra.sequences.collections.scaling import CHANNEL_SCALINGS, ChannelScaler
from recurra.sequences.collections.targets import TargetScaler

__all__ = [
    "CHANNEL_SCALINGS",
    "Augmentation",
    "ChannelScaler",
    "TargetScaler",
    "as_sequences",
]
