"""The most memory that a piece of work took."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Self

import psutil

__all__ = ["PeakMemory"]

_INTERVAL = 0.05  # seconds
_MIB = 1 << 20


class PeakMemory:
    """Watches this process's resident memory from a thread while a `with` block runs.

    Attributes:
        mib: The largest value seen, MiB; memory that was held before the block counts.
    """

    def __init__(self) -> None:
        self.mib = 0.0
        self._process = psutil.Process(os.getpid())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._stop.wait(_INTERVAL):
            self._look()

    def _look(self) -> None:
        self.mib = max(self.mib, self._process.memory_info().rss / _MIB)
