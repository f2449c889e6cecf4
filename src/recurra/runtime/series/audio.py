"""Classes of sound from an artifact: neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError
from recurra.runtime._artifact_checks import corrupt_unless_usable
from recurra.runtime.artifact import Artifact
from recurra.runtime.predictor import Prediction
from recurra.runtime.series.prediction_stream import PredictionStream
from recurra.runtime.series.predictor import SequencePredictor
from recurra.runtime.series.specification import SequenceSpecification
from recurra.sequences.audio import AudioFeatures, StreamResampler, adapt, read_audio, resample

__all__ = ["AUDIO_CLASSIFICATION_TASK", "AudioPredictor", "AudioStream", "Sound", "read_sound"]

AUDIO_CLASSIFICATION_TASK = "audio-classification"
_BATCH = 64

Array: TypeAlias = NDArray[np.float32]
Sound: TypeAlias = str | Path | NDArray[Any] | tuple[NDArray[Any], int]


class AudioPredictor:
    """A trained classifier of sound, ready to answer.

    Attributes:
        features: Makes frames of sound.
        sequences: What reads the frames.
        classes: The labels, in the order of the probabilities' columns.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(self, features: AudioFeatures, sequences: SequencePredictor) -> None:
        """Join the parts.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        if features.width != sequences.scaler.channels:
            raise CorruptArtifactError(
                f"a frame has {features.width} features, the scaler expects "
                f"{sequences.scaler.channels}"
            )
        self.features = features
        self.sequences = sequences
        self.classes = sequences.classes
        self.manifest = sequences.manifest

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> AudioPredictor:
        """Build a predictor from a verified artifact.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
        """
        sequences = SequencePredictor.from_artifact(artifact, AUDIO_CLASSIFICATION_TASK)
        with corrupt_unless_usable("the model of sound"):
            return cls(AudioFeatures.from_config(artifact.encoder.get("audio")), sequences)

    def predict_proba(self, sounds: Sequence[Sound]) -> Array:
        """Return class probabilities.

        Args:
            sounds: Paths of sound files, arrays of samples at the rate of the training, or pairs
                of samples and their rate.

        Returns:
            Shape `(sounds, classes)`, float32.

        Raises:
            SourceError: If a file cannot be read as sound.
            DataError: If there is no sound in one.
        """
        rows = [self.frames(sound) for sound in sounds]
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        outputs = np.empty((len(rows), len(self.classes)), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            outputs[chosen] = self.predict_frames([rows[row] for row in chosen])
        return outputs

    def predict(self, sounds: Sequence[Sound]) -> list[Any]:
        """Return the most probable label of each sound; see `predict_proba`."""
        return [self.classes[k] for k in self.predict_proba(sounds).argmax(axis=1)]

    def answer(self, sounds: Iterable[Sound]) -> Iterator[Prediction]:
        """Yield a `Prediction` for each sound, reading the sounds in small groups."""
        iterator = iter(sounds)
        while group := list(islice(iterator, _BATCH)):
            yield from map(self.sequences.describe, self.predict_proba(group))

    @property
    def specification(self) -> SequenceSpecification:
        """The architecture."""
        return self.sequences.specification

    def predict_frames(self, rows: Sequence[Array]) -> Array:
        """Return class probabilities of what `frames` has given, all in one batch.

        Args:
            rows: Scaled frames of each sound, `(frames, features)`.

        Returns:
            Shape `(sounds, classes)`, float32.
        """
        return self.sequences.predict_frames(rows)

    def frames(self, sound: Sound) -> Array:
        """Return what the network reads of a sound, scaled, shape `(frames, features)`."""
        return self.sequences.scaler.transform(self.features(read_sound(sound, self.features.rate)))

    def attention(self, sound: Sound) -> list[float]:
        """Return the weight of each frame of a sound, which sum to 1; a frame is `stride` of 10 ms.

        Raises:
            DataError: If the model has no attention.
        """
        return self.sequences.attention(self.features(read_sound(sound, self.features.rate)))

    def adapt(self, sounds: Sequence[Sound]) -> AudioPredictor:
        """Return this predictor for one voice; what is said in its sounds need not be known.

        Args:
            sounds: Some twenty words of it, as for `predict_proba`.

        Raises:
            DataError: If the model was not trained with `adaptive=True`, or there is no sound.
            SourceError: If a file cannot be read as sound.
        """
        heard = [read_sound(sound, self.features.rate) for sound in sounds]
        voice = adapt(self.features, [self.features.log_mel(samples) for samples in heard])
        return AudioPredictor(voice, self.sequences)

    def stream(self, rate: int | None = None) -> AudioStream:
        """Begin to listen to sound that comes in pieces.

        Args:
            rate: Its samples in a second; those of the training when `None`.

        Raises:
            UsageError: If the network is bidirectional, or the features need the whole clip.
        """
        return AudioStream(self, self.features.rate if rate is None else rate)


class AudioStream:
    """One sound that comes in pieces; made by `AudioPredictor.stream`.

    Pieces of any size give the answer of the whole; a frame is read once its slopes are known.
    """

    def __init__(self, predictor: AudioPredictor, rate: int) -> None:
        """Begin before the first sample."""
        # First the network: what it reads from both ends has features of whole clips as well.
        self._stream: PredictionStream = predictor.sequences.stream()
        self._features = predictor.features.stream()
        self._resampler = StreamResampler(rate, predictor.features.rate)
        self._hop = predictor.features.hop

    @property
    def seconds(self) -> float:
        """Sound that has been read."""
        return self._stream.steps * self._hop

    def push(self, samples: NDArray[Any]) -> None:
        """Listen to further samples, shape `(time,)`, from -1 to 1.

        Raises:
            ShapeError: If they have more than one axis.
            DataError: If one is no number.
        """
        self._stream.push(self._features.push(self._resampler.push(samples)))

    def finish(self) -> None:
        """Read what was still waiting for sound after it."""
        rest = self._resampler.push(np.zeros(0, np.float32), last=True)
        self._stream.push(self._features.push(rest))
        self._stream.push(self._features.finish())

    def answer(self) -> Prediction:
        """Return the answer to the sound so far.

        Raises:
            DataError: Before the first frame.
        """
        found = self._stream.answer()
        if not isinstance(found, Prediction):
            raise DataError("this model answers with numbers, not with labels")
        return found


def read_sound(sound: Sound, rate: int) -> Array:
    """Return samples at a rate.

    Args:
        sound: A path, an array of samples at that rate, or a pair of samples and their rate.
        rate: The samples in a second that are wanted.
    """
    if isinstance(sound, (str, Path)):
        sound = read_audio(sound)
    if isinstance(sound, tuple):
        samples, own = sound
        return resample(np.asarray(samples, np.float32), own, rate)
    return sound
