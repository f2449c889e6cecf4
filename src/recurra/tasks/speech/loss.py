"""What the training of a recognizer minimises."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from recurra.runtime.speech import BLANK

__all__ = ["CTCLoss"]

_IMPOSSIBLE = 1e4  # nats; Keras answers 1e5 and more where the steps are too few for the text


@keras.saving.register_keras_serializable(package="recurra")
class CTCLoss(keras.losses.Loss):  # type: ignore[misc]
    """Negative log-probability of a text, summed over all its alignments, in nats per clip.

    Source: Graves et al. 2006, "Connectionist Temporal Classification". A clip whose steps are
    too few for its text, as after an extreme change of tempo, counts nothing.
    """

    def __init__(self) -> None:
        super().__init__(name="ctc", reduction="mean_with_sample_weight")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments: none."""
        return {}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every clip.

        Args:
            y_true: Numbers of the symbols, shape `(batch, symbols)`; 0 at padding.
            y_pred: Logits, shape `(batch, steps, outputs)`; at padding the blank is certain, so
                that all rows are as long as the longest.

        Returns:
            Shape `(batch,)`.
        """
        symbols = ops.cast(y_true, "int32")
        counts = ops.sum(ops.cast(symbols != BLANK, "int32"), axis=1)
        steps = ops.zeros_like(counts) + y_pred.shape[1]
        nats = ops.ctc_loss(symbols, y_pred, counts, steps, mask_index=BLANK)
        return ops.where(nats < _IMPOSSIBLE, nats, 0.0)
