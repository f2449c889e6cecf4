"""What a translator's training minimises, and the second pass of scheduled sampling."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

__all__ = ["ParallelSampling", "SmoothedCrossEntropy"]


@keras.saving.register_keras_serializable(package="recurra")
class SmoothedCrossEntropy(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy in nats against labels that are smoothed over all tokens.

    The answer's token has the probability 1 - s of the label, all tokens share s evenly. Written
    with sums over logits, so that no label as wide as the vocabulary is made.

    Source: Szegedy et al. 2016, section 7.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        """Choose.

        Args:
            smoothing: The share s, from 0 to below 1.
        """
        super().__init__(name="cross_entropy", reduction="mean_with_sample_weight")
        self._smoothing = smoothing

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, with which a copied model finds its loss again."""
        return {"smoothing": self._smoothing}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every step.

        Args:
            y_true: Token ids, shape `(batch, time)`; at padding any, its weight is 0.
            y_pred: Logits, shape `(batch, time, vocabulary)`.

        Returns:
            Shape `(batch, time)`.
        """
        answers = ops.expand_dims(ops.cast(y_true, "int32"), -1)  # Keras hands them on as floats
        total = ops.logsumexp(y_pred, axis=-1)
        likely = ops.squeeze(ops.take_along_axis(y_pred, answers, axis=-1), -1)
        if self._smoothing:
            likely = (1 - self._smoothing) * likely + self._smoothing * ops.mean(y_pred, axis=-1)
        return total - likely


class ParallelSampling(keras.Model):  # type: ignore[misc]
    """A translator that in training reads some of its own words: scheduled sampling in two passes.

    The first pass reads the reference, without dropout and without gradient; at the steps that
    `replaced` marks, the second reads the first's most probable token instead. Both run over the
    whole target at once. Layers and weights are the translator's own.

    Source: Duckworth et al. 2019, "Parallel Scheduled Sampling", with the most probable token in
    place of a drawn one as in Mihaylova & Martins 2019; the idea: Bengio et al. 2015.
    """

    def __init__(self, translator: keras.Model) -> None:
        """Wrap.

        Args:
            translator: A model from `source` and `target` to logits, see `build_translator`.
        """
        source, target = translator.input["source"], translator.input["target"]
        replaced = keras.Input((None,), dtype="bool", name="replaced")
        inputs = {"source": source, "target": target, "replaced": replaced}
        super().__init__(inputs, translator.output, name=translator.name)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return logits, shape `(batch, target_time, target_vocabulary)`."""
        if not training:
            return super().call(inputs, training=training, mask=mask)
        first = ops.stop_gradient(super().call(inputs, training=False, mask=mask))
        guesses = ops.cast(ops.argmax(first, axis=-1), "int32")
        target, replaced = inputs["target"], inputs["replaced"]
        # A guess is of the following token. [PAD] would end the row.
        guesses = ops.concatenate([target[:, :1], guesses[:, :-1]], axis=1)
        read = ops.where(ops.logical_and(replaced, guesses > 0), guesses, target)
        return super().call({**inputs, "target": read}, training=True, mask=mask)
