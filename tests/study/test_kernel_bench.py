"""The kernels' benchmark: correctness first, then times of two paths in turns."""

from __future__ import annotations

import contextlib
import json

import keras
import numpy as np
import pytest

from recurra import kernels, layers
from recurra.errors import KernelMismatchError, UnknownNameError, UsageError
from recurra.study import BENCH_CASES, BenchObserver, BenchSizes, bench_kernels
from recurra.study.bench_cases import BATCHES, draw_batches, draw_weights
from recurra.study.bench_networks import build_network, build_pair

SMALL = BenchSizes(units=3, batch=4, steps=6, features=5, words=20)
CELLS = ("gru", "lstm_padded", "lstm_dropout")

needs_core = pytest.mark.skipif(
    not kernels.instruction_sets() or kernels.why_not_backend(keras.config.backend()) is not None,
    reason="the core is not built here, or not for this backend",
)


class Diary(BenchObserver):
    """Writes down what it is told."""

    def __init__(self):
        self.entries = []

    def planned(self, checks, turns):
        self.entries.append(("planned", checks, turns))

    def check_started(self, subject):
        self.entries.append(("check", subject))

    def check_ended(self, subject):
        self.entries.append(("agreed", subject))

    def turn_ended(self, subject):
        self.entries.append(("turn", subject))


@pytest.fixture(scope="module")
def bench():
    diary = Diary()
    return bench_kernels(CELLS, SMALL, rounds=2, observer=diary), diary.entries


@needs_core
def test_every_network_and_call_has_times_and_a_ratio(bench):
    result, _ = bench
    assert [one.case for one in result.networks] == list(CELLS)
    assert [one.title for one in result.networks] == [
        "GRU(3)",
        "LSTM(3), padded",
        "LSTM(3), dropout 0.2",
    ]
    assert [(one.cell, one.batch, one.steps) for one in result.entries] == [
        (cell, *call) for cell in ("LSTM", "GRU") for call in ((1, 1), (1, 6), (4, 6))
    ]
    races = [race for one in result.networks for race in (one.training, one.prediction)]
    for race in [*races, *(one.race for one in result.entries)]:
        for times in (race.theirs, race.ours):
            assert 0 < times.low <= times.median <= times.high < 10
        assert race.ratio == race.theirs.median / race.ours.median


@needs_core
def test_outputs_losses_and_every_gradient_are_compared(bench):
    result, _ = bench
    figures = [check.figure for check in result.checks if check.subject == "GRU(3)"]
    expected = ["embeddings", "kernel", "recurrent_kernel", "bias", "kernel", "bias"]
    assert figures == [
        "output",
        "loss",
        *(f"gradient of weight {i} ({name})" for i, name in enumerate(expected)),
        "loss after a step",
    ]
    entry = [check.figure for check in result.checks if check.subject == "NumPy entry, GRU(3)"]
    assert entry[:3] == ["sequence", "last state", "stream"]
    assert len(entry) == 8
    assert all(check.error <= check.limit < 1e-4 for check in result.checks)


@needs_core
def test_the_result_is_json(bench):
    result, _ = bench
    record = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert record["rounds"] == 2
    assert record["sizes"]["units"] == 3
    assert record["machine"]["instruction_set"] == kernels.instruction_set()
    assert record["machine"]["backend"] == keras.config.backend()
    one = record["networks"][0]
    assert set(one["training"]) == set(one["prediction"]) == {"keras", "recurra", "ratio"}
    assert set(record["entries"][0]) >= {"cell", "steps", "reference", "recurra", "ratio"}


@needs_core
def test_everything_is_checked_before_anything_is_timed(bench):
    _, entries = bench
    kinds = [kind for kind, *_ in entries]
    turns = 2 * 3 + 2 * 3
    assert entries[0] == ("planned", 5, turns)
    assert kinds[1:] == ["check", "agreed"] * 5 + ["turn"] * turns


def broken(change):
    """Return an `accelerated` under which the LSTM's outputs are changed."""

    @contextlib.contextmanager
    def context():
        with layers.accelerated(), pytest.MonkeyPatch.context() as patch:
            loop = keras.layers.LSTM.inner_loop

            def inner_loop(self, *args, **options):
                last, outputs, states = loop(self, *args, **options)
                return change(last), outputs, states

            patch.setattr(keras.layers.LSTM, "inner_loop", inner_loop)
            yield

    return context


def wrong_gradient(last):
    return last + 1e-3 * (last - keras.ops.stop_gradient(last))


