"""The tasks of a probe against their plain definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.study.probes import PROBLEMS
from recurra.study.probes.arithmetic import arithmetic, arithmetic_at_the_end
from recurra.study.probes.copying import ALPHABET, SYMBOLS
from recurra.study.probes.digits import learnt_digits, measured_digits, watched_digits

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=40, deadline=None)


def drawn(task: str, seed: int, length: int, count: int = 5):
    return PROBLEMS[task].generate(np.random.default_rng(seed), count, length)


@FEW
@given(SEEDS, st.integers(2, 50))
def test_adding_asks_for_the_sum_of_the_two_marked_numbers(seed, length):
    inputs, targets = drawn("adding", seed, length)
    assert inputs.shape == (5, length, 2)
    assert targets.dtype == np.float32
    for row, target in zip(inputs, targets, strict=True):
        marked = [step for step in range(length) if row[step, 1] == 1]
        assert set(row[:, 1]) <= {0, 1}
        assert len(marked) == 2
        assert marked[0] < length // 2 <= marked[1]
        assert target == pytest.approx(row[marked[0], 0] + row[marked[1], 0])
        assert np.all((row[:, 0] >= 0) & (row[:, 0] < 1))


def test_chance_on_adding_is_a_sixth():
    targets = drawn("adding", 0, 10, count=100_000).targets
    assert targets.var() == pytest.approx(1 / 6, rel=0.02)


@FEW
@given(SEEDS, st.integers(1, 40))
def test_copy_asks_for_the_first_symbols_at_the_last_steps(seed, length):
    inputs, targets = drawn("copy", seed, length)
    assert inputs.shape == (5, length + 2 * SYMBOLS, ALPHABET + 2)
    symbols = inputs.argmax(-1)
    assert np.all(inputs.sum(-1) == 1)
    assert np.array_equal(symbols[:, :SYMBOLS], targets)
    blank, sign = ALPHABET, ALPHABET + 1
    rest = [blank] * (length - 1) + [sign] + [blank] * SYMBOLS
    assert np.all(symbols[:, SYMBOLS:] == rest)


@FEW
@given(SEEDS, st.integers(10, 80))
def test_order_asks_which_signs_came_in_which_order(seed, length):
    inputs, targets = drawn("order", seed, length)
    for row, target in zip(inputs.argmax(-1), targets[:, 0], strict=True):
        places = np.flatnonzero(row >= 4)
        assert len(places) == 2
        assert length // 10 <= places[0] < length // 5
        assert length // 2 <= places[1] < length * 6 // 10
        first, second = row[places] - 4
        assert target == {(0, 0): 0, (0, 1): 1, (1, 0): 2, (1, 1): 3}[first, second]


@FEW
@given(SEEDS, st.integers(1, 30))
def test_parity_asks_after_each_bit_and_is_measured_at_the_last(seed, length):
    inputs, targets = drawn("parity", seed, length)
    for row, answers in zip(inputs.argmax(-1), targets, strict=True):
        assert list(answers) == [sum(row[: end + 1]) % 2 for end in range(length)]
    last = PROBLEMS["parity"].measured(np.random.default_rng(seed), 5, length)
    assert np.array_equal(last.inputs, inputs)
    assert np.array_equal(last.targets[:, 0], targets[:, -1])


@FEW
@given(SEEDS, st.integers(2, 21))
def test_arithmetic_asks_for_the_value_after_each_number(seed, length):
    generator = np.random.default_rng(seed)
    inputs, targets = arithmetic(generator, 5, length)
    first = 1 - length % 2
    for row, answers in zip(inputs.argmax(-1), targets, strict=True):
        text = "".join("01234+-*"[symbol] for symbol in row)
        for place, answer in enumerate(answers):
            if (place - first) % 2:
                assert row[place] >= 5
                assert answer == -1
            else:
                assert answer == by_products(text[: place + 1])
    assert not (first and np.any(inputs[:, 0].argmax(-1) == 7))
    last = arithmetic_at_the_end(np.random.default_rng(seed), 5, length)
    assert np.array_equal(last.targets[:, 0], targets[:, -1])


def by_products(text: str) -> int:
    """Evaluate `3+4*2-1` by splitting at the signs and multiplying each part."""
    total = 0
    for part in text.replace("-", "+-").split("+"):
        if part:
            numbers = [int(number) for number in part.lstrip("-").split("*")]
            total += (-1 if part.startswith("-") else 1) * int(np.prod(numbers))
    return total % 5


@pytest.mark.parametrize("length", PROBLEMS["digits"].lengths)
def test_digits_are_images_read_in_order(length):
    from sklearn.datasets import load_digits

    images, digits = load_digits(return_X_y=True)
    known = {image.tobytes(): digit for image, digit in zip(images, digits, strict=True)}
    batch = measured_digits(np.random.default_rng(0), 512, length)
    assert batch.inputs.shape == (360, length, 64 // length)
    for image, digit in zip(batch.inputs.reshape(360, 64) * 16, batch.targets[:, 0], strict=True):
        assert known[image.astype(float).tobytes()] == digit


def test_no_digit_is_learnt_and_measured():
    def images(batch):
        return {image.tobytes() for image in batch.inputs}

    generator = np.random.default_rng(0)
    learnt = images(learnt_digits(generator, 50_000, 8))
    watched, measured = (draw(generator, 512, 8) for draw in (watched_digits, measured_digits))
    assert (len(watched.inputs), len(measured.inputs)) == (180, 360)
    assert len(learnt | images(watched) | images(measured)) > 1_780
    assert not learnt & images(watched)
    assert not learnt & images(measured)
    assert not images(watched) & images(measured)


@pytest.mark.parametrize("task", PROBLEMS)
def test_the_same_generator_draws_the_same_examples(task):
    problem = PROBLEMS[task]
    for length in problem.lengths[:2]:
        first, second = (problem.measured(np.random.default_rng(3), 4, length) for _ in range(2))
        assert np.array_equal(first.inputs, second.inputs)
        assert np.array_equal(first.targets, second.targets)
        assert first.inputs.dtype == np.float32
