"""Dropout of whole tokens of a vocabulary."""

from __future__ import annotations

from typing import Any

import keras

__all__ = ["TokenDropout"]


@keras.saving.register_keras_serializable("recurra")
class TokenDropout(keras.layers.Layer):  # type: ignore[misc]
    """Drop the vectors of a share of the vocabulary, wherever its tokens stand in a batch.

    The other vectors are scaled up; outside of training nothing changes.

    Args:
        vocabulary: Tokens.
        rate: Share of them that is dropped.
        seed: For the draws.
        **options: As for `keras.layers.Layer`.

    Source: Merity et al. 2017, section 4.3; Gal & Ghahramani 2016.
    """

    def __init__(
        self, vocabulary: int, rate: float, *, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, vectors: Any, ids: Any, training: bool = False) -> Any:
        """Return the vectors `(batch, time, width)` of ids `(batch, time)`, some of them zeros."""
        if not training or not self.rate:
            return vectors
        ones = keras.ops.ones((self.vocabulary,), dtype=vectors.dtype)
        kept = keras.random.dropout(ones, self.rate, seed=self.seed_generator)
        return vectors * keras.ops.take(kept, ids, axis=0)[..., None]

    def compute_output_shape(self, vectors_shape: Any, ids_shape: Any = None) -> Any:
        """Return the shape of the vectors."""
        return vectors_shape

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        own = {"vocabulary": self.vocabulary, "rate": self.rate, "seed": self.seed}
        return {**super().get_config(), **own}