@needs_core
@pytest.mark.parametrize(
    ("change", "figure"),
    [
        (lambda last: last * 1.001, "output"),
        (lambda last: last * np.nan, "output"),
        (wrong_gradient, r"gradient of weight 0 \(embeddings\)"),
    ],
)
def test_a_wrong_core_is_not_timed(monkeypatch, change, figure):
    monkeypatch.setattr("recurra.study.bench_networks.accelerated", broken(change))
    diary = Diary()
    expected = rf"LSTM\(3\): the {figure} of the core differs from Keras's own path by .*not"
    with pytest.raises(KernelMismatchError, match=expected.replace("not", "nothing was timed")):
        bench_kernels("gru,lstm", SMALL, rounds=1, observer=diary)
    assert diary.entries[-1] == ("check", "LSTM(3)")


@needs_core
@pytest.mark.parametrize(
    ("name", "field", "figure"),
    [("lstm", "sequence", "sequence"), ("lstm_backward", "h0", "gradient of the initial state")],
)
def test_a_wrong_numpy_entry_is_not_timed(monkeypatch, name, field, figure):
    right = getattr(kernels, name)

    def wrong(x, *args, **options):
        out = right(x, *args, **options)
        value = getattr(out, field)
        return out._replace(**{field: value * np.float32(1.0001)}) if value.dtype == "f" else out

    monkeypatch.setattr(kernels, name, wrong)
    expected = rf"NumPy entry, LSTM\(3\): the {figure} of the core differs from the float64"
    with pytest.raises(KernelMismatchError, match=expected):
        bench_kernels("lstm", SMALL, rounds=1)


def test_names_and_numbers_are_checked_first():
    with pytest.raises(UnknownNameError, match="unknown cell 'lstn'; did you mean 'lstm'"):
        bench_kernels("lstn", SMALL)
    with pytest.raises(UsageError, match="name each cell"):
        bench_kernels([], SMALL)
    with pytest.raises(UsageError, match="rounds must be 1 or more, not 0"):
        bench_kernels("lstm", SMALL, rounds=0)


def test_without_the_core_it_says_why(monkeypatch):
    monkeypatch.setattr(kernels, "instruction_sets", list)
    monkeypatch.setattr(kernels, "kernel_for", lambda: "reference: no compiler")
    with pytest.raises(UsageError, match="there is nothing to measure: reference: no compiler"):
        bench_kernels("lstm", SMALL)


@needs_core
def test_a_backend_without_the_core_is_named(monkeypatch):
    record = layers.LayerKernel("lstm", "LSTM", fused=False, reason="Keras runs on a toaster")
    monkeypatch.setattr("recurra.study.bench_networks.explain_kernels", lambda _: [record])
    with pytest.raises(UsageError, match="cannot be measured here: Keras runs on a toaster"):
        build_pair(BENCH_CASES["lstm"], SMALL)


@needs_core
def test_each_network_has_its_path_whatever_the_caller_has_chosen():
    pair = build_pair(BENCH_CASES["lstm"], SMALL)
    for before in (contextlib.nullcontext, layers.accelerated):
        with before():
            chosen = layers.is_accelerated()
            with pair.path(pair.theirs):
                assert not layers.is_accelerated()
            with pair.path(pair.ours):
                assert layers.is_accelerated()
            assert layers.is_accelerated() == chosen


@pytest.mark.parametrize("name", BENCH_CASES)
def test_weights_and_batches_depend_on_the_seed_alone(name):
    case, sizes = BENCH_CASES[name], BenchSizes(units=3, batch=2, steps=4, features=5, words=20)
    drawn = draw_weights(case, sizes)
    for mine, again, network in zip(
        drawn, draw_weights(case, sizes), build_network(case, sizes).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(mine, again)
        np.testing.assert_array_equal(mine, network)
        assert mine.std() > 0 or mine.size == 1
    np.testing.assert_array_equal(draw_batches(case, sizes).ids, draw_batches(case, sizes).ids)


def test_padding_comes_last_and_fills_two_fifths():
    sizes = BenchSizes(batch=50, steps=40, words=9)
    full, targets = draw_batches(BENCH_CASES["lstm"], sizes)
    assert full.shape == (BATCHES, 50, 40)
    assert targets.shape == (BATCHES, 50, 1)
    assert full.min() == 1
    assert full.max() == 8
    ids = draw_batches(BENCH_CASES["lstm_padded"], sizes).ids
    valid = ids != 0
    assert valid[..., 0].all()
    assert (valid[..., 1:] <= valid[..., :-1]).all()
    assert valid.mean() == pytest.approx(0.6, abs=0.03)
