"""What a network over sequences has to face: nearest neighbours, and linear models of statistics.

Each `fit_...` takes training sequences as measured, arrays `(time, channels)` of any lengths with
NaN where a value is missing, and returns an object that answers for others. What is scaled is
scaled by the training sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import MissingDependencyError
from recurra.sequences.collections import ChannelScaler

__all__ = [
    "NearestSequence",
    "StatisticsClassifier",
    "StatisticsRegressor",
    "fit_nearest_sequence",
    "fit_statistics_classifier",
    "fit_statistics_regressor",
    "summary_statistics",
]

Array: TypeAlias = NDArray[np.float32]
Codes: TypeAlias = NDArray[np.int32]

_BANDS = (0.1, 1.0)  # shares of the longest sequence: the usual width, and any warping
_TRIED = 200  # training sequences that choose between them
_STRENGTHS = (0.1, 1.0, 10.0)  # inverse regularisation
_FOLDS = 5


class NearestSequence:
    """One nearest neighbour under dynamic time warping (Sakoe & Chiba 1978).

    All channels are warped together, within a band around equal shares of both sequences.

    Attributes:
        parameters: None.
        band: Width of the band as a share of the longest sequence.
    """

    parameters = 0

    def __init__(
        self, scaler: ChannelScaler, rows: list[Any], codes: Codes, classes: int, band: float
    ) -> None:
        """Keep the training sequences; made by `fit_nearest_sequence`."""
        self.band = band
        self._scaler = scaler
        self._rows = rows
        self._codes = codes
        self._classes = classes

    def predict_proba(self, values: Sequence[Array]) -> NDArray[np.float32]:
        """Return how likely each class is, shape `(sequences, classes)`.

        The nearest sequence's class is the most probable one; how probable says how much further
        away the other classes are, and has not been calibrated.
        """
        rows = [_scaled(self._scaler, row) for row in values]
        distances = _distances(self._rows, rows, self.band)
        nearest = np.full((len(distances), self._classes), np.inf)
        for k in np.unique(self._codes):
            nearest[:, k] = distances[:, self._codes == k].min(axis=1)
        scale = np.maximum(np.median(nearest, axis=1, keepdims=True), 1e-12)
        shifted = np.exp((nearest.min(axis=1, keepdims=True) - nearest) / scale * self._classes)
        probabilities: NDArray[np.float32] = (shifted / shifted.sum(axis=1, keepdims=True)).astype(
            np.float32
        )
        return probabilities


def fit_nearest_sequence(
    values: Sequence[Array], codes: Codes, classes: int, seed: int = 0
) -> NearestSequence:
    """Keep the training sequences; the width of the band is chosen by leaving one of them out.

    Args:
        values: Training sequences.
        codes: Class of each, `(rows,)`.
        classes: Number of classes.
        seed: Draws the sequences that choose the width, where there are many.

    Raises:
        MissingDependencyError: Without the package `dtaidistance`.
    """
    _dtw()
    scaler = ChannelScaler.fit(values)
    rows = [_scaled(scaler, row) for row in values]
    generator = np.random.default_rng([seed, *b"band"])
    tried = generator.permutation(len(rows))[:_TRIED]
    band = _best_band([rows[k] for k in tried], codes[tried])
    return NearestSequence(scaler, rows, codes, classes, band)


class StatisticsClassifier:
    """Logistic regression on summary statistics, which know nothing of the order in between.

    Attributes:
        parameters: Coefficients and intercepts.
    """

    def __init__(self, pipeline: Any, classes: int) -> None:
        """Keep the fitted model; made by `fit_statistics_classifier`."""
        model = pipeline[-1]
        self.parameters = int(model.coef_.size + model.intercept_.size)
        self._pipeline = pipeline
        self._classes = classes

    def predict_proba(self, values: Sequence[Array]) -> NDArray[np.float32]:
        """Return class probabilities, shape `(sequences, classes)`."""
        probabilities = np.zeros((len(values), self._classes), np.float32)
        if len(values):
            found = self._pipeline.predict_proba(_statistics(values))
            probabilities[:, self._pipeline.classes_] = found
        return probabilities


def fit_statistics_classifier(
    values: Sequence[Array], codes: Codes, classes: int, seed: int = 0
) -> StatisticsClassifier:
    """Fit logistic regression; cross-validation on the training sequences sets its strength.

    Args:
        values: Training sequences.
        codes: Class of each, `(rows,)`.
        classes: Number of classes.
        seed: Fixes the folds.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5_000))
    folds = min(_FOLDS, int(np.bincount(codes)[np.unique(codes)].min()))
    X = _statistics(values)
    if folds >= 2:
        split = StratifiedKFold(folds, shuffle=True, random_state=seed)
        grid = {"logisticregression__C": _STRENGTHS}
        search = GridSearchCV(pipeline, grid, scoring="neg_log_loss", cv=split)
        return StatisticsClassifier(search.fit(X, codes).best_estimator_, classes)
    return StatisticsClassifier(pipeline.fit(X, codes), classes)


