"""The networks of a probe: gradients, weights, losses, steps."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.study.probes._adam import Adam
from recurra.study.probes._network import CELLS, ProbeNetwork
from recurra.study.probes._scoring import loss_of, score
from recurra.study.probes.problem import Batch

UNITS = 5


def network(cell: str, outputs: int = 3, seed: int = 0) -> ProbeNetwork:
    return ProbeNetwork(cell, 2, UNITS, outputs, np.random.default_rng(seed))


def targets_of(kind: str, answers: int) -> np.ndarray:
    generator = np.random.default_rng(1)
    if kind == "numbers":
        return generator.normal(size=(4, answers, 3)).astype(np.float32)
    classes = generator.integers(0, 3, (4, answers))
    classes[0, 0] = -1
    return classes


@pytest.mark.parametrize("answers", [2, 6])
@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_is_that_of_finite_differences(cell, kind, answers):
    made = network(cell)
    made.parameters += np.random.default_rng(2).normal(0, 0.2, made.parameters.shape)
    inputs = np.random.default_rng(3).normal(size=(4, 6, 2)).astype(np.float32)
    loss = loss_of(targets_of(kind, answers))
    value, gradient = made.gradient(inputs, answers, loss)
    assert value == pytest.approx(loss(made.predict(inputs, answers))[0], rel=1e-5)
    along = np.random.default_rng(4).normal(size=(8, len(gradient))).astype(np.float32)
    for direction in along:
        start, ends = made.parameters.copy(), []
        for sign in (1, -1):
            made.parameters[:] = start + sign * np.float32(2e-3) * direction
            ends.append(loss(made.predict(inputs, answers))[0])
        made.parameters[:] = start
        assert (ends[0] - ends[1]) / 4e-3 == pytest.approx(gradient @ direction, rel=0.02, abs=2e-3)


@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_kernels_are_orthogonal_gate_by_gate(cell):
    _, recurrent, bias, *_ = (made := network(cell))._split(made.parameters)
    for gate in range(recurrent.shape[1] // UNITS):
        block = recurrent[:, gate * UNITS : (gate + 1) * UNITS]
        assert block.T @ block == pytest.approx(np.eye(UNITS), abs=1e-5)
    forget = np.zeros_like(bias)
    if cell == "lstm":
        forget[0, UNITS : 2 * UNITS] = 1
    assert np.array_equal(bias, forget)


def test_the_same_seed_draws_the_same_weights():
    assert np.array_equal(network("gru").parameters, network("gru").parameters)
    assert not np.array_equal(network("gru").parameters, network("gru", seed=1).parameters)


def test_adam_takes_steps_of_the_learning_rate_along_a_clipped_gradient():
    parameters = np.zeros(3, np.float32)
    adam = Adam(3, learning_rate=0.1, clip=1.0)
    adam.step(parameters, np.array([3e4, -4e4, 0], np.float32))
    assert parameters == pytest.approx([-0.1, 0.1, 0], abs=1e-5)
    assert adam._mean == pytest.approx([0.06, -0.08, 0], rel=1e-5)
    adam.step(parameters, np.array([np.nan, 0, 0], np.float32))
    assert parameters == pytest.approx([-0.1, 0.1, 0], abs=1e-5)


class Answers:
    """Stands for a network that answers what it was given."""

    def __init__(self, readout: np.ndarray) -> None:
        self.readout = readout

    def predict(self, inputs: np.ndarray, answers: int) -> np.ndarray:
        del answers
        rows = inputs[:, 0, 0].astype(int)
        return self.readout[rows]


def numbered(targets: np.ndarray) -> Batch:
    rows = np.arange(len(targets), dtype=np.float32)
    return Batch(rows[:, None, None], targets)


def test_skill_is_the_share_of_what_chance_gets_wrong():
    classes = np.arange(200)[:, None] % 4
    right = np.eye(4, dtype=np.float32)[classes]
    assert score(Answers(right), numbered(classes)) == (1.0, 0.25, 1.0)
    half = right.copy()
    half[100:] = np.roll(half[100:], 1, axis=-1)
    assert score(Answers(half), numbered(classes)) == pytest.approx((0.5, 0.25, 1 / 3))
    sums = np.random.default_rng(0).random((200, 1, 1)).astype(np.float32)
    mean = np.full_like(sums, sums.mean())
    assert score(Answers(mean), numbered(sums)).skill == pytest.approx(0, abs=1e-5)
    assert score(Answers(sums), numbered(sums)).skill == 1
    wild = score(Answers(np.full_like(sums, np.nan)), numbered(sums))
    assert np.isfinite(wild).all()
