"""Made sounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def tone() -> Callable[..., np.ndarray]:
    def make(hertz=440.0, seconds=0.5, rate=8000, level=0.5):
        return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(
            np.float32
        )

    return make


@pytest.fixture
def noise() -> np.ndarray:
    return (0.1 * np.random.default_rng(7).standard_normal(4001)).astype(np.float32)


@pytest.fixture
def write_sound(tmp_path: Path) -> Callable[..., Path]:
    soundfile = pytest.importorskip("soundfile", reason="the extra audio is not installed")

    def write(name, samples, rate=8000, **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, **options)
        return path

    return write
