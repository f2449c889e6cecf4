"""The memory meter sees what is held for a moment, and counts in MiB."""

from __future__ import annotations

import threading
import time

import numpy as np
import psutil
import pytest

from recurra.study._memory import PeakMemory


def test_an_allocation_that_is_gone_at_the_end_is_seen():
    before = psutil.Process().memory_info().rss / 2**20
    with PeakMemory() as memory:
        block = np.ones(128 * 2**20, dtype=np.uint8)
        time.sleep(0.3)
        del block
    after = psutil.Process().memory_info().rss / 2**20
    assert memory.mib > before + 120
    assert memory.mib > after + 60
    assert memory.mib < before + 400


def test_a_moment_counts_too():
    with PeakMemory() as memory:
        pass
    assert memory.mib == pytest.approx(psutil.Process().memory_info().rss / 2**20, abs=30)


def test_the_watch_ends_with_the_block_even_after_an_error():
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="no"), PeakMemory() as memory:
        raise RuntimeError("no")
    assert threading.active_count() == before
    assert memory.mib > 1
