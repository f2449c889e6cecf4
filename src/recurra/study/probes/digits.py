"""Sequential digits: an image read a few pixels at a time, then its digit is asked."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from recurra.study.probes.problem import Batch, Floats

__all__ = ["DIGITS", "learnt_digits", "measured_digits", "watched_digits"]

DIGITS = 10
_PIXELS, _BRIGHTEST = 64, 16
_MEASURED, _WATCHED = 360, 180  # of the 1,797 images: every fifth, every tenth
_SHUFFLE = 0


def learnt_digits(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw images to learn from.

    Args:
        generator: Source of the choice.
        count: How many.
        length: Steps that an image is read in: 64 pixel by pixel, 8 row by row; 16 and 32 too.

    Returns:
        Inputs `(count, length, 64 / length)` from 0 to 1, classes `(count, 1)`.

    Source: Le, Jaitly & Hinton 2015, there with MNIST; here the 8 × 8 digits of scikit-learn.
    """
    images, digits = _images()
    chosen = generator.integers(_MEASURED + _WATCHED, len(images), count)
    return _read(images[chosen], digits[chosen], length)


def watched_digits(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw from the 180 images that tell when to stop, without any twice, in no fixed order."""
    images, digits = _images()
    chosen = _MEASURED + generator.permutation(_WATCHED)[:count]
    return _read(images[chosen], digits[chosen], length)


def measured_digits(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Return the first `count` of the 360 images that are never learnt from, in a fixed order."""
    del generator
    images, digits = _images()
    part = slice(0, min(count, _MEASURED))
    return _read(images[part], digits[part], length)


def _read(images: Floats, digits: npt.NDArray[Any], length: int) -> Batch:
    return Batch(images.reshape(len(images), length, _PIXELS // length), digits[:, None])


@functools.cache
def _images() -> tuple[Floats, npt.NDArray[Any]]:
    """Return the images in a fixed random order: they come sorted by writer."""
    from sklearn.datasets import load_digits

    images, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(_SHUFFLE).permutation(len(images))
    return (images[order] / _BRIGHTEST).astype(np.float32), digits[order]
