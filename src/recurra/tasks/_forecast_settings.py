"""The settings of a forecaster, and what presets and data fill in where the user leaves it open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import UnknownNameError, UsageError
from recurra.runtime import ForecasterSpecification
from recurra.sequences import MISSING, NORMALIZATIONS, SCALINGS, TRANSFORMS
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_between,
    check_choice,
    check_learning_rate,
    check_rows,
    check_whole,
    is_number,
    plain_value,
)
from recurra.tasks._task_settings import TaskSettings, read_settings, units_by_layer
from recurra.tasks._training_options import TrainingOptions

__all__ = [
    "FORECAST_MODELS",
    "FORECAST_PRESETS",
    "ForecasterSettings",
    "forecast_settings_from_manifest",
    "resolve_forecast_settings",
    "settle_forecast_settings",
]

STRATEGIES = ("direct", "recursive")
LOSSES = ("mae", "mse", "pinball")


@dataclass(frozen=True)
class ForecasterSettings(TaskSettings):
    """Everything that decides how a forecaster is made.

    `ForecasterSpecification` explains the architecture, `WindowEncoder` the windows and
    `TrainingOptions` the training; here are the rest. 0 stands for what the data decide.

    Args:
        horizon: Steps to forecast.
        lookback: Steps to read.
        strategy: `"direct"` (all steps at once) or `"recursive"` (one step, fed back).
        layers: Recurrent layers, where `units` is one number.
        season: Steps of a season, for the seasonal naive forecast and MASE.
        residual: Correct the seasonal naive forecast instead of forecasting anew; `None` where a
            season fits into the look-back.
        normalization: See `WindowEncoder`; `None` takes out the last value of a single series'
            windows, and mean and deviation where there are many, which so become alike.
        scaling: `"standard"`, `"minmax"` or `"none"`.
        calendar: Read features of the time of every step.
        quantiles: Levels to forecast, 0.5 among them; empty for a point forecast.
        loss: `"pinball"` with quantiles, else `"mae"` or `"mse"`.
        epoch_windows: The most windows of an epoch; drawn anew each time where there are more.
        validation: Share of the rows, or number of rows, held out for early stopping and for the
            calibration of intervals.
        test: Share of the rows, or number of rows, at the end for measuring.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    horizon: int
    lookback: int = 0
    model: str = "gru"
    strategy: str = "direct"
    architecture: str = "recurrent"
    cell: str = "gru"
    units: int | tuple[int, ...] = 64
    layers: int = 1
    bidirectional: bool = False
    attention: str = ""
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    head_dropout: float = 0.1
    segment: int = 0
    skip: bool = True
    season: int = 0
    residual: bool | None = None
    normalization: str | None = None
    scaling: str = "standard"
    transform: str = "none"
    missing: str = "error"
    calendar: bool = True
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    loss: str = "pinball"
    epochs: int = 0
    batch_size: int = 0
    learning_rate: float = 2e-3
    patience: int = 4
    plateau_patience: int = 2
    averaging: float = 0.98
    epoch_windows: int = 1 << 15
    validation: float | int = 0.15
    test: float | int = 0.1
    kernels: str = "auto"

    @property
    def steps(self) -> int:
        """Steps that the network forecasts at once."""
        return 1 if self.strategy == "recursive" else self.horizon

    def specification(
        self, targets: int, past: int, future: int, static: int
    ) -> ForecasterSpecification:
        """Return the architecture for data with so many features."""
        median = self.quantiles.index(0.5) if self.quantiles else 0
        return ForecasterSpecification(
            lookback=self.lookback,
            horizon=self.steps,
            targets=targets,
            past_features=past,
            future_features=future,
            static_features=static,
            outputs=max(1, len(self.quantiles)),
            median=median,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )

    def training(self) -> TrainingOptions:
        """Return how to train."""
        return replace(super().training(), judge_start=self.skip)


_ARCHITECTURE = (
    "architecture",
    "cell",
    "bidirectional",
    "attention",
    "dropout",
    "recurrent_dropout",
    "head_dropout",
    "segment",
    "skip",
)
FORECAST_MODELS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn"},
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "stacked": {"cell": "lstm", "layers": 2},
    "bidirectional": {"cell": "lstm", "bidirectional": True},
    "attention": {"cell": "lstm", "attention": "additive"},
    "seq2seq": {"architecture": "seq2seq", "cell": "gru", "attention": "dot"},
    "segrnn": {
        "architecture": "segrnn",
        "cell": "gru",
        "units": 128,
        "head_dropout": 0.5,
        "normalization": "last",
        "calendar": False,
        "residual": False,
        "learning_rate": 1e-3,
    },
}
FORECAST_PRESETS: dict[str, dict[str, Any]] = {
    "fast": {},
    "accurate": {"units": 128, "patience": 5, "averaging": 0.99},
}
_ACCURATE_SEGRNN = {"units": 256, "learning_rate": 5e-4}
_STEPS = {"fast": 1_500, "accurate": 2_500}  # about what the networks need on series like ETTh1
_FEWEST_EPOCHS, _MOST_EPOCHS = 4, 100
_LONGEST_LOOKBACK = 512


