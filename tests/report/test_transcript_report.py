"""Reports of comparisons of recognizers: the frame of regressors, their own words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from recurra.errors import DataError
from recurra.report.kinds import KINDS
from recurra.report.page import render_page
from recurra.report.results import check_results
from recurra.report.terminal import records_table
from recurra.report.transcripts.figures import errors, learning

Records = list[dict[str, Any]]
DRAWING = {"svg": "<svg></svg>", "title": "t", "caption": "c", "width": 400}


def recognizers() -> Records:
    """Return records of a comparison of recognizers."""
    rates = {"constant": 0.9, "dense": 0.5, "gru": 0.1}
    return [
        {
            "task": "transcribe",
            "model": model,
            "name": model.upper(),
            "repeat": 0,
            "seed": 0,
            "kernel": "numpy",
            "word_error_rate": rate,
            "word_error_rate_interval": [0.9 * rate, 1.1 * rate],
            "character_error_rate": rate / 2,
            "clip_accuracy": 1 - rate,
            "real_time_factor": None if model == "constant" else 0.01,
            "transcripts": {
                "worst": [{"said": "one <b>two</b>", "written": ""}],
                "best": [{"said": "three", "written": "three"}],
            },
            "history": None if model == "constant" else {"loss": [2.0, 1], "val_loss": [2, 1.5]},
            "best_epoch": 2,
            "parameters": 0 if model == "constant" else 10,
            "training_seconds": 1.0,
            "data": {"name": "mine", "sha256": "0", "rows": {"train": 8, "test": 4}},
        }
        for model, rate in rates.items()
    ]


def page_of(found: Records, shown: tuple[str, ...] | None = None) -> str:
    check_results(found)
    drawings = dict.fromkeys((p.slug for p in KINDS["transcribe"].pictures), DRAWING)
    return render_page(found, drawings, shown)


def test_recognizers_are_ranked_by_their_word_error_rate() -> None:
    found = recognizers()
    page = page_of(found)
    text = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
    assert "GRU leads with a word error rate of 10.0 % (95 % interval 9.0 % to 11.0 %)" in text
    assert "Writing one text for every clip has 90.0 %" in text
    assert "8 clips to train on" in text
    assert records_table(found).row_count == 3


def test_transcripts_are_shown_and_are_no_markup() -> None:
    page = page_of(recognizers())
    assert "one &lt;b&gt;two&lt;/b&gt;" in page
    assert "(nothing)" in page
    assert "Transcripts of GRU" in page
    assert "Transcripts of GRU" not in page_of(recognizers(), ("meaning",))


def test_figures_say_what_they_show() -> None:
    found = recognizers()
    assert "GRU 10.0\xa0% (9.0–11.0)" in errors.describe(found)
    assert errors.figure(found) is not None
    assert learning.LOSS.figure(found) is not None
    assert learning.TIME.figure(found) is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word_error_rate": -1}, "'word_error_rate' should be a number from 0 up"),
        ({"word_error_rate_interval": [1]}, "'word_error_rate_interval' should be two numbers"),
        ({"transcripts": {"worst": [{"said": 1}]}}, "'transcripts' should hold lists"),
        ({"real_time_factor": "fast"}, "'real_time_factor' should be a number or null"),
    ],
)
def test_broken_records_of_recognizers_are_explained(change: dict[str, Any], message: str) -> None:
    found = recognizers()
    found[2] |= change
    with pytest.raises(DataError, match=f"record 3: .*{message}"):
        check_results(found)
