"""The two sides of `forecast_peers.py`: what to forecast, Recurra here, the peer in its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recurra.sequences import SeriesTable, fit_scaler
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable_forecasts import Forecaster, open_series

PREDICTION_BATCH = 1024  # the peer's default
PLAIN = {
    "skip": False,
    "residual": False,
    "normalization": "standard",
    "head_dropout": 0.0,
    "averaging": 0.0,
    "learning_rate": 1e-3,
}


@dataclass(frozen=True)
class Case:
    """What to forecast, and the errors to show."""

    title: str
    cell: str
    dataset: str
    lookback: int
    horizon: int
    validation: int
    test: int
    columns: tuple[str, ...] = ()
    errors: tuple[str, str] = ("mse_scaled", "mae_scaled")


ETT = {"dataset": "ett-h1", "lookback": 96, "horizon": 96, "validation": 2880, "test": 2880}
ALL = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
M4 = {"dataset": "m4-hourly", "lookback": 168, "horizon": 48, "validation": 48, "test": 48}
CASES = {
    "ett-gru": Case("ETTh1, OT, GRU", "gru", columns=("OT",), **ETT),
    "ett-lstm": Case("ETTh1, OT, LSTM", "lstm", columns=("OT",), **ETT),
    "ett-all-gru": Case("ETTh1, 7 series, GRU", "gru", columns=ALL, **ETT),
    "m4-gru": Case("M4 Hourly, 100 series, GRU", "gru", errors=("smape", "mase"), **M4),
}


def open_table(case):
    """Return the series of a case, each column one, with training, validation and test rows."""
    if not case.columns:
        return open_series(case.dataset, {}).table.take(np.arange(100))
    table = open_series(case.dataset, {"target": ",".join(case.columns)}).table
    ends = np.arange(len(case.columns) + 1) * len(table.values)
    values = np.concatenate(list(table.values.T))
    return SeriesTable.from_arrays(
        values, targets=["value"], ids=case.columns, offsets=ends, clock=table.clock
    )


class StepClock(TrainingObserver):
    """Keeps when each step of the last epoch ended."""

    def batch_ended(self, batch, logs):
        self.ends = [*(self.ends if batch else ()), time.perf_counter()]


class Recurra:
    """Trains forecasters in this process."""

    def __init__(self, case, table, options):
        self.case, self.table, self.options = case, table, options
        rows = table.lengths - case.test
        self.seen = table.head(rows)
        windows = int((rows - case.validation - case.lookback - case.horizon + 1).sum())
        batch, steps = options["batch_size"], options["steps"]
        self.epoch_windows = min(windows, steps * batch)
        per_epoch = -(-self.epoch_windows // batch)
        self.epochs = max(1, round(steps / per_epoch))
        self.steps = self.epochs * per_epoch

    def run(self, way, seed):
        """Train and forecast; return the record, the forecasts and how to measure them."""
        clock = StepClock()
        started = time.perf_counter()
        forecaster = self.forecaster(way, seed).fit(self.seen, observers=[clock])
        trained = time.perf_counter()
        windows, scales = forecaster.origins_since(self.table)
        predictor = forecaster.predictor_
        reader = predictor.reader(self.table)
        forecasts = np.concatenate(
            [
                predictor.windows(reader, *windows.locate(numbers))
                for numbers in windows.batches(PREDICTION_BATCH)
            ]
        )
        ended = time.perf_counter()
        record = {
            "train_seconds": trained - started,
            "step_ms": 1e3 * float(np.diff(clock.ends).mean()),
            "predict_seconds": ended - trained,
            "steps": forecaster.training_.epoch * len(clock.ends),
            "best_epoch": forecaster.training_.best_epoch,
            "train_rows": forecaster.data_["rows"]["train"],
            "parameters": forecaster.model_.count_params(),
        }
        return record, forecasts[..., 0, 0], (windows, scales)

    def forecaster(self, way, seed):
        case = self.case
        return Forecaster(
            case.horizon,
            model=case.cell,
            units=self.options["units"],
            lookback=case.lookback,
            calendar=False,
            quantiles=(),
            loss="mae",
            batch_size=self.options["batch_size"],
            epochs=self.epochs,
            epoch_windows=self.epoch_windows,
            patience=self.epochs,
            validation=case.validation,
            test=0,
            seed=seed,
            **(PLAIN if way == "same network" else {}),
        )


class Peer:
    """The peer's process."""

    def __init__(self, python):
        script = Path(__file__).with_name("forecast_peer_worker.py")
        self.folder = tempfile.TemporaryDirectory()
        self.series, self.forecasts = (
            str(Path(self.folder.name) / name) for name in ("series.npz", "forecasts.npy")
        )
        self.process = subprocess.Popen(
            [python, str(script)],
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.facts = self.ask(do="facts")

    def ask(self, **command):
        print(json.dumps(command), file=self.process.stdin, flush=True)
        reply = json.loads(self.process.stdout.readline() or '{"error": "it ended"}')
        if "error" in reply:
            raise SystemExit(f"neuralforecast: {reply['error']}")
        return reply

    def open(self, case, table, options):
        """Write the standardised series."""
        rows = table.lengths - case.test - case.validation
        self.scaler = fit_scaler(table.values, table.offsets, rows)
        series = np.repeat(np.arange(len(rows)), table.lengths)
        values = (table.values - self.scaler.shift[series]) / self.scaler.scale[series]
        values = values[:, 0].astype(np.float32)
        np.savez(self.series, values=values, offsets=table.offsets, train_rows=rows)
        own = {name: getattr(case, name) for name in ("cell", "lookback", "horizon")}
        files = {"series": self.series, "forecasts": self.forecasts, "test_rows": case.test}
        self.command = {**own, **files, **options}
        trial = self.ask(**self.command, do="choose threads", way="same network", seed=0)
        print(f"{case.title}: neuralforecast's threads: {trial}", file=sys.stderr)

    def run(self, **command):
        """Return the record, and the forecasts in the series' units, `(windows, horizon)`."""
        record = self.ask(**{**self.command, **command})
        found = np.load(self.forecasts).astype(np.float64)
        series = np.arange(len(found)) // (len(found) // len(self.scaler.shift))
        return record, found * self.scaler.scale[series] + self.scaler.shift[series]

    def close(self):
        self.process.communicate(timeout=60)
        self.folder.cleanup()