class StatisticsRegressor:
    """Ridge regression on summary statistics.

    Attributes:
        parameters: Coefficients and intercept.
    """

    def __init__(self, pipeline: Any) -> None:
        """Keep the fitted model; made by `fit_statistics_regressor`."""
        self.parameters = int(pipeline[-1].coef_.size + 1)
        self._pipeline = pipeline

    def predict(self, values: Sequence[Array]) -> NDArray[np.float64]:
        """Return a number for each sequence, `(sequences,)`."""
        if not len(values):
            return np.zeros(0)
        numbers: NDArray[np.float64] = self._pipeline.predict(_statistics(values))
        return numbers


def fit_statistics_regressor(
    values: Sequence[Array], numbers: NDArray[np.float64]
) -> StatisticsRegressor:
    """Fit ridge regression; leave-one-out on the training sequences sets its strength.

    Args:
        values: Training sequences.
        numbers: Number of each, `(rows,)`.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    strengths = np.geomspace(1e-3, 1e3, 13)
    pipeline = make_pipeline(StandardScaler(), RidgeCV(alphas=strengths))
    return StatisticsRegressor(pipeline.fit(_statistics(values), numbers))


def summary_statistics(values: Array) -> NDArray[np.float64]:
    """Describe one sequence by numbers that do not depend on its length.

    Args:
        values: Shape `(time, channels)`, NaN where missing.

    Returns:
        The length, and of each channel mean, spread, least, quartiles, greatest, first, last, slope
        over time and mean absolute step: shape `(1 + 11 * channels,)`.
    """
    filled = np.asarray(ChannelScaler.fit([values], "none").transform(values), np.float64)
    own = filled[:, : values.shape[1]]
    time = np.linspace(-1, 1, len(own))[:, None] if len(own) > 1 else np.zeros((1, 1))
    slope = (time * own).sum(axis=0) / max(float((time**2).sum()), 1.0)
    steps = np.abs(np.diff(own, axis=0)).mean(axis=0) if len(own) > 1 else np.zeros(own.shape[1])
    quantiles = np.quantile(own, [0, 0.25, 0.5, 0.75, 1], axis=0)
    parts = [own.mean(axis=0), own.std(axis=0), *quantiles, own[0], own[-1], slope, steps]
    return np.concatenate([[len(own)], *parts])


def _best_band(rows: list[Any], codes: Codes) -> float:
    """Return the band under which the most rows are of their nearest neighbour's class."""
    right = []
    for band in _BANDS:
        distances = _distances(rows, rows, band)
        np.fill_diagonal(distances, np.inf)
        right.append(int((codes[distances.argmin(axis=1)] == codes).sum()))
    return _BANDS[int(np.argmax(right))]


def _distances(known: list[Any], rows: list[Any], band: float) -> NDArray[np.float64]:
    """Return the distance of each row to each known one, `(rows, known)`."""
    if not rows:
        return np.zeros((0, len(known)))
    everything = [*known, *rows]
    found = _dtw().distance_matrix_fast(
        everything,
        ndim=everything[0].shape[1],
        window=max(1, round(band * max(map(len, everything)))),
        block=((0, len(known)), (len(known), len(everything))),
        compact=True,
        parallel=False,
    )
    distances: NDArray[np.float64] = np.asarray(found).reshape(len(known), len(rows)).T.copy()
    return distances


def _statistics(values: Sequence[Array]) -> NDArray[np.float64]:
    return np.stack([summary_statistics(row) for row in values])


def _scaled(scaler: ChannelScaler, values: Array) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = scaler.transform(values)[:, : scaler.channels].astype(np.float64)
    return scaled


def _dtw() -> Any:
    try:
        from dtaidistance import dtw_ndim
    except ImportError as error:
        raise MissingDependencyError(
            "dtaidistance", "baselines", "nearest neighbours under dynamic time warping"
        ) from error
    return dtw_ndim
