import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.sequences import RowsTable, label_codes, row_chunks, select_rows


def table(labels):
    return RowsTable("some", [(f"text {i}", label) for i, label in enumerate(labels)])


@given(st.lists(st.text(max_size=2), min_size=2).filter(lambda x: len(set(x)) > 1))
def test_codes_name_the_label_of_each_row(labels):
    classes, codes = label_codes(table(labels))
    assert codes.dtype == np.int32
    assert [classes[code] for code in codes] == labels
    assert sorted(classes) == sorted(set(labels))


def test_whole_numbers_are_sorted_by_value_and_others_as_text():
    assert label_codes(table(["10", "9", "-1"]))[0] == ["-1", "9", "10"]
    assert label_codes(table(["10", "9", "x"]))[0] == ["10", "9", "x"]
    assert label_codes(table(["²", "1"]))[0] == ["1", "²"]


def test_impossible_labels_say_why():
    with pytest.raises(DataError, match="some has only one class, 'a'; at least two"):
        label_codes(table(["a", "a"]))
    with pytest.raises(DataError, match="some has no rows"):
        label_codes(table([]))
    with pytest.raises(DataError, match="some has no labels"):
        label_codes(table([None]))


@given(st.sets(st.integers(0, 9)))
def test_selected_rows_are_those_asked_for(indices):
    wanted = sorted(indices)
    found = [row.text for row in select_rows(table("a" * 10), wanted)]
    assert found == [f"text {i}" for i in wanted]


def test_row_numbers_must_rise_and_exist():
    for indices in ([1, 1], [2, 1], [-1]):
        with pytest.raises(DataError, match="row numbers must rise"):
            list(select_rows(table("ab"), indices))
    with pytest.raises(DataError, match="some has 2 rows, row 2 was asked for"):
        list(select_rows(table("ab"), [0, 2]))


def test_chunks_hold_all_rows():
    chunks = list(row_chunks(table("abcde").iter_rows(), 2))
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    assert [row.line for chunk in chunks for row in chunk] == [1, 2, 3, 4, 5]


def test_the_hash_is_that_of_the_content():
    assert table("ab").sha256() == table("ab").sha256()
    assert table("ab").sha256() != table("ba").sha256()
