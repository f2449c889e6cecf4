from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from insides import inside

from recurra.errors import DataError, SourceError
from recurra.report import load_results
from recurra.report.results import check_results

Records = list[dict[str, Any]]


def test_records_come_back_as_they_were(imdb: Records, names: Records, tmp_path: Path) -> None:
    for records in (imdb, names):
        path = tmp_path / "results.json"
        path.write_text(json.dumps(records), encoding="utf-8")
        assert load_results(path) == records
        assert load_results(str(path)) == records


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.json: no such file"):
        load_results(tmp_path / "none.json")
    with pytest.raises(SourceError, match="cannot be read"):
        load_results(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"[{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{}", "expected a list of records, got dict"),
        (b'"text"', "expected a list of records, got str"),
        (b"[]", "holds no records"),
        (b"[1]", "record 1: expected an object, got int"),
        (b"[{}]", "record 1: 'model' should be a text, got None"),
    ],
)
def test_other_files_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"results\.json.*{message}"):
        load_results(path)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.update(accuracy=None), "'accuracy' should be from 0 to 1, got None"),
        (lambda r: r.update(accuracy=87.0), "'accuracy' should be from 0 to 1, got 87.0"),
        (lambda r: r.update(accuracy=float("nan")), "'accuracy' should be from 0 to 1, got nan"),
        (lambda r: r.update(repeat=True), "'repeat' should be a whole number, got True"),
        (lambda r: r.update(log_loss="low"), "'log_loss' should be a number or null, got 'low'"),
        (lambda r: r.update(classes=["one"]), "'classes' should be a list of two or more"),
        (lambda r: r["confusion_matrix"].pop(), "should have 2 rows"),
        (lambda r: r["confusion_matrix"][0].pop(), "should have 2 columns"),
        (lambda r: r["confusion_matrix"][0].__setitem__(0, -1), "should hold counts"),
        (lambda r: r["per_class"].pop("positive"), "'per_class' should hold an entry"),
        (lambda r: r.update(history=[1]), "'history' should be an object or null"),
        (lambda r: r["history"].pop("val_loss"), "list of numbers under 'val_loss'"),
        (lambda r: r["history"]["accuracy"].pop(), "another number"),
        (lambda r: r.update(data=None), "'data' should be an object"),
        (lambda r: r["data"]["rows"].update(test=0), "count of 'test' rows"),
        (lambda r: r["data"]["length_histogram"]["edges"].pop(), "one more edge than counts"),
    ],
)
def test_broken_record_is_explained(change: Change, message: str, imdb: Records) -> None:
    records = [copy.deepcopy(record) for record in imdb[:4]]
    change(records[3])
    with pytest.raises(DataError, match=f"record 4: .*{message}"):
        check_results(records)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda i: i.update(example=[]), "'example' a text with its steps"),
        (lambda i: i["example"].update(steps=[1]), "'example' a text with its steps"),
        (lambda i: i["example"].update(answer=[["a"]]), "'example' a text with its steps"),
        (lambda i: i["example"]["steps"].pop(), "one score of the 'attribution' for each step"),
        (lambda i: i["attribution"].update(scores="0"), "'attribution' a method and its scores"),
        (lambda i: i["layers"][0].update(gates=None), "'layers' a list of layers"),
        (lambda i: i["layers"][0]["gates"]["forget"].pop("low"), "'layers' a list of layers"),
        (lambda i: i["flows"][0].update(norms=[float("inf")]), "'flows' a list of norms"),
        (lambda i: i["flows"][0].update(half_life="short"), "'flows' a list of norms"),
        (lambda i: i["memory"]["change"].pop(), "'memory' changes by distance"),
        (lambda i: i["memory"].update(effective_context=-1), "'memory' changes by distance"),
        (lambda i: i["negation"]["swapped"][0].pop("bad"), "'negation' lists of pairs"),
    ],
)
def test_broken_insight_is_explained(change: Change, message: str, imdb: Records) -> None:
    record = imdb[3] | {"insight": inside("lstm")}
    check_results([record])
    change(record["insight"])
    with pytest.raises(DataError, match=f"'insight' should hold.*{message}"):
        check_results([record])


@pytest.mark.parametrize(
    "part", ["example", "attribution", "layers", "flows", "memory", "negation"]
)
def test_parts_of_the_insight_may_be_missing(part: str, imdb: Records) -> None:
    check_results([imdb[3] | {"insight": {**inside("lstm"), part: None}}])
    check_results([imdb[3] | {"insight": None}])


def test_records_of_different_comparisons_are_refused(imdb: Records) -> None:
    records = copy.deepcopy(imdb[:2])
    records[1]["data"] = records[1]["data"] | {"sha256": "other"}
    with pytest.raises(DataError, match="come from different data"):
        check_results(records)
    with pytest.raises(DataError, match="repeat 0 of model 'linear' occurs twice"):
        check_results([imdb[0], imdb[0]])
