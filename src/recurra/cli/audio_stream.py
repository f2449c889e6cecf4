"""Raw sound on standard input, read as it comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from recurra.errors import DataError, UsageError

__all__ = ["Heard", "listen"]

_BYTES = 2  # of a sample
_PIECE = 0.1  # seconds read at most at once


@dataclass(frozen=True)
class Heard:
    """What a stream was, and how long it took.

    Attributes:
        seconds: Of sound.
        busy: Seconds spent computing, without waiting for sound.
    """

    seconds: float
    busy: float

    @property
    def real_time_factor(self) -> float:
        """Computing time for a second of sound; below 1 keeps up."""
        return self.busy / self.seconds

    def facts(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"seconds": self.seconds, "real_time_factor": self.real_time_factor}

    def words(self) -> str:
        """Say it in one line."""
        return f"{self.seconds:.2f} s of sound, real-time factor {self.real_time_factor:.4f}"


def listen(
    name: str,
    rate: int,
    push: Callable[[Any], None],
    finish: Callable[[], None],
    tell: Callable[[], None],
    *,
    every: float,
) -> Heard:
    """Read 16-bit mono little-endian sound from standard input to its end.

    Args:
        name: What the user gave; must be `-`.
        rate: Samples in a second.
        push: Gets samples from -1 to 1, float32.
        finish: Is called once after the last.
        tell: Is called about every `every` seconds of sound, and at the end.
        every: Seconds of sound.

    Raises:
        UsageError: If `name` is another.
        DataError: If no sound came.
    """
    import numpy as np

    if name != "-":
        raise UsageError(f"--stream reads standard input: --stream -, not {name!r}")
    heard, told, busy = 0, 0, 0.0
    for piece in _pieces(sys.stdin.buffer, max(1, round(_PIECE * rate)) * _BYTES):
        started = time.perf_counter()
        samples = np.frombuffer(piece, "<i2").astype(np.float32) / np.float32(32768)
        push(samples)
        heard += len(samples)
        if heard - told >= every * rate:
            tell()
            told = heard
        busy += time.perf_counter() - started
    if not heard:
        raise DataError("no sound came on standard input; expected 16-bit mono samples")
    started = time.perf_counter()
    finish()
    tell()
    return Heard(heard / rate, busy + time.perf_counter() - started)


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield what has come, whole samples, as soon as some has."""
    read = getattr(stream, "read1", stream.read)
    rest = b""
    while piece := read(size):
        piece = rest + piece
        whole = len(piece) - len(piece) % _BYTES
        rest = piece[whole:]
        if whole:
            yield piece[:whole]
