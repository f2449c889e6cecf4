"""Forecasts beside what came: several windows of one model, one window of every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.report.canvas import TEXT, new_figure, styled
from recurra.report.forecasts.panels import draw_panel, example_panel, panel_key, spaced
from recurra.report.numbers import percent, shorten
from recurra.report.tables import best_network
from recurra.report.theme import model_colours
from recurra.study.forecast_summary import summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "describe_models", "figure", "models_figure"]

_PANEL = 158
_WIDE = 900

Example = Mapping[str, Any]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the example windows of the best network.

    Args:
        records: Records of one comparison.

    Returns:
        The figure, a row for each target; wider than the others where there are several targets;
        None if there are no examples.
    """
    run = _shown(records)
    rows = _by_target(run["examples"])
    if not rows:
        return None
    several = len(rows) > 1
    columns = max(map(len, rows)) if several else 1
    lines = rows if several else [[one] for one in rows[0]]
    drawing = new_figure(_PANEL * len(lines) + 34, _WIDE if several else 440)
    panels = drawing.subplots(len(lines), columns, sharey="row", squeeze=False)
    colour = model_colours(record["model"] for record in records)[run["model"]]
    for line, examples in zip(panels, lines, strict=True):
        for axes, example in zip(line, examples, strict=False):
            draw_panel(axes, example_panel(example, _title(example, run)), colour)
        for axes in line[len(examples) :]:
            axes.remove()
    spaced(drawing)
    panel_key(drawing, colour, f"{shorten(run['name'], 20)}, median", _interval_words(run))
    return drawing


@styled
def models_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the same window forecast by every model.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if there are no examples or there is one model.
    """
    runs = [_typical(records, one.model) for one in summarise_forecasts(records)]
    place = _middle(runs[0]["examples"])
    if place is None or len(runs) < 2 or any(len(r["examples"]) <= place for r in runs):
        return None
    rows = -(-len(runs) // 2)
    drawing = new_figure(132 * rows + 10)
    panels = drawing.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
    flat = [axes for line in panels for axes in line]
    colours = model_colours(record["model"] for record in records)
    for axes, run in zip(flat, runs, strict=False):
        colour = colours[run["model"]]
        draw_panel(axes, example_panel(run["examples"][place], ""), colour)
        axes.set_title(
            shorten(run["name"], 22), loc="left", color=colour.light, fontsize=TEXT, pad=5
        )
    spaced(drawing)
    _lowest_labels(flat, len(runs))
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure of windows shows."""
    run = _shown(records)
    titles = "; ".join(f"{_title(one, run)}: {_inside(one)}" for one in run["examples"])
    return f"Forecasts of {run['name']} beside what came. {titles}."


def describe_models(records: Sequence[Record]) -> str:
    """Say in words what the figure of models shows."""
    runs = [_typical(records, one.model) for one in summarise_forecasts(records)]
    place = _middle(runs[0]["examples"]) or 0
    parts = "; ".join(f"{run['name']}: {_inside(run['examples'][place])}" for run in runs)
    return f"The same window forecast by each model. {parts}."


def _shown(records: Sequence[Record]) -> Record:
    return _typical(records, best_network(summarise_forecasts(records)).model)


def _typical(records: Sequence[Record], model: str) -> Record:
    """Return the repeat of median error; the best would flatter."""
    runs = [record for record in records if record["model"] == model]
    ranked = sorted(runs, key=lambda run: (run["metrics"]["mae_scaled"], run["repeat"]))
    return ranked[(len(ranked) - 1) // 2]


def _by_target(examples: Sequence[Example]) -> list[list[Example]]:
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example["target"], []).append(example)
    return list(groups.values())


def _middle(examples: Sequence[Example]) -> int | None:
    """Return the place of the middle window of the first target."""
    first = [n for n, one in enumerate(examples) if one["target"] == examples[0]["target"]]
    return first[len(first) // 2] if first else None


def _title(example: Example, run: Record) -> str:
    parts = [example["series"]] if example["series"] else []
    if len({one["target"] for one in run["examples"]}) > 1 or not parts:
        parts.append(example["target"])
    return f"{shorten(', '.join(parts), 24)}, from {example['times'][0][:16]}"


def _interval_words(run: Record) -> str:
    nominal = run["metrics"].get("nominal")
    return "" if nominal is None else f"{percent(nominal, 0)} interval"


def _inside(example: Example) -> str:
    if example["low"] is None or example["high"] is None:
        return f"{len(example['times'])} steps"
    known = [
        low <= value <= high
        for low, value, high in zip(example["low"], example["actual"], example["high"], strict=True)
        if None not in (low, value, high)
    ]
    return f"{sum(known)} of {len(known)} values inside the interval"


def _lowest_labels(panels: Sequence[Axes], used: int) -> None:
    """Write the times below the lowest panel of each column."""
    for place, axes in enumerate(panels):
        if place >= used:
            axes.remove()
            continue
        lowest = place + 2 >= used
        axes.tick_params(labelbottom=lowest)
        axes.xaxis.get_offset_text().set_visible(lowest)
        axes.xaxis.set_in_layout(place + 2 >= len(panels))
