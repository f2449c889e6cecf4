"""Pictures of comparisons, forecasts, backtests and anomalies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from recurra.errors import OutputError, UnknownNameError, UsageError
from recurra.report import anomaly_plot, backtest_plot, forecast_plot
from recurra.report.canvas import styled
from recurra.report.forecasts.figures import coverage, curves, errors, examples, skill, steps
from recurra.report.forecasts.pictures import PICTURES
from recurra.runtime import Forecast
from recurra.sequences import Clock, SeriesTable
from recurra.tasks import Anomalies, Backtest

Records = list[dict[str, Any]]


@styled
def overflowing(figure: Figure) -> list[str]:
    """Texts that leave the picture."""
    figure.draw_without_rendering()
    outer = figure.bbox
    found = []
    for text in (text for axes in figure.axes for text in axes.texts):
        box = text.get_window_extent()
        if box.x0 < outer.x0 - 1 or box.x1 > outer.x1 + 1 or box.y1 > outer.y1 + 1:
            found.append(text.get_text())
    return found


FEW = ("snaive", "linear", "gru", "segrnn")


def edge_case(forecasts: ModuleType, kind: str) -> Records:
    if kind == "one step":
        return forecasts.comparison(FEW, horizon=1)
    if kind == "long names, three targets":
        return forecasts.comparison(
            FEW, targets=("load", "$wind$", "солнце"), name="A name of a remarkable length, really"
        )
    if kind == "one model":
        return forecasts.comparison(("gru",))
    if kind == "worthless":
        return [*forecasts.comparison(("snaive",)), forecasts.record("gru", error=400.0)]
    if kind == "no MASE":
        records = forecasts.comparison(FEW)
        for one in records:
            one["metrics"]["mase"] = None
            one["metrics"]["by_step"]["mase"] = [None] * 24
        return records
    return forecasts.comparison(("naive", "linear", "gru"), repeats=3, series=("a", "b", "c"))


KINDS = ["one step", "long names, three targets", "one model", "worthless", "no MASE", "repeats"]


@pytest.mark.parametrize("kind", KINDS)
def test_edge_cases_are_drawn_inside_the_picture(forecasts: ModuleType, kind: str) -> None:
    records = edge_case(forecasts, kind)
    for picture in PICTURES:
        figure = picture.draw(records)
        if figure is None:
            continue
        assert overflowing(figure) == [], picture.slug
        assert len(picture.describe(records)) > 40


def test_pictures_that_have_nothing_to_show_are_left_out(forecasts: ModuleType) -> None:
    records = forecasts.comparison(("snaive",), coverage=None)
    drawn = {picture.slug for picture in PICTURES if picture.draw(records) is not None}
    assert drawn == {"errors", "forecasts", "steps"}
    assert steps.figure(forecasts.comparison(horizon=1)) is None


def test_bars_are_as_long_as_the_errors(forecasts: ModuleType) -> None:
    figure = errors.figure(forecasts.comparison(("snaive", "linear", "gru")))
    bars = [patch.get_width() for patch in figure.axes[0].patches][1::2]  # each after its track
    assert bars == pytest.approx([0.74, 0.82, 1.0])


def test_skill_bars_point_left_where_the_baseline_is_better(forecasts: ModuleType) -> None:
    figure = skill.figure(forecasts.comparison(("snaive", "gru", "segrnn", "naive")))
    assert figure is not None
    assert [bar.get_width() for bar in figure.axes[0].patches] == pytest.approx([0.26, -0.05, -0.9])


def test_coverage_stands_where_it_was_measured(forecasts: ModuleType) -> None:
    records = [forecasts.record("gru", coverage=0.7), forecasts.record("lstm", coverage=0.9)]
    figure = coverage.figure(records)
    assert figure is not None
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx([0.7, 0.9])


def test_a_hopeless_naive_forecast_does_not_flatten_the_others(forecasts: ModuleType) -> None:
    records = [forecasts.record("naive", error=50.0), *forecasts.comparison(("snaive", "gru"))]
    figure = steps.figure(records)
    assert figure is not None
    assert figure.axes[0].get_ylim() == pytest.approx((0, 1.05 * 2 * 1.4))
    assert overflowing(figure) == []


def test_losses_of_different_units_have_axes_of_their_own(forecasts: ModuleType) -> None:
    figure = curves.LOSS.figure(forecasts.comparison(("gru", "naive", "rnn", "segrnn")))
    assert figure is not None
    assert len({axes.get_ylim() for axes in figure.axes}) == 3
    assert all(len(axes.lines) == 3 for axes in figure.axes)  # no other model's line


def test_forecasts_stand_beside_what_came(forecasts: ModuleType) -> None:
    records = forecasts.comparison(("snaive", "gru"))
    figure = examples.figure(records)
    assert figure is not None
    shown = records[1]["examples"][0]
    observed = next(line for line in figure.axes[0].lines if len(line.get_xdata()) == 72)
    values = np.array(shown["history"] + shown["actual"], dtype=float)
    np.testing.assert_allclose(observed.get_ydata(), values)
    forecast = next(line for line in figure.axes[0].lines if len(line.get_xdata()) == 24)
    np.testing.assert_allclose(forecast.get_ydata(), shown["forecast"])


def table(series: int = 2, rows: int = 60) -> SeriesTable:
    values = np.sin(np.arange(series * rows) / 4)[:, None].repeat(2, 1) * [1.0, 5.0] + 10
    clock = Clock("datetime", "1h", "2021-10-30T20:00:00+02:00", "Europe/Berlin", column="time")
    return SeriesTable.from_arrays(
        values,
        targets=("load", "wind"),
        ids=[f"plant {n}" for n in range(series)],
        offsets=np.arange(series + 1) * rows,
        clock=clock,
    )


def forecast_of(tail: SeriesTable, quantiles: tuple[float, ...], horizon: int = 8) -> Forecast:
    levels = np.linspace(-1, 1, max(1, len(quantiles)))
    values = 10 + np.zeros((len(tail.ids), horizon, 2, 1)) + levels
    return Forecast(
        tail.ids, "id", tail.clock, tail.starts + tail.lengths, tail.target_names, quantiles,
        values, values.mean(axis=-1), horizon,
    )  # fmt: skip


def test_forecast_plot_draws_every_interval(tmp_path: Path) -> None:
    tail = table()
    figure = forecast_plot(
        forecast_of(tail, (0.05, 0.25, 0.5, 0.75, 0.95)), tail, tmp_path / "f.png"
    )
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["f.png"]
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["plant 0, load", "plant 0, wind", "plant 1, load", "plant 1, wind"]
    assert all(len(axes.collections) == 2 for axes in figure.axes)
    (words,) = (text.get_text() for text in figure.legends[0].get_texts()[-1:])
    assert words.replace("\u00a0", " ") == "90 % and 50 % intervals"


def test_forecast_plot_draws_at_most_six_panels_or_those_asked_for(tmp_path: Path) -> None:
    tail = table(series=20)
    forecast = forecast_of(tail, ())
    assert len(forecast_plot(forecast, tail, tmp_path / "f.svg").axes) == 6
    chosen = forecast_plot(forecast, tail, Figure(), series=["plant 7"])
    assert [axes.get_title(loc="left") for axes in chosen.axes] == [
        "plant 7, load",
        "plant 7, wind",
    ]
    with pytest.raises(UnknownNameError, match="unknown series 'plant 77'; did you mean 'plant 7'"):
        forecast_plot(forecast, tail, Figure(), series=["plant 77"])


def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tail = table(1)
    with pytest.raises(UsageError, match=r"f\.gif must end in \.png, \.svg or \.pdf"):
        forecast_plot(forecast_of(tail, ()), tail, tmp_path / "f.gif")
    with pytest.raises(OutputError, match="cannot write"):
        forecast_plot(forecast_of(tail, ()), tail, tmp_path / "none" / "f.png")
    assert list(tmp_path.iterdir()) == []


def backtest(quantiles: bool = True) -> Backtest:
    horizon, windows = 4, 3
    first = dt.datetime(2021, 1, 1)
    times = [first + dt.timedelta(hours=n) for n in range(horizon * windows)]
    columns: dict[str, list[Any]] = {
        "origin": [times[n // horizon * horizon] for n in range(len(times))],
        "time": times,
        "step": [1, 2, 3, 4] * windows,
        "load_actual": [float(n) for n in range(len(times))],
        "load": [n + 0.5 for n in range(len(times))],
        "load_seasonal_naive": [None if n == 0 else n - 2.0 for n in range(len(times))],
    }
    if quantiles:
        columns["load_0.1"] = [n - 1.0 for n in range(len(times))]
        columns["load_0.9"] = [n + 2.0 for n in range(len(times))]
    line = {"mase": [0.1, 0.2, None, 0.4], "mae": [1.0, 2.0, 3.0, 4.0]}
    figures = {"mase": 0.2, "mae": 2.5, "by_step": line}
    metrics = {
        **figures,
        "by_target": {"load": {}},
        "baselines": {"naive": figures, "seasonal_naive": figures},
    }
    return Backtest(metrics, [str(times[n]) for n in (0, 4, 8)], columns, 1)


@pytest.mark.parametrize("quantiles", [True, False])
def test_backtest_plot_shows_windows_and_steps(tmp_path: Path, quantiles: bool) -> None:
    figure = backtest_plot(backtest(quantiles), tmp_path / "b.svg")
    windows, by_step = figure.axes
    assert len(windows.collections) == (3 if quantiles else 0)
    assert len(windows.lines) == 1 + 2 * 3
    assert [len(line.get_xdata()) for line in by_step.lines] == [4, 4, 4]
    assert overflowing(figure) == []


def test_anomaly_plot_marks_what_is_odd(tmp_path: Path) -> None:
    rows = 40
    columns: dict[str, list[Any]] = {
        "plant": ["a", "b"] * rows,
        "time": [n // 2 for n in range(2 * rows)],
        "target": ["load"] * (2 * rows),
        "value": [float(n % 7) for n in range(2 * rows)],
        "expected": [3.0] * (2 * rows),
        "lower": [1.0] * (2 * rows),
        "upper": [5.0] * (2 * rows),
        "score": [0.0] * (2 * rows),
        "p_value": [0.5] * (2 * rows),
        "anomaly": [n in (11, 31, 40) for n in range(2 * rows)],
    }
    figure = anomaly_plot(Anomalies(columns, 0.99, 2 * rows, 3), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["b, load", "a, load"]
    odd = [len(line.get_xdata()) for axes in figure.axes for line in axes.lines[1:]]
    assert odd == [2, 1]
