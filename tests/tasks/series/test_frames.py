"""Batches of sequences hold every row, padded to few lengths, varied anew every epoch."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.tasks.series.frames import FrameBatches, frame_inputs

LENGTHS = st.lists(st.integers(1, 20), min_size=1, max_size=30)


def rows_of(lengths: list[int]) -> list[np.ndarray]:
    """Return rows that hold their own number."""
    return [np.full((n, 2), k, np.float32) for k, n in enumerate(lengths)]


@settings(max_examples=50, deadline=None)
@given(LENGTHS, st.integers(1, 4), st.integers(1, 8))
def test_every_row_is_read_once_an_epoch_with_its_length(lengths, stride, batch_size):
    inputs, rows = frame_inputs(rows_of(lengths), stride=stride), np.arange(len(lengths))
    batches = FrameBatches(inputs, rows, rows, batch_size=batch_size, seed=0)
    seen = []
    for k in range(len(batches)):
        (values, mask), targets, weights = batches[k]
        assert values.shape[1] % stride == 0
        assert values.dtype == np.float32
        assert mask.dtype == np.int32
        np.testing.assert_array_equal(mask.sum(axis=1), np.array(lengths)[targets])
        np.testing.assert_array_equal(values[:, 0, 0], targets)
        assert (values[mask == 0] == 0).all()
        seen.extend(targets[weights > 0].tolist())
    assert sorted(seen) == rows.tolist()


def test_few_padded_lengths_occur_and_longer_rows_are_still_read():
    inputs = frame_inputs(rows_of([3, 4, 5, 30]), np.array([0, 1, 2]), stride=2)
    assert len(inputs.boundaries) == 1
    assert {batch.time for batch in inputs.plan(np.arange(4), 4)} == {30}
    assert {batch.time for batch in inputs.plan(np.arange(3), 3)} == {6}


def test_variations_differ_by_epoch_and_repeat_by_seed():
    inputs, rows = frame_inputs(rows_of([5, 5, 5])), np.arange(3)

    def epoch(number: int, seed: int = 0) -> np.ndarray:
        batches = FrameBatches(
            inputs,
            rows,
            rows,
            batch_size=3,
            seed=seed,
            augment=lambda row, g: row + g.normal(size=row.shape).astype(np.float32),
        )
        batches.start_epoch(number)
        (values, _), targets, _ = batches[0]
        return values - targets[:, None, None]

    assert (epoch(0) == epoch(0)).all()
    assert (epoch(0) != epoch(1)).all()
    assert (epoch(0) != epoch(0, seed=1)).all()
    assert (epoch(0)[0] != epoch(0)[1]).all()


def test_variations_may_shorten_a_row_and_are_cut_at_the_padded_length():
    inputs, rows = frame_inputs(rows_of([4, 4])), np.arange(2)

    def lengths(augment) -> list[int]:
        batches = FrameBatches(inputs, rows, rows, batch_size=2, seed=0, augment=augment)
        return batches[0][0][1].sum(axis=1).tolist()

    assert lengths(lambda row, g: row[:2]) == [2, 2]
    assert lengths(lambda row, g: np.repeat(row, 3, axis=0)) == [4, 4]
