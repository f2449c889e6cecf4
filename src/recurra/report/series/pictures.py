"""The pictures of a comparison of classifiers of series or sound: those of texts, other words."""

from __future__ import annotations

from recurra.report.texts.pictures import pictures
from recurra.study.units import SEQUENCES

__all__ = ["PICTURES"]

_CAPTIONS = {"lengths": "In steps, as they were read. The longest 0.5 % are not drawn."}
_TITLES = {"padding": "Padding"}

PICTURES = tuple(
    one._replace(
        title=_TITLES.get(one.slug, one.title), caption=_CAPTIONS.get(one.slug, one.caption)
    )
    for one in pictures(SEQUENCES)
)
