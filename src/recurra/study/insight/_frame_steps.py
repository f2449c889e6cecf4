"""One sequence of numbers as a network over frames reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.runtime.series import stacked_frames

__all__ = ["FrameSteps", "frame_times", "from_frames", "step_numbers"]

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FrameSteps:
    """The frames of one sequence: `stride` steps side by side, each frame one step of the layers.

    Attributes:
        frames: Shape `(frames, stride * features)`; the last one is filled up with zeros.
        averaged: The same where every step is the mean of the sequence.
    """

    frames: Array
    averaged: Array

    @classmethod
    def of(cls, scaled: Array, channels: int, stride: int) -> FrameSteps:
        """Lay out a scaled sequence.

        Args:
            scaled: Shape `(time, features)`: channels, then indicators of missing values.
            channels: How many features are measured values. What tells that a value is missing
                is never exchanged.
            stride: Steps of a frame.
        """
        averaged = scaled.copy()
        averaged[:, :channels] = scaled[:, :channels].mean(axis=0)
        lengths = np.array([len(scaled)])
        frames, means = (
            stacked_frames(values[None], lengths, stride)[0][0] for values in (scaled, averaged)
        )
        return cls(frames, means)

    @property
    def inputs(self) -> list[NDArray[Any]]:
        """What a network that begins with frames is called with."""
        return _with_mask(self.frames[None])

    def exchanged(
        self, steps: NDArray[np.bool_], generator: np.random.Generator
    ) -> list[NDArray[Any]]:
        """Return inputs in which frames are exchanged for the mean of the sequence.

        Args:
            steps: Which, `(rows, frames)`.
            generator: Not needed: there is one mean.
        """
        del generator
        return _with_mask(np.where(steps[..., None], self.averaged, self.frames))


def from_frames(model: Any, outputs: Any, stride: int) -> keras.Model:
    """Return the part of a network from its frames to a tensor of it; the layers are shared.

    Args:
        model: From `build_sequence_network` or `build_recognizer`.
        outputs: The tensor.
        stride: Steps of a frame.
    """
    if stride == 1:
        return keras.Model(model.input, outputs, name=model.name)
    inner = [model.get_layer(name).output for name in ("stacked_steps", "frame_mask")]
    inputs = [
        keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)
        for name, tensor in zip(("frames", "frame_mask"), inner, strict=True)
    ]
    return keras.Model(inputs, keras.Model(inner, outputs)(inputs), name=model.name)


def step_numbers(time: int, stride: int) -> tuple[str, ...]:
    """Name frames by the numbers of their steps, from 1: `"3"`, or `"5-8"`."""
    firsts = range(1, time + 1, stride)
    lasts = [min(first + stride - 1, time) for first in firsts]
    return tuple(
        str(first) if first == last else f"{first}-{last}"
        for first, last in zip(firsts, lasts, strict=True)
    )


def frame_times(frames: int, seconds: float, start: float = 0.0) -> tuple[str, ...]:
    """Name frames of sound by the time at which they begin, such as `"0.25 s"`.

    Args:
        frames: How many.
        seconds: From one frame to the next.
        start: Time of the first.
    """
    digits = next((n for n in (2, 3) if abs(round(seconds, n) - seconds) < 1e-9), 4)
    return tuple(f"{start + seconds * index:.{digits}f} s" for index in range(frames))


def _with_mask(frames: Array) -> list[NDArray[Any]]:
    return [frames, np.ones(frames.shape[:2], np.int32)]
