"""Keras's recurrent layers for truncated backpropagation through time.

With `stateful=True` the state after a batch is the state before the next one. Keras's own layers
say so too, but keep that state where a program of JAX neither reads nor writes it: every batch
starts from zeros there, without a word (Keras 3.15). Here the state is among the layer's
`variables`, and so part of every program; it is not among its `weights`, which are named and
saved as those of Keras's own layer.

Weight drop: see `StreamingLSTM`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

__all__ = ["StreamingGRU", "StreamingLSTM", "StreamingSimpleRNN"]


class _Streaming(keras.layers.RNN):  # type: ignore[misc]
    """What the three layers add to Keras's own, which stand behind it among their ancestors."""

    def __init__(self, units: int, *, weight_drop: float = 0.0, **options: Any) -> None:
        super().__init__(units, **options)
        self.weight_drop = weight_drop

    @property
    def variables(self) -> list[Any]:
        """Everything that a program reads and writes: weights, seeds and carried states."""
        return [*super().variables, *(self.states or ())]

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        """Compute as Keras's own layer does, in training with a thinned recurrent kernel."""
        with self._thinned(self.weight_drop if training else 0.0):
            return super().inner_loop(sequences, initial_state, mask, training=training)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        return {**super().get_config(), "weight_drop": self.weight_drop}

    @contextlib.contextmanager
    def _thinned(self, rate: float) -> Iterator[None]:
        """Let the cell compute with a kernel of which a share is dropped, then as before."""
        kernel = self.cell.recurrent_kernel
        if rate:
            values, seed = keras.ops.convert_to_tensor(kernel), self.cell.seed_generator
            self.cell.recurrent_kernel = keras.random.dropout(values, rate, seed=seed)
        try:
            yield
        finally:
            self.cell.recurrent_kernel = kernel


@keras.saving.register_keras_serializable("recurra")
class StreamingSimpleRNN(_Streaming, keras.layers.SimpleRNN):  # type: ignore[misc]
    """`keras.layers.SimpleRNN` with carried states and weight drop; see `StreamingLSTM`."""


@keras.saving.register_keras_serializable("recurra")
class StreamingGRU(_Streaming, keras.layers.GRU):  # type: ignore[misc]
    """`keras.layers.GRU` with carried states and weight drop; see `StreamingLSTM`."""


@keras.saving.register_keras_serializable("recurra")
class StreamingLSTM(_Streaming, keras.layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM` with states that carry over between batches, and weight drop.

    Args:
        units: Units.
        weight_drop: Share of the recurrent kernel's entries that are dropped in training, drawn
            once a batch; the others are scaled up to keep its sum.
        **options: As for `keras.layers.LSTM`; `stateful=True` carries the states.

    Source: Merity et al. 2017, section 2 (the weight-dropped LSTM).
    """
