"""The wide part: a linear model over word n-grams that is added to the network's logits.

Presence of n-grams, weighted by naive Bayes log-count ratios, then logistic regression
(Wang & Manning 2012). It is fitted by itself: trained jointly, it would explain the training texts
at once and leave the recurrent part nothing to learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recurra.tasks._text_batches import TextInputs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["WidePart", "fit_wide", "fuse", "wide_logits"]

_STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)  # inverse regularisation, chosen on the validation rows
_CHUNK = 512


@dataclass(frozen=True)
class WidePart:
    """Weights of the wide part.

    Attributes:
        weights: Shape `(ngrams, classes)`; row 0, for no n-gram, is 0.
        bias: Shape `(classes,)`.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def fit_wide(
    inputs: TextInputs,
    codes: NDArray[np.int32],
    classes: int,
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
) -> WidePart:
    """Fit one regression for each class against the rest, or one for two classes.

    Args:
        inputs: Encoded texts with n-grams.
        codes: Class of every row.
        classes: Number of classes.
        train: Rows to fit on.
        validation: Rows that choose the regularisation.
    """
    seen, held_out = presence(inputs, train), presence(inputs, validation)
    columns = []
    for positive in [1] if classes == 2 else range(classes):
        ratios = _log_count_ratios(seen, codes[train] == positive)
        columns.append(
            _regress(
                seen, held_out, ratios, codes[train] == positive, codes[validation] == positive
            )
        )
    weights = np.stack([column for column, _ in columns], axis=1)
    bias = np.array([intercept for _, intercept in columns])
    if classes == 2:
        weights = np.concatenate([-weights, weights], axis=1) / 2
        bias = np.concatenate([-bias, bias]) / 2
    return WidePart(weights.astype(np.float32), bias.astype(np.float32))


def wide_logits(part: WidePart, inputs: TextInputs, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the wide part's logits, shape `(rows, classes)`."""
    result: NDArray[np.float32] = presence(inputs, rows) @ part.weights + part.bias
    return result


def fuse(
    deep: NDArray[np.float32], wide: NDArray[np.float32], codes: NDArray[np.int32]
) -> tuple[float, float]:
    """Return the factors of two sets of logits whose sum has the smallest log loss.

    Args:
        deep: Logits of the network on validation rows, shape `(rows, classes)`.
        wide: Logits of the wide part on the same rows.
        codes: Classes of these rows.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    def loss(factors: NDArray[np.float64]) -> float:
        logits = factors[0] * deep + factors[1] * wide
        chosen = logits[np.arange(len(codes)), codes]
        return float((logsumexp(logits, axis=1) - chosen).mean())

    best = minimize(loss, np.array([0.5, 0.5]), bounds=[(0.0, 10.0)] * 2)
    return float(best.x[0]), float(best.x[1])


def presence(inputs: TextInputs, rows: NDArray[np.int64]) -> csr_array:
    """Return which n-grams each row holds, shape `(rows, ngrams)`, 0 and 1."""
    from scipy.sparse import csr_array

    vocabulary = inputs.ngrams
    assert vocabulary is not None  # noqa: S101 - called for models with a wide part only
    lengths = inputs.encoded.lengths
    found, counts = [], []
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        ids = inputs.encoded.batch(chunk, int(lengths[chunk].max()))
        grams = vocabulary.transform(ids, unique=True)
        present = grams > 0
        found.append(grams[present])
        counts.append(present.sum(axis=1))
    columns = np.concatenate(found)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_array((ones, columns, offsets), shape=(len(rows), vocabulary.size))


def _log_count_ratios(seen: Any, positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return log(p/|p|) - log(q/|q|) with p, q the smoothed counts in and outside a class."""
    inside = 1.0 + seen[np.flatnonzero(positive)].sum(axis=0)
    outside = 1.0 + seen[np.flatnonzero(~positive)].sum(axis=0)
    ratios: NDArray[np.float64] = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    return ratios


def _regress(
    seen: Any,
    held_out: Any,
    ratios: NDArray[np.float64],
    positive: NDArray[np.bool_],
    positive_held_out: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], float]:
    """Return weights and intercept of the regression that does best on the held-out rows."""
    from scipy.sparse import diags_array
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    scale = diags_array(ratios.astype(np.float32))
    weighted, weighted_held_out = seen @ scale, held_out @ scale
    best: Any = None
    least = np.inf
    for strength in _STRENGTHS:
        # Dual coordinate descent: lbfgs stops far from the optimum on features of such scales.
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, max_iter=500, tol=1e-2, random_state=0
        )
        model.fit(weighted, positive)
        loss = log_loss(positive_held_out, model.predict_proba(weighted_held_out), labels=[0, 1])
        if loss < least:
            best, least = model, loss
    return best.coef_[0] * ratios, float(best.intercept_[0])
