"""Text from sound by an artifact: NumPy alone, neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, UsageError
from recurra.runtime._artifact_checks import check_task
from recurra.runtime._parts import Array
from recurra.runtime.artifact import Artifact
from recurra.runtime.series import Sound, read_sound
from recurra.runtime.speech.alphabet import Alphabet
from recurra.runtime.speech.decoding import BeamDecoder, GreedyDecoder, Hypothesis
from recurra.runtime.speech.likelihood import first_steps, log_likelihood
from recurra.runtime.speech.network import RecognizerNetwork, RecognizerState
from recurra.runtime.speech.specification import RecognizerSpecification
from recurra.sequences.audio import AudioFeatures, StreamResampler
from recurra.sequences.collections import ChannelScaler

__all__ = ["SPEECH_TASK", "SpeechPredictor", "SpeechStream", "SpokenWord", "Transcription"]

SPEECH_TASK = "speech-recognition"
_BATCH = 16


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and its place.

    Attributes:
        word: As the model writes it.
        start: Seconds from the beginning of the sound to where the model first heard it.
    """

    word: str
    start: float


@dataclass(frozen=True, slots=True)
class Transcription:
    """What was said in one clip.

    Attributes:
        text: The transcript.
        probability: Of this text among all texts, summed over its alignments.
        words: The words of the text with their places.
        seconds: Length of the sound.
    """

    text: str
    probability: float
    words: tuple[SpokenWord, ...]
    seconds: float


