"""Recurra's forecasters for sktime: `pip install 'recurra[sktime]'`.

::

    from recurra.sktime import RecurraForecaster

    forecaster = RecurraForecaster(model="gru", random_state=0)
    forecaster.fit(y, fh=range(1, 13))
    forecaster.predict_interval(coverage=0.8)
"""

from __future__ import annotations

from recurra.errors import MissingDependencyError

try:
    from recurra.tasks.sktime_forecaster import RecurraForecaster
except ModuleNotFoundError as error:
    if error.name is None or error.name.split(".")[0] not in ("sktime", "pandas"):
        raise
    raise MissingDependencyError("sktime", "sktime", "recurra.sktime") from error

__all__ = ["RecurraForecaster"]
