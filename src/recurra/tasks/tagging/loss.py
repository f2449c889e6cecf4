"""What the training of a conditional random field minimises."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

__all__ = ["ChainLoss", "emission_accuracy"]


@keras.saving.register_keras_serializable(package="recurra")
class ChainLoss(keras.losses.Loss):  # type: ignore[misc]
    """Negative log-likelihood of the tags of whole sentences, in nats per token.

    Source: Lafferty, McCallum & Pereira 2001; for the recursion see
    `recurra.runtime.tagging.chain`.
    """

    def __init__(self) -> None:
        super().__init__(name="chain", reduction="mean_with_sample_weight")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments: none."""
        return {}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every sentence, per token.

        Args:
            y_true: Numbers of the tags, shape `(batch, time)`; -1 at padding.
            y_pred: Emissions and, below them, transitions: `(batch, time + tags + 2, tags)`.

        Returns:
            Shape `(batch,)`; 0 for a sentence without tokens.
        """
        answers = ops.cast(y_true, "int32")
        valid = answers >= 0
        answers = ops.maximum(answers, 0)
        rows = y_pred.shape[-1] + 2
        emissions, transitions = y_pred[:, :-rows], y_pred[0, -rows:]
        lengths = ops.sum(ops.cast(valid, y_pred.dtype), axis=1)
        total = _log_normalizer(emissions, transitions, valid)
        nats = total - _score(emissions, transitions, answers, valid, lengths)
        return ops.where(lengths > 0, nats / ops.maximum(lengths, 1), 0.0)


def emission_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return the share of each sentence's tokens whose emission alone is highest for the true tag.

    What training batches are watched by: the best sequence would have to be searched for.

    Args:
        y_true: As for `ChainLoss`.
        y_pred: As for `ChainLoss`.

    Returns:
        Shape `(batch,)`.
    """
    answers = ops.cast(y_true, "int32")
    best = ops.cast(ops.argmax(y_pred[:, : -(y_pred.shape[-1] + 2)], axis=-1), "int32")
    right = ops.sum(ops.cast(best == answers, y_pred.dtype), axis=1)
    return right / ops.maximum(ops.sum(ops.cast(answers >= 0, y_pred.dtype), axis=1), 1)


def _score(emissions: Any, transitions: Any, answers: Any, valid: Any, lengths: Any) -> Any:
    """Return the score of the true tags, shape `(batch,)`."""
    tags = emissions.shape[-1]
    likely = ops.squeeze(ops.take_along_axis(emissions, answers[..., None], axis=-1), -1)
    flat = ops.reshape(transitions, (-1,))
    # Row 0 begins a sentence, row 1 + i follows tag i.
    before = ops.pad(answers[:, :-1] + 1, ((0, 0), (1, 0)))
    steps = ops.take(flat, before * tags + answers)
    last = ops.maximum(ops.cast(lengths, "int32") - 1, 0)
    final = ops.squeeze(ops.take_along_axis(answers, last[:, None], axis=1), 1)
    ends = ops.take(transitions[-1], final)
    return ops.sum(ops.where(valid, likely + steps, 0.0), axis=1) + ends


def _log_normalizer(emissions: Any, transitions: Any, valid: Any) -> Any:
    """Return the log-sum of `exp(score)` over all sequences of tags, shape `(batch,)`."""
    between = transitions[1:-1]

    def step(sums: Any, now: Any) -> tuple[Any, Any]:
        emission, real = now
        moved = ops.logsumexp(sums[:, :, None] + between[None], axis=1) + emission
        return ops.where(real[:, None], moved, sums), None

    first = transitions[0] + emissions[:, 0]
    rest = (ops.swapaxes(emissions, 0, 1)[1:], ops.swapaxes(valid, 0, 1)[1:])
    last, _ = ops.scan(step, first, rest)
    return ops.logsumexp(last + transitions[-1], axis=1)
