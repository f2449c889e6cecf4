"""Training one network on one task at growing lengths, until it breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from recurra.study.probes._adam import Adam
from recurra.study.probes._network import ProbeNetwork
from recurra.study.probes._scoring import loss_of, score
from recurra.study.probes.problem import Batch, Problem

__all__ = ["MEASURED", "SOLVED", "Budget", "climb"]

SOLVED = 0.9
"""Skill from which a length counts as solved."""
MEASURED = 512
"""Examples that a length is measured on."""
_WATCHED = 128  # examples that tell when a length is learnt
_BETWEEN = 25  # steps between two looks at them

Told = Callable[[int, int, float], None]
"""Told of a length, the steps made at it, and the skill there."""


@dataclass(frozen=True)
class Budget:
    """How a network is trained.

    Attributes:
        units: Width of the state.
        batch: Examples of a step.
        updates: The most steps at one length.
        learning_rate: Of Adam.
        clip: The largest norm of a gradient.
    """

    units: int
    batch: int
    updates: int
    learning_rate: float
    clip: float


def climb(
    problem: Problem,
    key: str,
    cell: str,
    lengths: Sequence[int],
    budget: Budget,
    generator: np.random.Generator,
    told: Told,
) -> tuple[int, list[dict[str, Any]]]:
    """Train at each length in turn and measure.

    A length starts with the weights of the one before, and the examples of each step have a
    length between the two (as the curricula of Zaremba & Sutskever 2014). At the first length
    that is not solved learning ends: the longer ones are measured with the weights as they are.

    Args:
        problem: The task.
        key: Its name, from which the measured examples are drawn: all cells have the same.
        cell: Key of `CELLS`.
        lengths: Growing.
        budget: How it is trained.
        generator: Source of the weights and of the examples to learn from.
        told: Told how it goes on.

    Returns:
        The number of parameters, and for each length its figures, JSON values.
    """
    points: list[dict[str, Any]] = []
    learning, network, before = True, None, None
    for length in _with_trained(problem, lengths):
        measured = problem.measured(_fixed(key, length), MEASURED, length)
        if network is None or not problem.grows:
            network = _network(problem, cell, measured, budget, generator)
        learn = learning and (problem.trained is None or length <= problem.trained)
        started, updates = perf_counter(), 0
        if learn:
            spread = (before or length, length) if problem.grows else (length, length)
            updates = _learn(problem, network, spread, budget, generator, told)
        seconds = perf_counter() - started
        found = score(network, measured)
        points.append(
            {"length": length, **found._asdict()}
            | {"learnt": learn, "updates": updates, "seconds": seconds}
        )
        learning = learning and (found.skill >= SOLVED or not problem.grows)
        before = length
    assert network is not None  # noqa: S101 - there is a length
    return network.parameters.size, [point for point in points if point["length"] in lengths]


def _with_trained(problem: Problem, lengths: Sequence[int]) -> list[int]:
    """Return the lengths, with that up to which is learnt where only longer ones are asked."""
    if problem.trained is None or min(lengths) <= problem.trained:
        return list(lengths)
    return [problem.trained, *lengths]


def _network(
    problem: Problem, cell: str, batch: Batch, budget: Budget, generator: np.random.Generator
) -> ProbeNetwork:
    return ProbeNetwork(cell, batch.inputs.shape[2], budget.units, problem.outputs, generator)


def _fixed(key: str, length: int) -> np.random.Generator:
    """Return the source of the measured examples: that of every cell, seed and repeat."""
    return np.random.default_rng([length, *key.encode()])


def _learn(
    problem: Problem,
    network: ProbeNetwork,
    spread: tuple[int, int],
    budget: Budget,
    generator: np.random.Generator,
    told: Told,
) -> int:
    """Train at one length until it is learnt or the steps are spent; return the steps."""
    adam = Adam(network.parameters.size, budget.learning_rate, budget.clip)
    watched = problem.watched(generator, _WATCHED, spread[1])
    updates, skill = 0, score(network, watched).skill
    best, kept = skill, network.parameters.copy()
    told(spread[1], updates, skill)
    while skill < problem.enough and updates < budget.updates:
        for _ in range(min(_BETWEEN, budget.updates - updates)):
            length = int(generator.integers(spread[0], spread[1] + 1))
            batch = problem.generate(generator, budget.batch, length)
            _, gradient = network.gradient(batch.inputs, batch.answers, loss_of(batch.targets))
            adam.step(network.parameters, gradient)
            updates += 1
        skill = score(network, watched).skill
        if skill > best:
            best, kept = skill, network.parameters.copy()
        told(spread[1], updates, skill)
    network.parameters[:] = kept
    return updates
