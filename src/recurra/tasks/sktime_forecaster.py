"""`RecurraForecaster`: a recurrent forecaster as sktime has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sktime.datatypes import get_cutoff
from sktime.forecasting.base import BaseForecaster

from recurra.errors import DataError, UsageError
from recurra.sequences import SeriesTable
from recurra.tasks._forecast_preparation import prepare_series
from recurra.tasks._forecast_settings import resolve_forecast_settings
from recurra.tasks._quantile_levels import quantiles_at
from recurra.tasks._sktime_series import Instance, TimeGrid, instances, table_of
from recurra.tasks.forecaster import Forecaster

__all__ = ["RecurraForecaster"]

_MTYPES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]
_OWN = ("sp", "preset", "random_state")  # parameters that are no settings of `Forecaster`
_FEWEST_ROWS = 3


class RecurraForecaster(BaseForecaster):  # type: ignore[misc]
    """A recurrent network as an sktime forecaster.

    One network learns from all instances of a panel or a hierarchy, and from all columns at once.
    Covariates `X` count as known in the future. Missing values are interpolated inside each
    window. `fit` needs the horizon; series shorter than two horizons train with a shorter one,
    whose forecasts are fed back.

    `None` means: as the model, the preset or the data say; see `recurra.Forecaster`.

    Args:
        model: `"rnn"`, `"lstm"`, `"gru"`, `"stacked"`, `"bidirectional"`, `"attention"`,
            `"seq2seq"` or `"segrnn"`.
        lookback: Steps to read.
        sp: Seasonal periodicity; by the frequency of the index when left out.
        strategy: `"direct"` or `"recursive"`.
        units: Units of each recurrent layer.
        layers: Number of recurrent layers.
        dropout: Dropout of each recurrent layer's inputs.
        residual: Correct the seasonal naive forecast instead of forecasting anew.
        normalization: What is taken out of every window: `"none"`, `"last"` or `"standard"`.
        transform: `"none"` or `"log1p"`.
        calendar: Read features of the time of every step.
        quantiles: Levels to forecast, 0.5 among them; other levels are read between and beyond
            them as of a normal distribution. Empty for a point forecast without intervals.
        loss: `"pinball"`, `"mae"` or `"mse"`.
        epochs: The most epochs.
        batch_size: Windows in one step.
        learning_rate: Adam's first learning rate.
        patience: Epochs without progress on the validation windows before training stops.
        validation: Share or number of rows held out for early stopping and calibration.
        kernels: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        random_state: Seed; `None` draws another one each time.

    Attributes:
        forecaster_: The fitted `recurra.Forecaster`.

    Examples:
        >>> from recurra.sktime import RecurraForecaster
        >>> from sktime.datasets import load_airline
        >>> y = load_airline()
        >>> forecaster = RecurraForecaster(lookback=12, units=4, epochs=1)
        >>> _ = forecaster.fit(y, fh=[1, 2, 3])
        >>> forecaster.predict_interval(coverage=0.8).shape
        (3, 2)
    """

    _tags: ClassVar[dict[str, Any]] = {
        "authors": "recurra developers",
        "maintainers": "recurra developers",
        "capability:multivariate": True,
        "capability:exogenous": True,
        "capability:insample": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:missing_values": True,
        "capability:non_contiguous_X": False,
        "capability:update": True,
        "capability:categorical_in_X": False,
        "capability:random_state": True,
        "property:randomness": "derandomized",
        "requires-fh-in-fit": True,
        "X-y-must-have-same-index": True,
        "y_inner_mtype": _MTYPES,
        "X_inner_mtype": _MTYPES,
    }
    # `_cur_y` and `_cur_X` hold what came.
    _config: ClassVar[dict[str, Any]] = {"remember_data": False}

    def __init__(
        self,
        model: str = "gru",
        lookback: int | None = None,
        sp: int | None = None,
        strategy: str | None = None,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        dropout: float | None = None,
        residual: bool | None = None,
        normalization: str | None = None,
        transform: str | None = None,
        calendar: bool | None = None,
        quantiles: Sequence[float] | None = None,
        loss: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        patience: int | None = None,
        validation: float | int | None = None,
        kernels: str | None = None,
        preset: str = "fast",
        random_state: Any = 0,
    ) -> None:
        self.model = model
        self.lookback = lookback
        self.sp = sp
        self.strategy = strategy
        self.units = units
        self.layers = layers
        self.dropout = dropout
        self.residual = residual
        self.normalization = normalization
        self.transform = transform
        self.calendar = calendar
        self.quantiles = quantiles
        self.loss = loss
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.validation = validation
        self.kernels = kernels
        self.preset = preset
        self.random_state = random_state
        super().__init__()
        self._y, self._X = None, None
        if quantiles is not None and len(quantiles) < 2:
            self.set_tags(**{"capability:pred_int": False})

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Return settings for sktime's tests: tiny networks, an epoch or two."""
        tiny = {"lookback": 4, "units": 4, "epochs": 1, "random_state": 0}
        return [
            {**tiny, "quantiles": (0.1, 0.5, 0.9)},
            {**tiny, "model": "lstm", "quantiles": (), "calendar": False, "epochs": 2},
        ]

    def _fit(self, y: Any, X: Any, fh: Any) -> RecurraForecaster:
        self._cur_y, self._cur_X = y, X
        self._grid = TimeGrid.of(_times(y))
        self._train()
        return self

    def _update(self, y: Any, X: Any = None, update_params: bool = True) -> RecurraForecaster:
        self._cur_y = _joined(self._cur_y, y)
        if self._cur_X is not None and X is not None:
            self._cur_X = _joined(self._cur_X, X)
        if update_params:
            self._train()
        return self

    def _predict(self, fh: Any, X: Any) -> Any:
        rows, index = self._forecast(fh, X)
        middle = self.forecaster_.settings_.quantiles
        points = rows[..., middle.index(0.5) if middle else 0]
        return pd.DataFrame(points, index=index, columns=self._cur_y.columns)

    def _predict_quantiles(self, fh: Any, X: Any, alpha: Sequence[float]) -> Any:
        rows, index = self._forecast(fh, X)
        found = quantiles_at(rows, self.forecaster_.settings_.quantiles, alpha)
        columns = pd.MultiIndex.from_product([self._get_varnames(), alpha])
        return pd.DataFrame(found.reshape(len(index), -1), index=index, columns=columns)

    def _train(self) -> None:
        """Train on all that came, with a shorter horizon where the series are short."""
        table = table_of(self._cur_y, self._cur_X, self._grid)
        longest = int(table.observed_lengths.max())
        if longest < _FEWEST_ROWS:
            raise DataError(
                f"the longest series has {longest} observed values; {_FEWEST_ROWS} are needed"
            )
        horizon = min(self._horizon(), (longest - 1) // 2)
        given = {k: v for k, v in self.get_params(deep=False).items() if k not in _OWN}
        given |= {"horizon": horizon, "season": self.sp, "missing": "interpolate", "test": 0}
        forecaster = Forecaster(**given, preset=self.preset, seed=self._seed())
        settings = resolve_forecast_settings(self.preset, given)
        # Whoever predicts gives X, so it is known, even where it equals the target.
        prepared = prepare_series(table, settings, preset=self.preset, trust_known=True)
        self.forecaster_ = forecaster.fit_prepared(prepared)

    def _seed(self) -> int:
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _horizon(self) -> int:
        """Return the greatest number of steps ahead of any instance."""
        return max(int(self._steps(item)[-1]) for item in instances(self._cur_y))

    def _steps(self, item: Instance) -> NDArray[np.int64]:
        """Return how many steps after an instance's own end the horizon asks for."""
        steps = np.asarray(self._fh.to_relative(self._cutoff_of(item)).to_numpy(), np.int64)
        if (steps < 1).any():
            raise UsageError(
                f"RecurraForecaster makes no in-sample forecasts: series {item.key} ends at "
                f"{item.frame.index[-1]}, after the first time of fh"
            )
        return steps

    def _cutoff_of(self, item: Instance) -> Any:
        if self._cutoff is not None and item.frame.index[-1] == self._cutoff[0]:
            return self._cutoff
        return get_cutoff(item.frame, return_index=True)

    def _forecast(self, fh: Any, X: Any) -> tuple[NDArray[np.float64], Any]:
        """Return `(rows, targets, outputs)` and the index of the rows."""
        table = self._table_to_forecast(X)
        items = instances(self._cur_y)
        steps = [self._steps(item) for item in items]
        values = self.forecaster_.forecast(table, int(max(part.max() for part in steps))).values
        rows = np.concatenate([values[k, part - 1] for k, part in enumerate(steps)])
        times = [fh.to_absolute_index(self._cutoff_of(item)) for item in items]
        if not items[0].key:
            return rows, times[0]
        keys = [(*item.key, time) for item, part in zip(items, times, strict=True) for time in part]
        return rows, pd.MultiIndex.from_tuples(keys, names=self._cur_y.index.names)

    def _table_to_forecast(self, X: Any) -> SeriesTable:
        known = self._cur_X
        if known is not None:
            if X is None:
                raise UsageError("the forecaster was fitted with X; predict needs X of the future")
            known = _joined(known, X[known.columns])
        return table_of(self._cur_y, known, self._grid)


def _times(y: Any) -> Any:
    """Return the time index of the longest instance."""
    return max((item.frame.index for item in instances(y)), key=len)


def _joined(before: Any, after: Any) -> Any:
    """Put later rows after earlier ones; of rows that came twice the later ones count."""
    rows = pd.concat([before, after])
    rows = rows[~rows.index.duplicated(keep="last")]
    return rows.sort_index()
