"""Sequences of numbers that carry a label or a number each, and what prepares them."""

from __future__ import annotations

from recurra.sequences.collections.scaling import CHANNEL_SCALINGS, ChannelScaler

__all__ = ["CHANNEL_SCALINGS", "ChannelScaler"]
