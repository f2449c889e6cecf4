import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import ShapeError, UsageError
from recurra.sequences import LengthStatistics


@given(st.lists(st.integers(1, 500), min_size=1, max_size=200), st.integers(1, 9))
def test_a_stream_gives_the_figures_of_the_whole(lengths, chunks):
    statistics = LengthStatistics(max_length=100)
    for part in np.array_split(np.array(lengths), chunks):
        statistics.update(part, np.zeros_like(part))
    figures = json.loads(json.dumps(statistics.to_dict()))
    assert figures["length"]["mean"] == pytest.approx(np.mean(lengths))
    for name, share in (("median", 0.5), ("p95", 0.95)):
        assert figures["length"][name] == np.quantile(lengths, share, method="inverted_cdf")
    assert figures["length"]["max"] == max(lengths)
    assert figures["truncated_share"] == pytest.approx(np.mean(np.array(lengths) > 100))
    edges, counts = figures["length_histogram"]["edges"], figures["length_histogram"]["counts"]
    assert len(edges) == len(counts) + 1 <= 31
    assert edges == sorted(set(edges))
    assert sum(counts) == len(lengths) == statistics.rows
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        assert count == sum(low <= n < high for n in lengths)


def test_the_unknown_share_is_of_tokens():
    statistics = LengthStatistics()
    statistics.update([3, 5], [1, 1])
    assert statistics.unknown_share == 0.25
    assert statistics.truncated_share == 0.0


def test_rows_of_the_greatest_length_are_not_truncated():
    statistics = LengthStatistics(max_length=3)
    statistics.update([2, 3, 4, 4])
    assert statistics.truncated_share == 0.5


def test_giants_share_the_last_bin():
    statistics = LengthStatistics()
    statistics.update([*range(1, 1000), 1_000_000])
    edges, counts = statistics.histogram(10)
    assert edges[-2] < 1000
    assert edges[-1] == 1_000_001
    assert sum(counts) == 1000


def test_no_rows_give_zeros():
    figures = LengthStatistics(5).to_dict()
    assert figures["length"] == {"mean": 0, "median": 0, "p95": 0, "max": 0}
    assert figures["length_histogram"] == {"edges": [0, 1], "counts": [0]}


def test_wrong_arguments_are_named():
    statistics = LengthStatistics()
    with pytest.raises(ShapeError, match="same shape"):
        statistics.update([1, 2], [1])
    with pytest.raises(ShapeError, match="not -1"):
        statistics.update([-1])
    with pytest.raises(UsageError, match="quantile"):
        statistics.quantile(2)
    with pytest.raises(UsageError, match="histogram"):
        statistics.histogram(0)
