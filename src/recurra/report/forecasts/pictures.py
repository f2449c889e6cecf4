"""The pictures of a comparison of forecasters: what each is called, what it says, who draws it."""

from __future__ import annotations

from recurra.report.forecasts.figures import (
    coverage,
    curves,
    errors,
    examples,
    size,
    skill,
    steps,
)
from recurra.report.pictures import Picture

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "errors",
        "Error on the test windows",
        "Lower is better. The upright line is the seasonal naive forecast; a MASE of 1 is its "
        "error in the training rows.",
        errors.figure,
        errors.describe,
        "comparison",
    ),
    Picture(
        "skill",
        "Skill against the baselines",
        "How much smaller the absolute error is than a baseline's. Left of zero the baseline is "
        "better.",
        skill.figure,
        skill.describe,
        "comparison",
    ),
    Picture(
        "forecasts",
        "Forecasts of the best network",
        "The dashed line is the origin: nothing at its right was known. The band is calibrated on "
        "the validation windows.",
        examples.figure,
        examples.describe,
        "forecasts",
    ),
    Picture(
        "models",
        "The same window by every model",
        "The plain line is what came, the coloured one the median forecast, the band its interval. "
        "A forecast that only copies the last values shows here.",
        examples.models_figure,
        examples.describe_models,
        "forecasts",
    ),
    Picture(
        "steps",
        "Error by step ahead",
        "Dashed: baselines; the naive one may leave the picture. Where a line crosses a baseline's "
        "the model is worth its cost on one side only.",
        steps.figure,
        steps.describe,
        "steps",
    ),
    Picture(
        "coverage",
        "Coverage of the intervals",
        "Share of the values that came inside the interval. Right of the band intervals are too "
        "wide, left of it too narrow.",
        coverage.figure,
        coverage.describe,
        "steps",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "In the units that a network reads, which its normalisation of windows decides: compare "
        "a curve with itself, not with another's. The point marks the epoch whose weights were "
        "kept.",
        curves.LOSS.figure,
        curves.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_error",
        "Parameters against error",
        "Down and to the left is better: smaller errors from a smaller model. Hollow points are "
        "baselines.",
        size.SIZE.figure,
        size.SIZE.describe,
        "size",
    ),
    Picture(
        "time_vs_error",
        "Training time against error",
        "Until early stopping or the last epoch, mean of the repeats, on the machine that ran the "
        "comparison.",
        size.TIME.figure,
        size.TIME.describe,
        "size",
    ),
)
