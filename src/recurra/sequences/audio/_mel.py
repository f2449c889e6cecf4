"""The filters and transforms of sound features, as matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cosine_transform", "deltas_of", "mel_filters", "to_hertz", "to_mel"]

Array = NDArray[np.float32]

DELTA_REACH = 2  # frames on each side, as the HTK book has it


def to_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mels of frequencies (O'Shaughnessy 1987)."""
    result: NDArray[np.float64] = 2595.0 * np.log10(1.0 + hertz / 700.0)
    return result


def to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return frequencies of mels."""
    result: NDArray[np.float64] = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return result


def mel_filters(rate: int, size: int, mels: int, low: float, high: float) -> Array:
    """Return triangular filters, evenly spaced in mels, each 1 at its peak.

    Args:
        rate: Samples in a second.
        size: Samples of the Fourier transform.
        mels: Number of filters.
        low: Lower end of the first filter, hertz.
        high: Upper end of the last filter, hertz.

    Returns:
        Shape `(size // 2 + 1, mels)`.
    """
    first, last = to_mel(np.array([low, high]))
    edges = to_hertz(np.linspace(first, last, mels + 2))
    bins = np.arange(size // 2 + 1) * (rate / size)
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    result: Array = np.maximum(np.minimum(rising, falling), 0.0).astype(np.float32)
    return result


def cosine_transform(size: int, kept: int) -> Array:
    """Return the orthonormal DCT-II of `size` values, its first `kept` coefficients.

    Returns:
        Shape `(size, kept)`.
    """
    angles = np.pi / size * (np.arange(size)[:, None] + 0.5) * np.arange(kept)
    matrix = np.cos(angles) * np.sqrt(2.0 / size)
    matrix[:, 0] /= np.sqrt(2.0)
    result: Array = matrix.astype(np.float32)
    return result


def deltas_of(frames: Array) -> Array:
    """Return slopes over five frames, the ends held.

    Args:
        frames: Shape `(frames, features)`, at least one frame.

    Returns:
        Same shape: `sum_n n (x[t+n] - x[t-n]) / (2 sum_n n^2)`, n = 1, 2.

    Source: Young et al., The HTK Book, eq. 5.16.
    """
    held = np.pad(frames, ((DELTA_REACH, DELTA_REACH), (0, 0)), mode="edge")
    count = len(frames)
    total = np.zeros_like(frames)
    for n in range(1, DELTA_REACH + 1):
        after, before = DELTA_REACH + n, DELTA_REACH - n
        total += np.float32(n) * (held[after : after + count] - held[before : before + count])
    result: Array = total / np.float32(2 * sum(n * n for n in range(1, DELTA_REACH + 1)))
    return result