class SpeechPredictor:
    """A trained recognizer, ready to answer.

    Attributes:
        features: Turns sound into frames.
        scaler: Scales the frames.
        alphabet: What is written.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(
        self,
        features: AudioFeatures,
        scaler: ChannelScaler,
        alphabet: Alphabet,
        specification: RecognizerSpecification,
        weights: Mapping[str, NDArray[Any]],
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts of a recognizer.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        sizes = (features.width, scaler.channels, scaler.features, alphabet.outputs)
        spec = specification
        if sizes != (spec.features, spec.features, spec.features, spec.outputs):
            raise CorruptArtifactError(
                f"features, scaler and alphabet have the sizes {sizes}, the network expects "
                f"{spec.features} features and {spec.outputs} outputs"
            )
        if not scaler.causal:
            raise CorruptArtifactError("sound must not be scaled by the whole clip")
        self.features = features
        self.scaler = scaler
        self.alphabet = alphabet
        self.manifest = manifest or {}
        self._network = RecognizerNetwork(specification, weights)

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> SpeechPredictor:
        """Build a predictor from a verified artifact.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
        """
        check_task(artifact, SPEECH_TASK, "a recognizer of speech")
        return cls(
            AudioFeatures.from_config(artifact.encoder.get("features")),
            ChannelScaler.from_config(artifact.encoder.get("scaler")),
            Alphabet.from_config(artifact.encoder.get("alphabet")),
            RecognizerSpecification.from_dict(artifact.manifest.get("specification")),
            artifact.weights,
            artifact.manifest,
        )

    @property
    def specification(self) -> RecognizerSpecification:
        """The architecture."""
        return self._network.specification

    @property
    def rate(self) -> int:
        """Samples in a second that arrays must have."""
        return self.features.rate

    @property
    def step_seconds(self) -> float:
        """Seconds from one step of the network to the next."""
        return self.features.hop_samples * self.specification.stride / self.rate

    def predict(self, sounds: Any, *, beam: int = 1, length_bonus: float = 0.0) -> list[str]:
        """Return the transcripts of sounds; arguments as for `answer`."""
        found = self.answer(sounds, beam=beam, length_bonus=length_bonus)
        return [transcription.text for transcription in found]

    def answer(
        self, sounds: Iterable[Sound], *, beam: int = 1, length_bonus: float = 0.0
    ) -> Iterator[Transcription]:
        """Yield a transcription of each sound, in their order.

        Args:
            sounds: Paths of files, arrays of `rate` samples in a second, from -1 to 1, shape
                `(time,)`, or pairs of samples and their rate.
            beam: Texts followed by the prefix beam search; 1 takes the best alignment.
            length_bonus: Nats added for every symbol; above 0 favours longer texts. For a beam.

        Raises:
            SourceError: If a file cannot be read as sound.
            DataError: If a sound is empty or holds what is no number.
            UsageError: If the options cannot be used, or one sound came instead of a list.
        """
        make_decoder(beam, length_bonus)
        if isinstance(sounds, (str, Path)) or (isinstance(sounds, np.ndarray) and sounds.ndim == 1):
            raise UsageError("give a list of sounds, not a single one: [sound]")
        iterator = iter(sounds)
        while group := list(islice(iterator, _BATCH)):
            clips = [read_sound(sound, self.rate) for sound in group]
            frames = [self.features(clip) for clip in clips]
            for clip, scores in zip(clips, self.log_probabilities(frames), strict=True):
                decoder = make_decoder(beam, length_bonus)
                decoder.push(scores)
                seconds = len(clip) / self.rate
                yield self.transcription(decoder.hypotheses()[0], scores, seconds)

    def log_probabilities(self, frames: list[Array]) -> list[Array]:
        """Return the scores of every step, each `(steps, outputs)`, of features of some clips.

        Args:
            frames: As `features` gives them, not scaled, each `(frames, width)`.
        """
        found: list[Any] = [None] * len(frames)
        order = np.argsort([len(clip) for clip in frames], kind="stable")
        for part in range(0, len(order), _BATCH):
            rows = order[part : part + _BATCH]
            lengths = np.array([len(frames[row]) for row in rows])
            values = np.zeros((len(rows), lengths.max(), self.features.width), np.float32)
            for place, row in enumerate(rows):
                values[place, : lengths[place]] = self.scaler.transform(frames[row])
            scores, steps = self._network(values, lengths)
            for place, row in enumerate(rows):
                found[row] = scores[place, : steps[place]]
        return found

    def transcription(self, hypothesis: Hypothesis, scores: Array, seconds: float) -> Transcription:
        """Write out a hypothesis about scores `(steps, outputs)`."""
        symbols = hypothesis.symbols
        share = float(np.exp(log_likelihood(scores, symbols)))
        starts = first_steps(scores, symbols) * self.step_seconds
        words = self.alphabet.words(symbols)
        spoken = tuple(SpokenWord(word, float(starts[place])) for word, place in words)
        return Transcription(self.alphabet.decode(symbols), share, spoken, seconds)

    def stream(
        self, rate: int | None = None, *, beam: int = 1, length_bonus: float = 0.0
    ) -> SpeechStream:
        """Begin to hear one sound that comes in pieces.

        Args:
            rate: Samples in a second that come; `None` for the model's.
            beam: As for `answer`.
            length_bonus: As for `answer`.

        Raises:
            UsageError: If the network is bidirectional, or an option cannot be used.
        """
        return SpeechStream(self, self._network, rate or self.rate, beam, length_bonus)


class SpeechStream:
    """Writes while the sound comes; the whole text is that of the whole sound.

    Attributes:
        text: What has been understood so far; later sound may still change its end for a beam.
    """

    def __init__(
        self,
        predictor: SpeechPredictor,
        network: RecognizerNetwork,
        rate: int,
        beam: int,
        length_bonus: float,
    ) -> None:
        """Begin; see `SpeechPredictor.stream`."""
        network.specification.check_streams()
        self.text = ""
        self._predictor = predictor
        self._network = network
        self._rate = rate
        self._resampler = StreamResampler(rate, predictor.rate)
        self._frames = predictor.features.stream()
        self._decoder = make_decoder(beam, length_bonus)
        self._state: RecognizerState | None = None
        self._scores: list[Array] = []
        self._heard = 0

    @property
    def seconds(self) -> float:
        """Length of the sound so far."""
        return self._heard / self._rate

    def push(self, samples: NDArray[Any]) -> str:
        """Hear further samples, shape `(time,)`; return the text so far.

        Raises:
            ShapeError: If `samples` has more than one axis.
            DataError: If one is no number.
        """
        self._heard += len(samples)
        self._read(self._frames.push(self._resampler.push(samples)))
        return self.text

    def finish(self) -> Transcription:
        """Return the transcription of all that came.

        Raises:
            DataError: If nothing came.
        """
        if not self._heard:
            raise DataError("the sound is empty: no samples came")
        rest = self._resampler.push(np.empty(0, np.float32), last=True)
        frames = [self._frames.push(rest), self._frames.finish()]
        self._read(np.concatenate(frames), last=True)
        best = self._decoder.hypotheses()[0]
        return self._predictor.transcription(best, np.concatenate(self._scores), self.seconds)

    def _read(self, frames: Array, *, last: bool = False) -> None:
        scaled = self._predictor.scaler.transform(frames)[None]
        scores, self._state = self._network.step(scaled, self._state, last=last)
        if scores.shape[1]:
            self._scores.append(scores[0])
            self._decoder.push(scores[0])
            self.text = self._predictor.alphabet.decode(self._decoder.hypotheses()[0].symbols)


def make_decoder(beam: int, length_bonus: float = 0.0) -> BeamDecoder | GreedyDecoder:
    """Return a decoder; a beam of 1 takes the best alignment.

    Raises:
        UsageError: If the beam is no whole number from 1 up, or a bonus has no beam to change.
    """
    decoder = BeamDecoder(beam, length_bonus=length_bonus)
    if beam > 1:
        return decoder
    if length_bonus:
        raise UsageError("a length bonus needs a beam search: beam=16 (--beam 16), for example")
    return GreedyDecoder()
