"""Brute force over all alignments of short sound: an oracle for decoding and loss."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np


def text_of(alignment):
    """Merge repetitions, then drop blanks."""
    return tuple(symbol for symbol, _ in groupby(alignment) if symbol)


def text_probabilities(log_probabilities):
    """Return the probability of every text, summed over its alignments."""
    frames, outputs = log_probabilities.shape
    found = {}
    for alignment in product(range(outputs), repeat=frames):
        share = np.exp(log_probabilities[np.arange(frames), alignment].sum())
        found[text_of(alignment)] = found.get(text_of(alignment), 0.0) + share
    return found


def random_frames(generator, frames, outputs, spread=1.5):
    """Return log-probabilities, shape `(frames, outputs)`."""
    scores = generator.normal(size=(frames, outputs)) * spread
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
