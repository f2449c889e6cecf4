"""Short English sentences whose meaning hangs on a "not", or on the order of their words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NEGATION_PAIRS", "SWAPPED_PAIRS", "TextPair"]


@dataclass(frozen=True)
class TextPair:
    """Two texts that mean the opposite.

    Attributes:
        good: The one that praises.
        bad: The one that finds fault.
    """

    good: str
    bad: str


_PRAISE = ("good", "funny", "great", "interesting", "believable", "well made")
_BLAME = ("bad", "boring", "terrible", "stupid", "predictable", "a waste of time")

# Both texts of a pair have as many words. A network that adds up words, or averages them, gives
# "not" in place of "really" one effect, and so is right about one half of the pairs at most.
NEGATION_PAIRS = (
    *(TextPair(f"the film was really {word}", f"the film was not {word}") for word in _PRAISE),
    *(TextPair(f"the film was not {word}", f"the film was really {word}") for word in _BLAME),
)

# The same words in another order: what cannot see order must answer both alike.
SWAPPED_PAIRS = tuple(
    TextPair(f"it was {praise}, not {blame}", f"it was {blame}, not {praise}")
    for praise, blame in zip(_PRAISE, _BLAME, strict=True)
)
