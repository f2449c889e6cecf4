"""The pictures of a comparison of forecasters."""

from __future__ import annotations

from recurra.report.pictures import Picture

__all__ = ["PICTURES"]
PICTURES: tuple[Picture, ...] = ()
