from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import ShapeError, UsageError
from recurra.sequences import (
    Batch,
    length_boundaries,
    padding_share,
    padding_share_unbucketed,
    plan_batches,
)

LENGTHS = st.lists(st.integers(1, 40), max_size=300)


@given(LENGTHS, st.integers(1, 9), st.integers(1, 4), st.none() | st.integers(0, 99))
def test_every_row_is_in_exactly_one_batch_that_holds_it(lengths, size, count, seed):
    boundaries = length_boundaries(lengths, count)
    generator = None if seed is None else np.random.default_rng(seed)
    batches = plan_batches(lengths, size, boundaries=boundaries, generator=generator)
    rows = np.concatenate([np.zeros(0, int), *(batch.indices for batch in batches)])
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    partial = [batch for batch in batches if len(batch.indices) != size]
    assert len(partial) <= 1
    assert all(batch.time == boundaries[-1] for batch in partial)
    for batch in batches:
        longest = max(lengths[i] for i in batch.indices)
        assert batch.time in boundaries
        assert batch.time >= longest
        if batch not in partial:
            assert all(edge < longest for edge in boundaries if edge < batch.time)
    shapes = {(len(batch.indices), batch.time) for batch in batches}
    assert len(shapes) <= len(boundaries) + 1


def test_the_same_seed_gives_the_same_plan_and_another_another():
    lengths = np.random.default_rng(0).integers(1, 50, 2000)

    def plan(seed):
        generator = np.random.default_rng(seed)
        batches = plan_batches(
            lengths, 8, boundaries=length_boundaries(lengths), generator=generator
        )
        return np.concatenate([batch.indices for batch in batches]).tolist()

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_shuffled_batches_do_not_come_in_order_of_length():
    lengths = np.arange(1, 1001)
    batches = plan_batches(lengths, 10, boundaries=[1000], generator=np.random.default_rng(0))
    means = [lengths[batch.indices].mean() for batch in batches]
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.integers(1, 4))
def test_boundaries_waste_the_fewest_cells(lengths, count):
    def cells(boundaries):
        return sum(min(edge for edge in boundaries if edge >= n) for n in lengths)

    chosen = length_boundaries(lengths, count)
    distinct = sorted(set(lengths))
    assert chosen[-1] == max(lengths)
    assert len(chosen) <= count
    assert list(chosen) == sorted(set(chosen))
    best = min(
        cells((*inner, distinct[-1]))
        for k in range(count)
        for inner in combinations(distinct[:-1], min(k, len(distinct) - 1))
    )
    assert cells(chosen) == best


def test_boundaries_of_many_distinct_lengths_are_found_quickly():
    lengths = np.random.default_rng(0).lognormal(6, 1, 50_000).astype(int) + 1
    boundaries = length_boundaries(lengths)
    assert len(boundaries) == 6
    assert boundaries[-1] == lengths.max()


def test_bucketing_lowers_the_share_of_padding():
    lengths = np.random.default_rng(0).integers(1, 200, 5000)
    batches = plan_batches(
        lengths, 32, boundaries=length_boundaries(lengths), generator=np.random.default_rng(0)
    )
    assert padding_share(lengths, batches) < 0.17
    assert padding_share_unbucketed(lengths, 32) > 0.4


def test_shares_are_counted_exactly():
    batches = [Batch(np.array([0, 1]), 4), Batch(np.array([2]), 3)]
    assert padding_share([1, 3, 2], batches) == 1 - 6 / 11
    assert padding_share_unbucketed([1, 3, 2], 2) == 1 - 6 / 8
    assert padding_share([], []) == 0.0
    assert padding_share_unbucketed([], 2) == 0.0


def test_wrong_arguments_are_named():
    with pytest.raises(UsageError, match="batch_size must be 1 or more, not 0"):
        plan_batches([1], 0, boundaries=[1])
    for boundaries in ([], [0, 2], [3, 2]):
        with pytest.raises(UsageError, match="boundaries must be rising"):
            plan_batches([1], 1, boundaries=boundaries)
    with pytest.raises(ShapeError, match="a row has 5 tokens, the last boundary is only 4"):
        plan_batches([1, 5], 1, boundaries=[2, 4])
    with pytest.raises(ShapeError, match="0 or more, not -1"):
        plan_batches([-1], 1, boundaries=[2])
    with pytest.raises(UsageError, match="number of boundaries"):
        length_boundaries([1], 0)
    assert length_boundaries([]) == (1,)