def resolve_forecast_settings(preset: str, given: Mapping[str, Any]) -> ForecasterSettings:
    """Fill in what was not given, but for what the data decide.

    Args:
        preset: A name of `FORECAST_PRESETS`.
        given: Settings by name; `None` means not given.

    Raises:
        UnknownNameError: If a name or a choice is unknown.
        UsageError: If a number is out of its range, or settings contradict each other.
    """
    check_choice("preset", preset, tuple(FORECAST_PRESETS))
    chosen = {name: plain_value(value) for name, value in given.items() if value is not None}
    model = chosen.setdefault("model", "gru")
    check_choice("model", model, tuple(FORECAST_MODELS))
    values = {**FORECAST_PRESETS[preset], **FORECAST_MODELS[model]}
    if preset == "accurate" and model == "segrnn":
        values |= _ACCURATE_SEGRNN
    if "quantiles" in chosen and not chosen["quantiles"]:
        values["loss"] = "mae"
    return _make(**{**values, **chosen})


def settle_forecast_settings(
    settings: ForecasterSettings,
    *,
    preset: str,
    season: int,
    series: int,
    train_rows: int,
    windows: int,
) -> ForecasterSettings:
    """Fill in what the data decide.

    Args:
        settings: Resolved settings.
        preset: As for `resolve_forecast_settings`.
        season: Usual season of the data's frequency.
        series: Number of series.
        train_rows: Training rows of a typical series.
        windows: Training windows at the shortest look-back.

    Raises:
        UsageError: If the settings do not suit the data.
    """
    season = settings.season or season
    settings = replace(settings, season=season)
    lookback = settings.lookback or _choose_lookback(settings.horizon, season, train_rows)
    batch = settings.batch_size or (64 if windows >= 2_048 else 32 if windows >= 256 else 16)
    counted = min(windows, settings.epoch_windows)
    epochs = settings.epochs or _choose_epochs(counted, batch, _STEPS[preset])
    segment = settings.segment
    if settings.architecture == "segrnn" and not segment:
        segment = _choose_segment(lookback)
    residual = 1 < season <= lookback if settings.residual is None else settings.residual
    if residual and season > lookback:
        raise UsageError(
            f"residual=True repeats a season of {season} steps, the look-back has {lookback}; "
            "give a longer lookback or another season"
        )
    return replace(
        settings,
        lookback=lookback,
        batch_size=batch,
        epochs=epochs,
        segment=segment,
        residual=residual,
        normalization=settings.normalization or ("last" if series == 1 else "standard"),
    )


def forecast_settings_from_manifest(manifest: Mapping[str, Any]) -> ForecasterSettings:
    """Read the settings of a saved forecaster.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, ForecasterSettings, "a forecaster", _make)


def _choose_lookback(horizon: int, season: int, rows: int) -> int:
    """Two seasons or two horizons, and not more than a third of the training rows."""
    wanted = min(max(2 * season, 2 * horizon, 8), _LONGEST_LOOKBACK)
    room = max(1, min(rows - horizon - 1, rows // 3 if rows >= 3 * horizon else rows // 2))
    return min(wanted, max(room, min(season, rows - horizon)))


def _choose_epochs(windows: int, batch: int, steps: int) -> int:
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(steps / max(1, windows // batch))))


def _choose_segment(lookback: int) -> int:
    """Return the divisor of the look-back nearest to a quarter of it, between 4 and 48."""
    wanted = min(max(lookback / 4, 4), 48)
    divisors = [n for n in range(1, lookback + 1) if lookback % n == 0]
    return min(divisors, key=lambda n: (abs(n - wanted), n))


def _make(**values: Any) -> ForecasterSettings:
    settings = ForecasterSettings(**values)
    _check(settings)
    return settings


def _check(settings: ForecasterSettings) -> None:
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            known = [choice for choice in choices if choice is not None]
            raise UnknownNameError(name, str(getattr(settings, name)), known)
    for name in ("horizon", "layers", "patience", "epoch_windows"):
        check_whole(name, getattr(settings, name), 1)
    for name in ("lookback", "season", "segment", "epochs", "batch_size"):
        check_whole(name, getattr(settings, name), 0)
    check_learning_rate(settings.learning_rate)
    check_between("averaging", settings.averaging)
    check_rows("validation", settings.validation, smallest=1)
    check_rows("test", settings.test, smallest=0)
    _check_quantiles(settings)
    if isinstance(settings.units, tuple) and settings.layers not in (1, len(settings.units)):
        raise UsageError(
            f"units names {len(settings.units)} layers ({settings.units}), "
            f"layers says {settings.layers}"
        )
    segment = settings.segment or int(settings.architecture == "segrnn")
    sized = replace(settings, lookback=settings.lookback or 8, segment=segment)
    sized.specification(targets=1, past=0, future=0, static=0)  # checks the architecture


_CHOICES: dict[str, Sequence[str | None]] = {
    "model": tuple(FORECAST_MODELS),
    "strategy": STRATEGIES,
    "normalization": (None, *NORMALIZATIONS),
    "scaling": SCALINGS,
    "transform": TRANSFORMS,
    "missing": MISSING,
    "loss": LOSSES,
    "kernels": KERNELS,
}


def _check_quantiles(settings: ForecasterSettings) -> None:
    levels = settings.quantiles
    if not levels:
        if settings.loss == "pinball":
            raise UsageError("loss='pinball' needs quantiles; take loss='mae' or 'mse'")
        return
    rising = list(levels) == sorted(set(levels))
    if not all(is_number(q) and 0 < q < 1 for q in levels) or not rising or 0.5 not in levels:
        raise UsageError(
            f"quantiles must rise between 0 and 1 and hold 0.5, as 0.1,0.5,0.9; not {levels}"
        )
    if settings.loss != "pinball":
        raise UsageError(f"loss={settings.loss!r} forecasts no quantiles; give quantiles=()")
