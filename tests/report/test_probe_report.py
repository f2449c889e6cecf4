"""The report of a probe: page, table, pictures, refusals."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from probe_records import probe_records
from report_reading import broken, check_report_folder, printed, without_drawings, words

from recurra.errors import DataError, UnknownNameError
from recurra.report import load_results, write_report
from recurra.report.probes.figures import lengths, reach
from recurra.report.probes.pictures import PICTURES
from recurra.report.results import check_results
from recurra.study import write_results


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(probe_records(), tmp_path_factory.mktemp("report")).parent


def test_report_is_a_page_and_its_pictures(written: Path) -> None:
    check_report_folder(written, PICTURES)


def test_every_id_of_the_page_is_one(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(ids)


def test_page_says_where_each_cell_breaks() -> None:
    text = words(without_drawings(probe_records(), PICTURES))
    for fact in (
        "What SimpleRNN, LSTM, GRU can remember",
        "SimpleRNN breaks on 6 of 6",
        "Adding (steps): SimpleRNN not at all (0 % at 10); LSTM to 20 (0 % at 40)",
        "GRU at 600: loss 5e-05",
        "learning rate SimpleRNN 0.01, LSTM 0.01, GRU 0.01",
        "at most 1,500 steps",
        "on 512 examples",
        "64 (no break found)",
    ):
        assert fact in text, fact


def test_sections_can_be_left_out(tmp_path: Path) -> None:
    page = write_report(probe_records(("copy",)), tmp_path, sections=("tasks",)).read_text("utf-8")
    assert 'id="tasks"' in page
    assert 'id="published"' not in page
    with pytest.raises(UnknownNameError, match="unknown section 'task'; did you mean 'tasks'"):
        write_report(probe_records(("copy",)), tmp_path, sections=("task",))


def test_table_fits_into_80_columns() -> None:
    lines = printed(probe_records())
    assert lines[1].split() == ["Cell", "Adding", "Copy", "Order", "Parity", "Arithmetic", "Digits"]
    assert lines[3].split() == ["SimpleRNN", *["–"] * 6]
    assert lines[5].split() == ["GRU", "80", "80", "80", "40", "40", "64"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "records",
    [
        probe_records(),
        probe_records(("adding",), ("gru",)),
        probe_records(("order", "digits", "parity"), repeats=3),
    ],
    ids=["all", "one", "repeats"],
)
def test_no_label_of_a_picture_overlaps_another(records: list[dict[str, Any]]) -> None:
    for drawn in (lengths.figure(records), reach.figure(records)):
        drawn.draw_without_rendering()
        texts = [
            text
            for axes in drawn.axes
            for text in [
                *axes.get_xticklabels(),
                *axes.get_yticklabels(),
                axes.xaxis.label,
                axes.title,
                axes._left_title,  # type: ignore[attr-defined]
            ]
            if text.get_text() and text.get_visible()
        ]
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
        for place, (one, box) in enumerate(boxes):
            for other, its in boxes[place + 1 :]:
                assert not (box.overlaps(its) and box.bounds != its.bounds), (one, other)


def test_pictures_are_told_in_words() -> None:
    records = probe_records(("adding",))
    assert "Adding, LSTM: 99\u00a0% at 10, 99\u00a0% at 20, 0\u00a0% at 40" in lengths.describe(
        records
    )
    assert "Adding, SimpleRNN: none of 320; Adding, LSTM: 20 of 320" in reach.describe(records)


def test_results_are_read_again(tmp_path: Path) -> None:
    records = probe_records()
    path = write_results(records, tmp_path / "results.json")
    assert load_results(path) == records


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (broken("probe", "sing"), "'probe' should be one of adding, copy, order, parity,"),
        (broken("cell", 3), "'cell' should be a text, got 3"),
        (broken("parameters", -1), "'parameters' should be a whole number, got -1"),
        (broken("training_seconds", "1"), "'training_seconds' should be a number, got '1'"),
        (broken("data", []), "'data' should be an object"),
        (broken("lengths", {}, "data"), "'points' should have the lengths that 'data' names"),
        (broken("adding", [20, 10], "data", "lengths"), "should have the lengths that 'data'"),
        (broken("points", "none"), "'points' should be a list of objects"),
        (broken("length", 11, "points", 0), "'points' should have the lengths"),
        (broken("skill", float("nan"), "points", 1), "should hold numbers under 'skill', got nan"),
        (broken("updates", 1.5, "points", 1), "should hold a count of 'updates'"),
        (broken("learnt", "yes", "points", 1), "whether it was 'learnt'"),
    ],
)
def test_what_is_no_record_is_refused(
    spoil: Callable[[dict[str, Any]], None], message: str
) -> None:
    records = copy.deepcopy(probe_records(("adding",), ("gru",)))
    spoil(records[0])
    with pytest.raises(DataError, match="records, record 1") as caught:
        check_results(records)
    assert message in str(caught.value)
