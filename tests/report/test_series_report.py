"""Reports of series and sound: the sections of texts, other words, sequences drawn small."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import records as texts

from recurra.errors import DataError
from recurra.report.kinds import KINDS
from recurra.report.page import render_page
from recurra.report.regressions.figures import predicted
from recurra.report.results import check_results
from recurra.report.series.page import drawn_examples
from recurra.report.series.sparks import spark, strip
from recurra.report.terminal import records_table
from recurra.report.texts.figures import curves

Records = list[dict[str, Any]]
VALUES = [[0.0, 1.0, None, 0.5], [2.0, 1.5, 1.0, 0.0]]
DRAWING = {"svg": "<svg></svg>", "title": "t", "caption": "c", "width": 400}


def of_sequences(task: str = "series", models: tuple[str, ...] = ("linear", "gru")) -> Records:
    """Return records of texts as records of sequences."""
    found = copy.deepcopy(texts.imdb_like(models))
    for record in found:
        record["task"] = task
        for name in ("level", "vocabulary", "max_length", "unknown_share", "truncated_share"):
            record["data"].pop(name, None)
        record["data"]["examples"] = [{"label": "<b>up</b>", "values": VALUES}]
        record["data"]["channels"] = ["a", "b"]
        for mistake in record.get("mistakes") or ():
            mistake.pop("text", None)
            mistake["values"] = VALUES
    return found


def of_numbers() -> Records:
    """Return records of a comparison of regressors."""
    return [
        {
            "task": "regress",
            "model": model,
            "name": model.upper(),
            "repeat": 0,
            "seed": 0,
            "kernel": "numpy",
            "rmse": rmse,
            "mae": 0.8 * rmse,
            "r2": 1 - rmse / 3,
            "rmse_interval": [0.9 * rmse, 1.1 * rmse],
            "pairs": [[1.0, 1.1], [2.0, 1.7]],
            "history": {"loss": [2.0, 1.0]} if model == "gru" else None,
            "best_epoch": 2,
            "parameters": 10,
            "training_seconds": 1.0,
            "data": {"name": "mine", "sha256": "0", "rows": {"train": 8, "test": 4}},
        }
        for model, rmse in (("mean", 3.0), ("linear", 2.0), ("gru", 1.0))
    ]


def page_of(found: Records) -> str:
    check_results(found)
    slugs = (picture.slug for picture in KINDS[found[0]["task"]].pictures)
    return render_page(found, dict.fromkeys(slugs, DRAWING))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize(("task", "item"), [("series", "sequence"), ("audio", "clip")])
def test_page_speaks_of_sequences_and_steps(task: str, item: str) -> None:
    page = page_of(of_sequences(task))
    text = words(page)
    assert f"{item}s to train on" in text
    assert "Order of the" in text
    assert not re.search(r"\btexts\b|\btokens?\b|n-gram", text.replace("Linear n-grams", ""))


def test_examples_and_mistakes_are_drawn_and_names_are_no_markup() -> None:
    found = of_sequences()
    page = page_of(found)
    assert len(drawn_examples(found[0])) == 1
    assert page.count('class="spark"') >= 2
    assert "&lt;b&gt;up&lt;/b&gt;" in page
    assert "<b>up</b>" not in page


def test_a_gap_breaks_a_line_and_many_channels_are_shades() -> None:
    line = spark(VALUES, 'a "name"')
    assert line.count("<path") == 2
    assert re.findall(r' d="([^"]*)"', line)[0].count("M") == 2
    assert 'aria-label="a &#34;name&#34;"' in line
    assert 'class="spark shades"' in spark([[0.0, 1.0]] * 4, "many")
    assert spark([[None, None]], "nothing").count("<path") == 1


def test_scores_above_zero_stand_above_the_line() -> None:
    drawn = strip([2.0, -1.0, 0.0], "scores")
    up, down = re.findall(r'y="([\d.]+)".*?var\(--([\w-]+)\).*?fill-opacity="([\d.]+)"', drawn)
    assert up == ("0", "c-vermilion", "0.85")
    assert down == ("0.5", "c-blue", "0.42")


@pytest.mark.parametrize("values", [[], [[]], [[1.0], [1.0, 2.0]], [["1"]], "1"])
def test_broken_values_are_explained(values: Any) -> None:
    found = of_sequences()
    found[0]["data"]["examples"] = [{"label": "a", "values": values}]
    with pytest.raises(DataError, match="record 1: 'examples' should hold under 'values'"):
        check_results(found)


def test_trainings_without_validation_are_drawn() -> None:
    found = of_sequences(models=("linear", "gru", "lstm"))
    for record in found:
        if record["history"]:
            record["history"] = {name: record["history"][name] for name in ("loss", "accuracy")}
    check_results(found)
    drawing = curves.LOSS.figure(found)
    assert drawing is not None
    assert "validation" not in {text.get_text() for text in drawing.legends[0].get_texts()}
    assert curves.LOSS.describe(found).startswith("Training loss by epoch")


def test_regressors_are_ranked_by_their_error() -> None:
    found = of_numbers()
    text = words(page_of(found))
    assert "GRU leads with a root mean squared error of 1 (95 % interval 0.9 to 1.1)" in text
    assert "50 % below the best baseline, LINEAR" in text
    assert "none held out to choose the best epoch" in text
    assert records_table(found).row_count == 3
    assert predicted.shown_run(found)["model"] == "gru"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rmse": -1}, "'rmse' should be a number from 0 up"),
        ({"rmse_interval": [1]}, "'rmse_interval' should be two numbers"),
        ({"pairs": [[1, "2"]]}, "'pairs' should be a list of true and predicted numbers"),
        ({"history": {"loss": []}}, "list of numbers under 'loss'"),
    ],
)
def test_broken_records_of_regressors_are_explained(change: dict[str, Any], message: str) -> None:
    found = of_numbers()
    found[2] |= change
    with pytest.raises(DataError, match=f"record 3: .*{message}"):
        check_results(found)
