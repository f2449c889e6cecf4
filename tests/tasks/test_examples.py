"""Texts and labels as people have them, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from recurra.errors import DataError, ShapeError
from recurra.tasks._examples import as_labels, as_texts, codes_of, examples_from_lists

TEXTS = ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    "wrap",
    [list, tuple, np.array, lambda x: np.array(x, object), pd.Series, pl.Series, iter],
    ids=["list", "tuple", "array", "objects", "pandas", "polars", "iterator"],
)
def test_texts_come_in_any_sequence(wrap):
    found = as_texts(wrap(TEXTS))
    assert found == TEXTS
    assert {type(text) for text in found} == {str}


@pytest.mark.parametrize("wrap", [list, np.array, pd.Series, pl.Series])
@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["b", "a", "b", "a"], ["a", "b"]),
        ([3, 1, 3, 1], [1, 3]),
        ([True, False, True, False], [False, True]),
        ([1.0, 0.0, 1.0, 0.0], [0, 1]),
    ],
)
def test_labels_are_strings_integers_or_booleans(wrap, labels, classes):
    examples = examples_from_lists(TEXTS, wrap(labels))
    assert examples.classes.tolist() == classes
    assert [type(c) for c in examples.classes.tolist()] == [type(c) for c in classes]
    assert examples.codes.tolist() == [1, 0, 1, 0]
    assert examples.codes.dtype == np.int32
    assert list(examples.iter_texts()) == list(examples.iter_texts()) == TEXTS


def test_categorical_and_nullable_labels():
    assert as_labels(pd.Series(["b", "a"], dtype="category")).tolist() == ["b", "a"]
    assert as_labels(pd.Series([1, 2], dtype="Int64")).tolist() == [1, 2]
    assert as_labels(pl.Series(["b", "a"]).cast(pl.Categorical)).tolist() == ["b", "a"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("a film", r"a list of texts is needed, not one text; write \[text\]"),
        (b"a film", r"a list of texts is needed, not one text; write \[text\]"),
        (None, "a list of texts is needed, not NoneType"),
        (7, "a list of texts is needed, not int"),
        (["a", None], r"text 1 is None of type NoneType, expected a string; drop or fill missing"),
        (["a", float("nan")], "text 1 is nan of type float"),
        (pd.Series(["a", None]), "text 1 is"),
        (["a", 3], "text 1 is 3 of type int"),
        ([["a"], ["b"]], "text 0 is .* of type list"),
        (np.array([["a"], ["b"]]), r"not an array of shape \(2, 1\)"),
        (pd.DataFrame({"x": ["a"]}), r"not an array of shape \(1, 1\)"),
        (np.zeros(3), "text 0 is .* of type float64"),
    ],
)
def test_texts_that_are_none_are_refused(texts, message):
    with pytest.raises(DataError, match=message):
        as_texts(texts)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, r"labels are needed to train: fit\(texts, labels\); y was None"),
        (5, "labels must be a list with one label for each text"),
        (["a", None], "label 1 is None of type NoneType; labels must all be strings or all be"),
        (["a", float("nan")], "label 1 is nan of type float; .* none may be missing"),
        (pd.Series(["a", None]), "label 1 is .* none may be missing"),
        (pd.Series(["a", float("nan")], dtype=object), "label 1 is nan of type float"),
        (pl.Series(["a", None]), "label 1 is None"),
        ([1, None], "label 1 is None of type NoneType"),
        (pd.Series([1, None], dtype="Int64"), "label 1 is <NA> of type NAType"),
        ([1.0, float("nan")], "label 1 is nan; every text needs a label"),
        ([0.5, 1.5], "labels are fractions, classes are needed"),
        (["1", 2], "label 1 is 2 of type int; labels must all be strings or all be integers"),
        ([2, "1"], "label 0 is 2 of type int; labels must all be strings or all be integers"),
        ([["a"], ["b"]], r"labels must be one-dimensional, not of shape \(2, 1\)"),
        ([["a"], ["b", "c"]], "labels must be a list with one label for each text"),
        ([1j, 2j], "labels must be strings or integers, not complex128"),
        ([{}, {}], "label 0 is {} of type dict"),
    ],
)
def test_labels_that_are_none_are_refused(labels, message):
    with pytest.raises(DataError, match=message):
        as_labels(labels)


def test_numbers_that_disagree_are_refused():
    with pytest.raises(ShapeError, match=r"4 texts but 3 labels; give one label for each"):
        examples_from_lists(TEXTS, ["a", "b", "a"])
    with pytest.raises(DataError, match=r"only one class, 'a'.*; at least two classes are needed"):
        examples_from_lists(TEXTS, ["a"] * 4)
    with pytest.raises(DataError, match=r"the labels have no rows; at least two"):
        examples_from_lists([], [])


def test_the_digest_knows_texts_and_labels_and_their_order():
    digests = {
        examples_from_lists(texts, labels).digest()
        for texts, labels in (
            (["ab", "c"], ["x", "y"]),
            (["a", "bc"], ["x", "y"]),
            (["ab", "c"], ["y", "x"]),
            (["c", "ab"], ["x", "y"]),
            (["\ud800", "c"], ["x", "y"]),
        )
    }
    assert len(digests) == 5
    assert examples_from_lists(["ab", "c"], ["x", "y"]).digest() in digests


def test_labels_become_positions():
    assert codes_of(["b", "a"], np.array(["a", "b"])).tolist() == [1, 0]
    assert codes_of([7, 3], np.array([3, 7])).tolist() == [1, 0]
    assert codes_of([1, 0], np.array(["0", "1"])).tolist() == [1, 0]
    assert codes_of(["7", "3"], np.array([3, 7])).tolist() == [1, 0]  # labels out of a file
    assert codes_of(["True", "False"], np.array([False, True])).tolist() == [1, 0]


def test_an_unknown_label_is_named():
    message = r"label 'c' is none that the model was trained on \('a', 'b'\)"
    with pytest.raises(DataError, match=message):
        codes_of(["a", "c"], np.array(["a", "b"]))
