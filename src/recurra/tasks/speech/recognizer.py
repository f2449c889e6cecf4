"""`SpeechRecognizer`: text from sound, with the conventions of scikit-learn."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.models import build_recognizer, named_weights
from recurra.runtime import Artifact
from recurra.runtime.speech import SPEECH_TASK, SpeechPredictor
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.speech.audio_examples import load_sounds
from recurra.tasks.speech.recognizer_card import recognizer_card
from recurra.tasks.speech.recognizer_preparation import hold_out, prepare_speech
from recurra.tasks.speech.recognizer_settings import (
    RecognizerSettings,
    recognizer_settings_from_manifest,
    resolve_recognizer_settings,
)
from recurra.tasks.speech.recognizer_training import recognizer_fingerprint, train_recognizer
from recurra.tasks.speech.transcribed import (
    TranscribedClips,
    TranscribedSound,
    read_transcribed,
    sound_of_arrays,
    sound_of_clips,
)
from recurra.tasks.speech.transcript_metrics import error_rates

if TYPE_CHECKING:
    import keras

__all__ = ["SpeechRecognizer"]


class SpeechRecognizer(TaskEstimator):
    """Writes what is said: recurrent layers over frames of sound, trained without alignments.

    Connectionist temporal classification (Graves et al. 2006) learns from clips and their texts
    alone where each symbol is. `None` means: as the preset says.

    Args:
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"dense"`, which hears each step alone.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read every layer's input from both ends; `False` writes while sound comes.
        stride: Frames that are read as one step.
        symbols: What is written: `"character"` or `"word"`; by default words where there are few.
        rate: Samples in a second; by default what most training clips have. Needed for arrays.
        kind: `"logmel"` or `"mfcc"`.
        mels: Mel filters.
        window: Seconds of a frame.
        hop: Seconds from one frame to the next.
        deltas: Slopes beside the features: 0, 1 or 2.
        low: Lower end of the lowest filter, hertz.
        floor: Decibels below full scale into which quiet sound fades.
        speed: Largest factor by which the tempo of training clips is changed; 1 for none.
        vocal_tract: Largest factor by which their frequencies move; 1 for none.
        gain: Largest change of their level, decibels.
        colour: Spread of a random colouring of their spectrum, decibels.
        silence: Longest pause put before and after them, seconds.
        noise: Noise is added from 60 dB below their level up to this many; 60 for none.
        frequency_mask: Largest share of the mel filters that is blotted out.
        time_mask: Largest share of the frames that is blotted out.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        input_dropout: Dropout of the features.
        head_dropout: Dropout of channels of the last states.
        epochs: The most epochs.
        batch_size: Clips in one step.
        learning_rate: Adam's first learning rate.
        decay: How it falls: `"cosine"`, `"linear"` or `"plateau"`.
        patience: Epochs without progress on the validation clips before training stops.
        averaging: Momentum of a moving average over the weights, which is what is kept; 0 for none.
        validation: Share of the training clips held out for that.
        kernels: What computes the recurrences in training: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same model.
        checkpoint: Folder that keeps the state after every epoch; `discard_checkpoint` removes it.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode.

    Attributes:
        alphabet_: The fitted `Alphabet`.
        features_: The `AudioFeatures`.
        scaler_: The fitted `ChannelScaler`.
        model_: The plain Keras model, see `build_recognizer`.
        history_: A list of values per epoch for `loss`, `val_loss`, `val_word_error_rate`, ...
        specification_: The architecture.
        data_: Facts about the training data.
        training_: The final `TrainingState`; not kept by `save`.
        metrics_: The figures recorded by `evaluate`.
    """

    task = SPEECH_TASK
    fit_words = "fit(sounds, transcripts)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        stride: int | None = None,
        symbols: str | None = None,
        rate: int | None = None,
        kind: str | None = None,
        mels: int | None = None,
        window: float | None = None,
        hop: float | None = None,
        deltas: int | None = None,
        low: float | None = None,
        floor: float | None = None,
        speed: float | None = None,
        vocal_tract: float | None = None,
        gain: float | None = None,
        colour: float | None = None,
        silence: float | None = None,
        noise: float | None = None,
        frequency_mask: float | None = None,
        time_mask: float | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        input_dropout: float | None = None,
        head_dropout: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        decay: str | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        validation: float | None = None,
        kernels: str | None = None,
        preset: str = "fast",
        seed: int = 0,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        verbose: int = 0,
        watch_gradients: bool = False,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.bidirectional = bidirectional
        self.stride = stride
        self.symbols = symbols
        self.rate = rate
        self.kind = kind
        self.mels = mels
        self.window = window
        self.hop = hop
        self.deltas = deltas
        self.low = low
        self.floor = floor
        self.speed = speed
        self.vocal_tract = vocal_tract
        self.gain = gain
        self.colour = colour
        self.silence = silence
        self.noise = noise
        self.frequency_mask = frequency_mask
        self.time_mask = time_mask
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.input_dropout = input_dropout
        self.head_dropout = head_dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.decay = decay
        self.patience = patience
        self.averaging = averaging
        self.validation = validation
        self.kernels = kernels
        self.preset = preset
        self.seed = seed
        self.checkpoint = checkpoint
        self.resume = resume
        self.verbose = verbose
        self.watch_gradients = watch_gradients

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        groups: Any = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sounds and their transcripts.

        Args:
            X: Paths of sound files, arrays of `rate` samples in a second, from -1 to 1, shape
                `(time,)`, or pairs of samples and their rate.
            y: What is said in each.
            groups: What the validation part is split by, such as the speaker of each; by default
                clips are drawn.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This recognizer, trained.

        Raises:
            SourceError: If a file cannot be read as sound.
            DataError: If a sound or a transcript is empty.
            ShapeError: If the numbers of sounds, transcripts and groups differ.
            UsageError: If a parameter cannot be used, or `rate` is missing.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        sound = self._sound(X, y, groups)
        return self.fit_sound(sound, observers=observers, callbacks=callbacks)

    def fit_source(
        self,
        source: str | Path,
        *,
        path: str | None = None,
        transcript: str | None = None,
        pattern: str | None = None,
        split_by: str | None = None,
        validation: str | Path | None = None,
        test: str | Path | None = None,
        test_share: float = 0.0,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a table of sound files and transcripts.

        Where there are test clips, the trained recognizer is measured on them, once; the figures
        are in `metrics_`.

        Args:
            source: See `read_transcribed`.
            path: Column of the paths.
            transcript: Column of the transcripts.
            pattern: How names of files are made, for a folder.
            split_by: Column, such as the speaker, of which no value is in two parts.
            validation: Another table, for early stopping; held out of `source` by default.
            test: Another table, to measure on.
            test_share: Share of the clips to hold out for measuring, where `test` is not given.
            observers: Told how training goes on.
            callbacks: Keras callbacks.

        Returns:
            This recognizer, trained.

        Raises:
            SourceError: If there is no such table or file, or a file is not sound.
            RowError: If a row names no file.
            UsageError: As `fit`.
        """
        settings = self._settle()  # before sound is read
        columns = {"path": path, "transcript": transcript, "pattern": pattern}
        given = read_transcribed(source, **columns)
        held = None if test is None else read_transcribed(test, **columns)
        if held is None and test_share:
            groups = None if split_by is None else given.clips.groups(split_by)
            kept, out = hold_out(len(given), groups, test_share, int(self.seed), "test")
            given, held = given.take(kept), given.take(out)
        sound = sound_of_clips(given, settings, split_by=split_by)
        stopping = None
        if validation is not None:
            other = read_transcribed(validation, **columns)
            stopping = sound_of_clips(other, settings, features=sound.features)
        self.fit_sound(sound, validation=stopping, observers=observers, callbacks=callbacks)
        self.data_ |= {"source": str(source), "split_by": split_by}
        if held is not None:
            self.data_["rows"]["test"] = len(held)
            self.evaluate_clips(held)
        return self

    def fit_sound(
        self,
        sound: TranscribedSound,
        *,
        validation: TranscribedSound | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Prepare and train; `fit` and `fit_source` end here."""
        settings = self._settle(len(sound))
        prepared = prepare_speech(sound, settings, int(self.seed), validation)
        checkpoint = self._checkpoint(recognizer_fingerprint(prepared, settings, int(self.seed)))
        trained = train_recognizer(
            prepared,
            settings,
            int(self.seed),
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.alphabet_ = prepared.alphabet
        self.features_ = prepared.features
        self.scaler_ = prepared.scaler
        self.model_ = trained.model
        self.specification_ = trained.specification
        self.settings_ = settings
        self._keep_training(trained.state, prepared.data)
        return self

    def predict(self, X: Any, *, beam: int = 1, length_bonus: float = 0.0) -> list[str]:
        """Return the transcripts of sounds; see `SpeechPredictor.answer`.

        Raises:
            NotFittedError: Before `fit`.
            SourceError: If a file cannot be read as sound.
            DataError: If a sound is empty.
        """
        return self.predictor_.predict(X, beam=beam, length_bonus=length_bonus)

    def score(self, X: Any, y: Any) -> float:
        """Return the share of the words that are right: 1 minus the word error rate."""
        return 1.0 - float(error_rates(_transcripts(y), self.predict(X))["word_error_rate"])

    def evaluate(
        self, X: Any, y: Any, *, beam: int = 1, length_bonus: float = 0.0
    ) -> dict[str, Any]:
        """Measure the recognizer on sounds and their transcripts; see `error_rates`.

        Returns:
            Its figures, `rows`, `seconds` of sound, `beam`, and `real_time_factor`: the seconds of
            reading, features, network and decoding for each second of sound. Kept in `metrics_`
            and saved with the model.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If there is nothing to measure on.
            MissingDependencyError: If the extra `audio` is not installed.
        """
        predictor, references = self.predictor_, _transcripts(y)
        if not references:
            raise DataError("there are no clips to evaluate on")
        started = time.perf_counter()
        answers = list(predictor.answer(X, beam=beam, length_bonus=length_bonus))
        taken = time.perf_counter() - started
        if len(answers) != len(references):
            raise ShapeError(f"{len(answers)} sounds and {len(references)} transcripts")
        seconds = sum(answer.seconds for answer in answers)
        figures = {
            "rows": len(references),
            **error_rates(references, [answer.text for answer in answers]),
            "seconds": seconds,
            "real_time_factor": taken / seconds,
            "beam": beam,
            "length_bonus": length_bonus,
        }
        self._keep_metrics(figures)
        return figures

    def evaluate_source(
        self,
        source: str | Path,
        *,
        path: str | None = None,
        transcript: str | None = None,
        pattern: str | None = None,
        beam: int = 1,
        length_bonus: float = 0.0,
    ) -> dict[str, Any]:
        """Measure the recognizer on a table of sound files and transcripts.

        Args:
            source: As for `fit_source`.
            path: Column of the paths.
            transcript: Column of the transcripts.
            pattern: How names of files are made, for a folder.
            beam: As for `SpeechPredictor.answer`.
            length_bonus: As for `SpeechPredictor.answer`.
        """
        self._check_fitted()
        given = read_transcribed(source, path=path, transcript=transcript, pattern=pattern)
        self._warn_of_own_data(given.sha256())
        return self.evaluate_clips(given, beam=beam, length_bonus=length_bonus)

    def evaluate_clips(
        self, given: TranscribedClips, *, beam: int = 1, length_bonus: float = 0.0
    ) -> dict[str, Any]:
        """Measure the recognizer on files with transcripts."""
        paths = list(given.clips.paths)
        return self.evaluate(paths, given.transcripts, beam=beam, length_bonus=length_bonus)

    @property
    def predictor_(self) -> SpeechPredictor:
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        parts = (self.features_, self.scaler_, self.alphabet_, self.specification_)
        return SpeechPredictor(*parts, named_weights(self.model_))

    def _sound(self, X: Any, y: Any, groups: Any) -> TranscribedSound:
        settings, transcripts = self._settle(), _transcripts(y)
        names = None if groups is None else tuple(map(str, groups))
        for what, values in (("transcripts", transcripts), ("groups", names)):
            if values is not None and len(values) != len(X):
                raise ShapeError(f"{len(X)} sounds and {len(values)} {what}")
        samples, rate = load_sounds(X, settings.rate)
        return sound_of_arrays(samples, transcripts, settings.features(rate), names)

    def _settle(self, clips: int | None = None) -> RecognizerSettings:
        """Check the parameters and fill in what the preset and the data decide."""
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        return resolve_recognizer_settings(self.preset, given, clips)

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        encoder = {
            "features": self.features_.to_config(),
            "scaler": self.scaler_.to_config(),
            "alphabet": self.alphabet_.to_config(),
        }
        return encoder, named_weights(self.model_)

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return recognizer_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = SpeechPredictor.from_artifact(artifact)
        settings = recognizer_settings_from_manifest(artifact.manifest)
        recognizer = cls._with_settings(settings, artifact.manifest)
        recognizer.features_ = predictor.features
        recognizer.scaler_ = predictor.scaler
        recognizer.alphabet_ = predictor.alphabet
        recognizer._restore(predictor.specification, artifact.weights, artifact.manifest)
        return recognizer

    def _new_model(self) -> keras.Model:
        return build_recognizer(self.specification_)


def _transcripts(y: Any) -> tuple[str, ...]:
    """Return transcripts in memory.

    Raises:
        DataError: If one is empty or no text.
    """
    texts = tuple(np.asarray(y, dtype=object).tolist())
    for row, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"the transcript of sound {row} is {text!r}; expected a text")
    return texts
