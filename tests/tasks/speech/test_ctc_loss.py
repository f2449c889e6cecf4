"""The loss and its gradient agree with brute force over all alignments."""

from __future__ import annotations

from itertools import product

import jax
import numpy as np
import pytest
from alignments import random_frames, text_of

from recurra.runtime.speech import log_likelihood
from recurra.tasks.speech.loss import CTCLoss

TEXTS = [(1, 2), (1, 1), (), (3,), (2, 1, 2), (1, 1, 1, 1)]
IMPOSSIBLE = 5  # four equal symbols need three blanks between them: seven steps, there are five


@pytest.fixture(scope="module")
def measured():
    """Scores, losses and gradients of all texts, computed as one batch."""
    scores = np.stack([random_frames(np.random.default_rng(i), 5, 4) for i in range(len(TEXTS))])
    symbols = np.array([[*text, *[0] * (4 - len(text))] for text in TEXTS], np.int32)

    def total(logits):
        losses = CTCLoss().call(symbols, logits)
        return losses.sum(), losses

    shifted = (scores + 0.7).astype(np.float32)  # logits need not sum to 1
    (_, losses), gradients = jax.jit(jax.value_and_grad(total, has_aux=True))(shifted)
    return scores, np.asarray(losses), np.asarray(gradients)


def brute_force(scores, text):
    """Return minus the log-probability of a text, and its gradient with respect to logits."""
    frames, outputs = scores.shape
    used, total = np.zeros((frames, outputs)), 0.0
    for alignment in product(range(outputs), repeat=frames):
        if text_of(alignment) == text:
            share = np.exp(scores[np.arange(frames), alignment].sum())
            total += share
            used[np.arange(frames), alignment] += share
    return -np.log(total), np.exp(scores) - used / total


@pytest.mark.parametrize("row", range(IMPOSSIBLE))
def test_loss_and_gradient_are_those_of_all_alignments(measured, row):
    scores, losses, gradients = measured
    loss, gradient = brute_force(scores[row], TEXTS[row])
    assert losses[row] == pytest.approx(loss, rel=1e-4)
    assert losses[row] == pytest.approx(-log_likelihood(scores[row], TEXTS[row]), rel=1e-4)
    np.testing.assert_allclose(gradients[row], gradient, atol=1e-4)


def test_a_text_that_cannot_be_written_counts_nothing(measured):
    scores, losses, gradients = measured
    assert log_likelihood(scores[IMPOSSIBLE], TEXTS[IMPOSSIBLE]) == -np.inf
    assert losses[IMPOSSIBLE] == 0
    assert not gradients[IMPOSSIBLE].any()
