"""Which steps of an input made a model answer as it did: four methods side by side.

None of them is the truth, and they answer different questions; where they disagree, the deletion
test says whose order of steps the model itself bears out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UnknownNameError
from recurra.study.insight._deletion import DeletionTest
from recurra.study.insight._path import TOLERANCE, PathIntegral, integrate
from recurra.study.insight._scoring import Scorer
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import Attribution
from recurra.tasks.comparable import use_kernels

__all__ = ["METHODS", "attributions", "occlusion"]

Array: TypeAlias = NDArray[np.float64]
Scored: TypeAlias = tuple[Array, float | None, str]  # scores, completeness error, note

METHODS = ("integrated_gradients", "gradient_x_input", "occlusion", "attention")

_ROWS = 512  # variants of an input that occlusion looks at
_MOST_DRAWS = 8


def attributions(
    subject: Subject, *, methods: Sequence[str] = METHODS, seed: int = 0
) -> tuple[Attribution, ...]:
    """Say how much each step speaks for the explained score.

    - `integrated_gradients` (Sundararajan et al. 2017): the gradient integrated from an empty
      input (zeros for the vectors of tokens; for values their mean over the window, or, where
      whole sequences are answered for, over the training data) to this one. Its scores sum to the
      difference of the two scores; the error of that sum is given. Limits: it explains this
      difference, so another empty input gives other scores; the line between the two passes
      through vectors that no token has.
    - `gradient_x_input`: the gradient at the input times its difference from the empty one. Limits:
      what the score would do for the smallest of changes; a gate or a class that is saturated has
      hardly a gradient, however much the step matters, and the scores sum to nothing.
    - `occlusion` (Zeiler & Fergus 2014): how far the score falls when one step is exchanged for
      others of the same input. Limits: of two steps that say the same, neither is missed when
      the other stays; what it is exchanged for has a say; long inputs are taken in groups of
      neighbours.
    - `attention`: the model's own weights, where it has any. Limits: they tell where the model
      reads, not for which answer, so they have no sign, and a state at one step holds what was
      read before it (Jain & Wallace 2019, "Attention is not Explanation").

    Each comes with a deletion test: steps are removed, those that speak most for the score first.
    Limits: a half-deleted input is none that the model was trained on, and an order is tested,
    not the size of the scores.

    Args:
        subject: The input and its model.
        methods: Which of `METHODS`, in the order wanted; attention is left out where the model
            has none.
        seed: Fixes what steps are exchanged for.

    Raises:
        UnknownNameError: If there is no such method.
    """
    for method in methods:
        if method not in METHODS:
            raise UnknownNameError("method", method, METHODS)
    scorer = Scorer(subject)
    with use_kernels("auto"):
        found = _scored(subject, scorer, methods, seed)
        if not found:
            return ()
        test = DeletionTest(subject, scorer, seed)
        orders = [np.argsort(-scores, kind="stable") for scores, _, _ in found.values()]
        curves = test.curves(orders)
    return tuple(
        _attribution(method, scored, test, curve)
        for (method, scored), curve in zip(found.items(), curves, strict=True)
    )


def occlusion(subject: Subject, scorer: Scorer, seed: int = 0) -> tuple[Array, str]:
    """Return how far the score falls when a step is exchanged, `(time,)`, and what to know of it.

    Args:
        subject: The input and its model.
        scorer: Scores variants of it.
        seed: Fixes what steps are exchanged for.
    """
    time = len(subject.labels)
    width = -(-time // _ROWS)
    group = np.arange(time) // width
    groups = int(group[-1]) + 1
    draws = int(np.clip(_ROWS // groups, 1, _MOST_DRAWS))
    steps = np.repeat(group[None] == np.arange(groups)[:, None], draws, axis=0)
    whole = np.zeros((1, time), bool)
    scores = scorer(np.concatenate([whole, steps]), np.random.default_rng([seed, *b"occlusion"]))
    falls = (scores[0] - scores[1:]).reshape(groups, draws).mean(axis=1)
    note = f"{width} neighbouring steps are exchanged together" if width > 1 else ""
    return falls[group] / np.bincount(group)[group], note


def _scored(
    subject: Subject, scorer: Scorer, methods: Sequence[str], seed: int
) -> dict[str, Scored]:
    """Return what each method says; the two of gradients share a path."""
    found: dict[str, Scored] = {}
    path = None
    for method in methods:
        if method == "attention":
            weights = subject.attention()
            if weights is not None:
                found[method] = (weights.astype(np.float64), None, "")
        elif method == "occlusion":
            falls, note = occlusion(subject, scorer, seed)
            found[method] = (falls, None, note)
        else:
            path = path or integrate(subject)
            found[method] = _from_path(method, path)
    return found


def _from_path(method: str, path: PathIntegral) -> Scored:
    if method == "gradient_x_input":
        return path.gradient_x_input, None, ""
    if path.error < TOLERANCE:
        return path.contributions, path.error, f"{path.steps} intervals"
    note = (
        f"the scores miss the difference of the outputs, {path.difference:.3g}, by "
        f"{100 * path.error:.2g} % after {path.steps} intervals"
    )
    return path.contributions, path.error, note


def _attribution(method: str, scored: Scored, test: DeletionTest, curve: Array) -> Attribution:
    scores, error, note = scored
    return Attribution(
        method=method,
        scores=scores.astype(np.float32),
        completeness_error=error,
        deletion=(test.shares.astype(np.float32), curve.astype(np.float32)),
        faithfulness=test.faithfulness(curve),
        note=note,
    )
