import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recurra.errors import DataError, ShapeError, UsageError
from recurra.sequences import group_split, stratified_split


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=200),
    st.floats(0.01, 0.99),
    st.integers(0, 99),
)
def test_a_split_is_disjoint_complete_and_keeps_every_class(labels, share, seed):
    codes = np.array(labels)
    sizes = np.bincount(codes)
    assume(np.count_nonzero(sizes) > 1)
    assume(sizes.max() > 1)
    training, held_out = stratified_split(codes, share, np.random.default_rng(seed))
    assert training.dtype == held_out.dtype == np.int64
    assert sorted([*training, *held_out]) == list(range(len(labels)))
    assert np.all(np.diff(training) > 0)
    assert np.all(np.diff(held_out) > 0)
    assert set(codes[training]) == set(labels)
    assert len(held_out) >= 1
    for k in set(labels):
        taken = np.count_nonzero(codes[held_out] == k)
        assert abs(taken - share * sizes[k]) <= 1


def test_proportions_and_size_are_exact_when_they_can_be():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    _, held_out = stratified_split(labels, 0.1, np.random.default_rng(0))
    assert np.bincount(labels[held_out]).tolist() == [60, 30, 10]


def test_the_largest_remainders_are_rounded_up():
    labels = np.repeat([0, 1], [14, 16])
    _, held_out = stratified_split(labels, 0.1, np.random.default_rng(0))
    assert np.bincount(labels[held_out]).tolist() == [1, 2]


def test_the_draw_follows_the_seed():
    labels = np.tile([0, 1], 50)

    def draw(seed):
        return stratified_split(labels, 0.3, np.random.default_rng(seed))[1].tolist()

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)


def test_impossible_splits_say_why():
    generator = np.random.default_rng(0)
    with pytest.raises(DataError, match="no rows to split"):
        stratified_split([], 0.1, generator)
    with pytest.raises(DataError, match="all 3 rows have the same label"):
        stratified_split([1, 1, 1], 0.1, generator)
    with pytest.raises(DataError, match="3 rows for 3 classes: no class has a second row"):
        stratified_split([0, 1, 2], 0.1, generator)
    with pytest.raises(ShapeError, match="shape"):
        stratified_split([[0, 1]], 0.1, generator)
    for share in (0, 1, -1, float("nan")):
        with pytest.raises(UsageError, match="between 0 and 1"):
            stratified_split([0, 0, 1], share, generator)


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=60),
    st.floats(0.05, 0.95),
    st.integers(0, 99),
)
def test_a_split_by_groups_divides_none_of_them(groups, share, seed):
    assume(len(set(groups)) > 1)
    training, held_out = group_split(groups, share, np.random.default_rng(seed))
    assert sorted([*training, *held_out]) == list(range(len(groups)))
    names = np.array(groups)
    assert not set(names[training]) & set(names[held_out])
    assert len(training)
    assert len(held_out)


def test_a_split_by_groups_comes_near_the_share():
    groups = np.repeat(np.arange(50), 4)
    _, held_out = group_split(groups, 0.2, np.random.default_rng(0))
    assert len(held_out) == 40


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=2, max_size=60),
    st.integers(0, 9),
)
def test_a_split_by_groups_leaves_every_class_for_training(rows, seed):
    groups, labels = np.array(rows).T
    assume(len(set(groups)) > 1)
    try:
        training, held_out = group_split(groups, 0.3, np.random.default_rng(seed), labels)
    except DataError:
        for one in set(groups):
            assert set(labels[groups != one]) < set(labels)
        return
    assert len(held_out)
    assert set(labels[training]) == set(labels)
    assert not set(groups[training]) & set(groups[held_out])


def test_classes_in_every_group_do_not_change_the_draw():
    groups, labels = np.repeat(np.arange(20), 4), np.tile(np.arange(4), 20)
    drawn = [
        group_split(groups, 0.2, np.random.default_rng(3), chosen)[1] for chosen in (None, labels)
    ]
    np.testing.assert_array_equal(*drawn)


def test_groups_that_are_the_classes_cannot_be_held_out():
    with pytest.raises(DataError, match="none of the 2 groups can be held out"):
        group_split(["a", "b", "b"], 0.5, np.random.default_rng(0), ["x", "y", "y"])


def test_one_group_cannot_be_split():
    with pytest.raises(DataError, match="there is only one, 'ann'"):
        group_split(["ann", "ann"], 0.5, np.random.default_rng(0))
    with pytest.raises(UsageError, match="between 0 and 1"):
        group_split(["ann", "bob"], 1.0, np.random.default_rng(0))
