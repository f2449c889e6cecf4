"""A stream of seeds, so that one number fixes every initial weight and every dropout mask.

Keras's global seed is left alone: building a model changes nothing in the caller's process.
"""

from __future__ import annotations

import numpy as np


class Seeds:
    """Hands out independent seeds in a fixed order."""

    def __init__(self, seed: int) -> None:
        self._sequence = np.random.SeedSequence(seed)

    def next(self) -> int:
        """Return the next seed, a non-negative 31-bit integer."""
        child = self._sequence.spawn(1)[0]
        return int(child.generate_state(1)[0] >> 1)
