"""Sequences of numbers from files, folders, tables and named sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from recurra.errors import DataError, RecurraError, SourceError, UsageError
from recurra.sequences.collections import is_collection, read_collection

LONG = "id,t,x,y,who,label\n" + "\n".join(
    f"{name},{t},{t + k},{'' if t == 2 else -t},w{k % 2},{'ab'[k % 2]}"
    for t in (3, 1, 2, 0)
    for k, name in enumerate(("p", "q", "r"))
)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text(LONG + "\n", encoding="utf-8")
    return path


def test_a_long_table_is_cut_into_sequences_in_the_order_of_time(long: Path) -> None:
    found = read_collection(long, series_id="id", time="t", group="who").train
    assert found.channels == ("x", "y")
    np.testing.assert_array_equal(found.values[1][:, 0], [1, 2, 3, 4])
    np.testing.assert_array_equal(found.values[1][:, 1], [0, -1, np.nan, -3])
    assert found.values[0].dtype == np.float32
    assert (found.labels, found.groups) == (("a", "b", "a"), ("w0", "w1", "w0"))


def test_without_a_time_rows_keep_their_order(long: Path) -> None:
    found = read_collection(long, series_id="id", values=("x",)).train
    np.testing.assert_array_equal(found.values[0][:, 0], [3, 1, 2, 0])


def test_the_time_can_be_a_channel_too(long: Path) -> None:
    found = read_collection(long, series_id="id", time="t", values=("t", "x")).train
    np.testing.assert_array_equal(found.values[2], [[0, 2], [1, 3], [2, 4], [3, 5]])


def test_every_format_gives_the_same(long: Path, tmp_path: Path) -> None:
    import polars as pl

    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(long.read_bytes()))
    pl.read_csv(long).write_parquet(tmp_path / "long.parquet")
    expected = read_collection(long, series_id="id", time="t").train
    for path in (packed, tmp_path / "long.parquet"):
        found = read_collection(path, series_id="id", time="t").train
        np.testing.assert_array_equal(np.stack(found.values), np.stack(expected.values))
        assert found.labels == expected.labels


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "id,x,label\n1,2,a\n1,3,b\n",
            {"label": "label"},
            "line 3: the sequence 1 has more than one value in the column 'label', 'a' and 'b'",
        ),
        ("id,x,label\n1,2,\n1,3,a\n", {"label": "label"}, "line 3: .* nothing and 'a'"),
        ("id,x,who\n1,2,\n1,3,\n", {"group": "who"}, "line 2: .* nothing in the column 'who'"),
        ("id,x,v\n1,2,1\n1,-1e39,2\n", {}, "line 3: the value in the column 'x' is too large"),
        ("id,x,y\n1,2,1\n1,3,1\n", {"values": ("x", "x")}, "'x' comes twice among the values"),
        ("id,x,y\n1,2,1\n1,3,1\n", {"values": ("x", "y"), "target": "y"}, "'y' of .* the values"),
        ("id,x,v\n1,2,1\n1,oops,2\n", {"values": ("x",)}, "line 3: the value 'oops'"),
        ("id,x,v\n1,2,1\n1,2,2\n", {"time": "x"}, "line 3: the time 2.0 of the sequence 1 comes t"),
        ("id,x,v\n1,2,1\n,3,2\n", {}, "line 3: the sequence's id is missing"),
        ("id,x,v\n1,,1\n1,3,2\n", {"time": "x"}, "line 2: the time is missing"),
        ("id,x\n1,2\n1,2\n", {}, "cannot tell which columns .* --values"),
        ("id,x\n1,2\n1,3\n", {"label": "y"}, "unknown column 'y'"),
        ("id,x\n", {}, "no rows"),
    ],
)
def test_what_is_wrong_with_a_long_table_is_named(
    text: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecurraError, match=message):
        read_collection(path, series_id="id", **options)  # type: ignore[arg-type]


TS = """# a comment
@problemName Toy
@timeStamps false
@univariate false
@classLabel true Up Down
@data
1,2,?:4,5,6:Up
7,8:9,10:Down
"""


def test_ts_files_have_dimensions_gaps_and_a_test_part(tmp_path: Path) -> None:
    (tmp_path / "Toy_TRAIN.ts").write_text(TS, encoding="utf-8")
    (tmp_path / "Toy_TEST.ts").write_text(TS.replace("7,8", "70,80"), encoding="utf-8")
    found = read_collection(tmp_path / "Toy_TRAIN.ts")
    np.testing.assert_array_equal(found.train.values[0], [[1, 4], [2, 5], [np.nan, 6]])
    assert found.train.labels == ("Up", "Down")
    assert found.test is not None
    np.testing.assert_array_equal(found.test.values[1], [[70, 9], [80, 10]])
    assert read_collection(tmp_path / "Toy_TEST.ts").test is None


def test_ts_files_of_regressions_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "toy.ts"
    path.write_text("@targetLabel true\n@data\n1,2:0.5\n3:-2\n", encoding="utf-8")
    numbers = read_collection(path).train.targets
    assert numbers is not None
    assert numbers.tolist() == [0.5, -2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("9,10:Down", "9,10:Left", "line 8: the class 'Left' is none of @classLabel"),
        ("7,8:9,10:Down", "7,8:Down", "line 8: 1 dimensions, expected 2"),
        ("7,8:9,10", "7,8:9", "line 8: the dimensions have different lengths: 1 to 2"),
        ("7,8", "7,x", "line 8: 'x' is no number"),
        ("7,8", "7,inf", "line 8: a value is infinite"),
        ("7,8", "7,1e39", "line 8: a value is infinite, or too large"),
        ("7,8:9,10", ":", "line 8: the sequence has no step"),
        ("@timeStamps false", "@timeStamps true", "time stamp at each value"),
        ("@data", "@date", "expected a line that starts with @|no line @data"),
    ],
)
def test_what_is_wrong_with_a_ts_file_is_named(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.ts"
    path.write_text(TS.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_collection(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "motions"
    for k, name in enumerate(("run", "walk")):
        (root / name).mkdir(parents=True)
        for number in range(2):
            path = root / name / f"{number}.csv"
            path.write_text(f"x,y\n{k},{number}\n1,2\n", encoding="utf-8")
    return root


def test_a_folder_of_classes_gives_labels(folder: Path) -> None:
    found = read_collection(folder).train
    assert found.labels == ("run", "run", "walk", "walk")
    assert (found.channels, len(found)) == (("x", "y"), 4)
    np.testing.assert_array_equal(found.values[3], [[1, 1], [1, 2]])


def test_a_table_names_files_and_their_labels(folder: Path) -> None:
    np.save(folder / "a.npy", np.ones((3, 2)))
    np.save(folder / "b.npy", np.zeros((1, 2), np.int64))
    table = folder / "index.csv"
    table.write_text("path,speed,who\na.npy,1.5,ann\nb.npy,2,bob\n", encoding="utf-8")
    found = read_collection(table, files="path", target="speed", group="who").train
    assert found.targets is not None
    assert (found.targets.tolist(), found.groups) == ([1.5, 2], ("ann", "bob"))
    assert [len(values) for values in found.values] == [3, 1]


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("none.npy", np.ones((0, 2)), "not empty"),
        ("cube.npy", np.ones((1, 2, 2)), r"shape \(1, 2, 2\)"),
        ("words.npy", np.array(["a"]), "no array of numbers"),
        ("objects.npy", np.array([{}], dtype=object), "no array of NumPy"),
        ("wide.npy", np.ones((2, 3)), "has the channels"),
        ("endless.npy", np.array([[1, np.inf]]), "infinite"),
        ("large.npy", np.array([[1, -1e39]]), "too large for float32"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    name: str, array: np.ndarray, message: str, folder: Path
) -> None:
    np.save(folder / name, array, allow_pickle=True)
    table = folder / "index.csv"
    np.save(folder / "a.npy", np.ones((3, 2)))
    table.write_text(f"path,label\na.npy,x\n{name},y\n", encoding="utf-8")
    with pytest.raises(RecurraError, match=f"{name}.*{message}") as caught:
        read_collection(table, files="path")
    assert "index.csv, line 3" in str(caught.value)


def test_missing_files_and_stray_ones_are_refused(folder: Path) -> None:
    table = folder / "index.csv"
    table.write_text("path,label\nnowhere.npy,x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"line 2: there is no file .*nowhere\.npy"):
        read_collection(table, files="path")
    with pytest.raises(SourceError, match=r"index\.csv lies beside them"):
        read_collection(folder)
    (folder / "empty").mkdir()
    with pytest.raises(SourceError, match="no sequences in the folder"):
        read_collection(folder / "empty")


def test_missing_labels_are_named(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("id,x,label\n1,2,a\n1,3,a\n2,4,\n2,5,\n", encoding="utf-8")
    found = read_collection(path, series_id="id").train
    with pytest.raises(DataError, match="id 2 has no label"):
        _ = found.labels


def test_the_digits_are_embedded() -> None:
    found = read_collection("digits")
    assert found.test is not None
    assert (len(found.train), len(found.test)) == (1400, 397)
    assert found.train.values[0].shape == (8, 8)
    assert found.train.labels is not None
    assert found.train.labels[:3] == ("0", "1", "2")
    with pytest.raises(UsageError, match="leave out --series-id"):
        read_collection("digits", series_id="x")


def test_what_is_a_collection_can_be_told_unread(folder: Path) -> None:
    assert is_collection("digits")
    assert is_collection(folder)
    assert is_collection("nowhere.ts")
    assert is_collection("table.csv", series_id="id")
    assert not is_collection("table.csv")


def test_parts_and_wholes_keep_what_is_known(long: Path) -> None:
    whole = read_collection(long, series_id="id", time="t").train
    parts = [whole.take([0]), whole.take([1, 2])]
    joined = parts[0].joined(parts[1])
    assert (joined.labels, joined.places) == (whole.labels, whole.places)
    assert len(joined.sha256()) == 64
