"""The report of a comparison of forecasters: page, tables, refusals."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from report_reading import Records, check_report_folder, printed, without_drawings, words

from recurra.errors import DataError
from recurra.report import load_results, write_report
from recurra.report.forecasts import pictures as forecast_pictures
from recurra.report.forecasts.pictures import PICTURES
from recurra.report.results import check_results
from recurra.study import write_results


def bare(records: Records) -> str:
    return without_drawings(records, PICTURES)


@pytest.fixture(scope="module")
def written(forecasts: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = forecasts.comparison(("snaive", "linear", "gru"))
    return write_report(records, tmp_path_factory.mktemp("report")).parent


def test_report_is_a_page_and_its_pictures(written: Path) -> None:
    check_report_folder(written, PICTURES)
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "None" not in words(re.sub(r"<(svg|script|style).*?</\1>", "", page, flags=re.DOTALL))


def test_pictures_of_texts_go_when_forecasts_come(
    forecasts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tuple(picture for picture in PICTURES if picture.slug == "errors")
    monkeypatch.setattr(forecast_pictures, "PICTURES", chosen)
    (tmp_path / "confusion.png").write_bytes(b"of an earlier report")
    write_report(forecasts.comparison(("snaive", "gru")), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "errors.png"}


def test_page_has_every_figure_of_every_model(forecasts: ModuleType) -> None:
    page = bare(forecasts.comparison())
    (table,) = re.findall(r'<table class="models.*?</table>', page, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)
    assert len(rows) == 9
    assert words(rows[1]).startswith("GRU 0.740 (best)")
    assert ['class="base"' in row for row in rows[1:]].count(True) == 3
    headings = re.findall(r"<th scope=\"col\">(\w+)", rows[0])
    assert headings == [
        "Model", "MASE", "MAE", "RMSE", "sMAPE", "MSE", "Pinball", "Coverage", "Skill", "Skill",
        "Skill", "Parameters", "Training", "Forecast",
    ]  # fmt: skip
    linear = next(row for row in rows if "Linear map" in row)
    assert "–" in words(linear)  # nothing is measured against itself


def test_page_says_what_the_data_are(forecasts: ModuleType) -> None:
    text = words(bare(forecasts.comparison(targets=("load", "wind"))))
    for fact in ("a step of 1h: 2,000 rows", "3 values are missing", "Look-back 48 steps",
                 "Known in the future temperature", "Errors of each target", "9f2c4b1e",
                 "learning_rate 0.002"):  # fmt: skip
        assert fact in text, fact
    assert "Errors of each target" not in words(bare(forecasts.comparison()))


def test_hostile_names_are_shown_and_not_obeyed(forecasts: ModuleType) -> None:
    records = forecasts.comparison(("snaive", "gru"), name=forecasts.HOSTILE)
    page = bare(records)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_table_for_the_terminal_fits_eighty_columns(forecasts: ModuleType) -> None:
    records = forecasts.comparison(repeats=2, name="A name much longer than the column")
    lines = printed(records)
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines[:-2] if line.count("…") > 1]


def test_table_for_the_terminal_ranks_by_error(forecasts: ModuleType) -> None:
    lines = printed(forecasts.comparison())
    names = [line.split("  ")[0].strip() for line in lines[3:11]]
    assert names[:3] == ["GRU", "Seq2seq", "LSTM"]
    assert names[-1] == "Naive *"
    assert "0.740" in lines[3]
    assert "80.0 %" in lines[3].replace("\u00a0", " ")
    assert "120 test windows; skill against the seasonal naive forecast; * baseline" in lines[-1]


def test_records_come_back_as_they_were(forecasts: ModuleType, tmp_path: Path) -> None:
    records = forecasts.comparison(repeats=2)
    assert load_results(write_results(records, tmp_path / "results.json")) == records


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda r: r.update(task="sing"),
            "'task' should be one of audio, classify, forecast, generate,",
        ),
        (lambda r: r.update(task=[]), "'task' should be one of"),
        (lambda r: r.update(metrics=None), "'metrics' should be an object"),
        (lambda r: r["metrics"].update(mae=None), "a number under 'mae', got None"),
        (lambda r: r["metrics"].update(windows=0), "a count of 'windows'"),
        (lambda r: r["metrics"].update(coverage="high"), "'coverage' should be a number or null"),
        (lambda r: r["metrics"].update(by_step={"mase": ["x"]}), "lists of numbers under 'by_step"),
        (lambda r: r.update(skill={"naive": "x"}), "'naive' should be a number or null"),
        (lambda r: r.update(examples=None), "'examples' should be a list"),
        (lambda r: r["examples"][0]["actual"].pop(), "a value for each time under 'actual'"),
        (lambda r: r["examples"][0].update(target=3), "should name 'series' and 'target'"),
        (lambda r: r["history"].pop("val_loss"), "list of numbers under 'val_loss'"),
        (lambda r: r.update(data={}), "'data' should hold 'rows'"),
    ],
)
def test_broken_record_is_explained(change: Change, message: str, forecasts: ModuleType) -> None:
    records = copy.deepcopy(forecasts.comparison(("naive", "gru")))
    change(records[1])
    with pytest.raises(DataError, match=f"record 2: .*{re.escape(message)}"):
        check_results(records)


def test_records_of_both_tasks_are_refused(forecasts: ModuleType, imdb: Records) -> None:
    with pytest.raises(DataError, match=r"different tasks \(classify, forecast\)"):
        check_results([*forecasts.comparison(("naive",)), imdb[0]])


def test_page_stands_without_intervals_or_seasonal_forecast(forecasts: ModuleType) -> None:
    text = words(bare(forecasts.comparison(("linear", "gru"), coverage=None)))
    assert "no seasonal naive forecast stands beside it" in text
    assert "Coverage:" not in text
