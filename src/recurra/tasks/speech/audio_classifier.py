"""`AudioClassifier`: a scikit-learn classifier over sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.models import named_weights
from recurra.runtime import Artifact
from recurra.runtime.series import (
    AUDIO_CLASSIFICATION_TASK,
    AudioPredictor,
    SequencePredictor,
    Sound,
)
from recurra.sequences.audio import (
    AudioClips,
    adapt,
    compute_frames,
    normalize_voices,
    resolve_clips,
)
from recurra.tasks._inputs import predict_rows
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.series.card import sequence_card
from recurra.tasks.series.examples import SequenceExamples
from recurra.tasks.series.frames import Augment, frame_inputs
from recurra.tasks.series.preparation import PreparedSequences, prepare_sequences
from recurra.tasks.series.sequence_classifier import SequenceClassifier
from recurra.tasks.speech.audio_examples import (
    clip_examples,
    common_clip_rate,
    features_of,
    load_sounds,
    sound_examples,
    split_clips,
)
from recurra.tasks.speech.audio_settings import (
    AudioSettings,
    audio_settings_from_manifest,
    resolve_audio_settings,
)

if TYPE_CHECKING:
    import keras

__all__ = ["AudioClassifier"]


class AudioClassifier(SequenceClassifier):
    """A recurrent classifier of sounds with the interface of scikit-learn.

    `None` means: as the preset and the data say. A sound is the path of a file, an array of samples
    `(time,)` from -1 to 1, or a pair of such an array and its rate. Sounds are resampled to one
    rate, turned into log-mel energies or cepstral coefficients, varied in training, scaled, padded
    and masked inside.

    Args:
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"dense"` for an order-blind baseline.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read from both ends; `False` for streams.
        pooling: `"last"`, `"mean"`, `"max"`, `"mean_max"` or `"attention"`.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        input_dropout: Dropout of whole features.
        head: Units of dense layers before the output layer.
        head_dropout: Dropout before the output layer.
        batch_normalization: Normalise after every recurrent and dense layer.
        stride: Frames that are laid side by side and read as one.
        rate: Samples in a second that sounds are resampled to; the most frequent of the files
            when `None`.
        kind: `"logmel"` energies or `"mfcc"` coefficients.
        mels: Mel filters.
        coefficients: Cepstral coefficients, for `"mfcc"`.
        deltas: 1 adds slopes of the features, 2 those of the slopes too.
        low: Lower end of the lowest filter, hertz.
        floor: Energies fade into this level, decibels.
        level: `"absolute"`, or `"clip"` to measure energies from the loudest moment of the clip,
            which is the default where both ends are read.
        trim: What is so many decibels quieter than the loudest frame is cut off at both ends.
        adaptive: Take the mean and spread of every voice (speaker, microphone, ...) out of its
            sounds, which needs `groups`, or `split_by`; `adapt` does it for a new voice.
        speed: Largest factor of the tempo in training; 1 for none.
        vocal_tract: Largest factor by which frequencies move in training; 1 for none.
        gain: Largest change of the level in training, decibels.
        colour: Spread of a random colouring of the spectrum in training, decibels.
        silence: Longest pause put before and after a training clip, seconds.
        noise: Least distance of noise below a training clip, decibels; 60 for none.
        frequency_mask: Largest share of the filters that is blotted out in training.
        time_mask: Largest share of the frames that is blotted out in training.
        epochs: The most epochs.
        batch_size: Sounds in one step.
        learning_rate: Adam's first learning rate.
        decay: How the learning rate falls: `"cosine"`, `"linear"` or `"plateau"`.
        patience: Epochs without progress on the validation sounds before training stops.
        averaging: Momentum of a moving average over the weights, which is what is kept; 0 for none.
        validation: Share of the training sounds held out for early stopping; 0 for none.
        kernels: What computes the recurrences in training: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same model.
        checkpoint: Folder that keeps the state after every epoch.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`.

    Attributes:
        classes_: The labels, sorted.
        features_: The `AudioFeatures`.
        model_: The plain Keras model, from scaled frames `(batch, time, features)` and a mask
            `(batch, time)` to probabilities.
        notes_: What `fit_source` found worth saying: other sampling rates, where features are
            kept.

    The other attributes are those of `SequenceClassifier`.
    """

    task = AUDIO_CLASSIFICATION_TASK
    fit_words = "fit(sounds, labels)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        pooling: str | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        input_dropout: float | None = None,
        head: Sequence[int] | None = None,
        head_dropout: float | None = None,
        batch_normalization: bool | None = None,
        stride: int | None = None,
        rate: int | None = None,
        kind: str | None = None,
        mels: int | None = None,
        coefficients: int | None = None,
        deltas: int | None = None,
        low: float | None = None,
        floor: float | None = None,
        level: str | None = None,
        trim: float | None = None,
        adaptive: bool | None = None,
        speed: float | None = None,
        vocal_tract: float | None = None,
        gain: float | None = None,
        colour: float | None = None,
        silence: float | None = None,
        noise: float | None = None,
        frequency_mask: float | None = None,
        time_mask: float | None = None,
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
        super().__init__(
            cell,
            units=units,
            layers=layers,
            bidirectional=bidirectional,
            pooling=pooling,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            input_dropout=input_dropout,
            head=head,
            head_dropout=head_dropout,
            batch_normalization=batch_normalization,
            stride=stride,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            decay=decay,
            patience=patience,
            averaging=averaging,
            validation=validation,
            kernels=kernels,
            preset=preset,
            seed=seed,
            checkpoint=checkpoint,
            resume=resume,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
        self.rate = rate
        self.kind = kind
        self.mels = mels
        self.coefficients = coefficients
        self.deltas = deltas
        self.low = low
        self.floor = floor
        self.level = level
        self.trim = trim
        self.adaptive = adaptive
        self.speed = speed
        self.vocal_tract = vocal_tract
        self.gain = gain
        self.colour = colour
        self.silence = silence
        self.noise = noise
        self.frequency_mask = frequency_mask
        self.time_mask = time_mask

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        groups: Sequence[Any] | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sounds in memory, or files that are listed.

        Args:
            X: A list of paths, of arrays `(time,)` of samples at `rate`, or of pairs of samples
                and their rate.
            y: Labels: strings or integers, one for each sound.
            groups: Who or what each sound comes from, so that the sounds held out for early
                stopping come from others; whose mean and spread are taken out with `adaptive`.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This classifier, trained.

        Raises:
            SourceError: If a file cannot be read as sound.
            DataError: If sounds or labels are missing, of another kind, or too few.
            UsageError: If a parameter cannot be used, or no rate is known.
        """
        settings = self._settle()  # before anything is read
        sounds, rate = load_sounds(X, self.rate)
        self.features_ = settings.features(rate)
        examples = sound_examples(features_of(sounds, self.features_), y, groups)
        return self.fit_examples(examples, observers=observers, callbacks=callbacks)

    def fit_source(  # type: ignore[override]
        self,
        source: str | Path,
        *,
        pattern: str | None = None,
        path: str | None = None,
        label: str | None = None,
        split_by: str | None = None,
        test: Sequence[str] = (),
        test_share: float = 0.0,
        cache: bool = True,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a folder, a table of files or a named dataset.

        Where there are test clips, the trained classifier is measured on them, once; the figures
        are in `metrics_`. With `adaptive` it is adapted to each voice of the test clips before, by
        their sound alone; `unadapted_accuracy` is what it gets right without.

        Args:
            source: A folder with one sub-folder for each class, a folder whose file names tell the
                label, a table with a column of paths, or the name of a dataset.
            pattern: How names of files are made: `"{label}_{speaker}_{take}.wav"`.
            path: Column of the paths, in a table.
            label: Column or field of the labels, when it is not `label`.
            split_by: A field, such as `speaker`, none of whose values is in both parts.
            test: Values of that field to hold out for measuring.
            test_share: Share of the clips to hold out where nothing else says which.
            cache: Keep the features in a folder of the user's cache.
            observers: Told how training goes on.
            callbacks: Keras callbacks.

        Returns:
            This classifier, trained.

        Raises:
            SourceError: If there is no such source, or a file cannot be read as sound.
            RowError: If a row of a table names no file.
            DataError: If clips or labels cannot be used.
            UsageError: As `fit`, and where it cannot be told where labels come from.
        """
        settings = self._settle()
        dataset = resolve_clips(source, pattern=pattern, path=path, label=label)
        split = split_clips(
            dataset, split_by=split_by, test=test, test_share=test_share, seed=int(self.seed)
        )
        rate = common_clip_rate(split.train) if self.rate is None else self.rate
        self.features_ = settings.features(rate)
        frames = compute_frames(split.train, self.features_, cache=cache)
        self.notes_ = frames.notes
        examples = clip_examples(split.train, frames, split_by=split_by)
        self.fit_examples(examples, observers=observers, callbacks=callbacks)
        self.data_ |= split.facts
        if split.test is not None:
            self.data_["rows"]["test"] = len(split.test)
            self.evaluate_clips(split.test, cache=cache, voices=split_by)
        return self

    def fit_examples(
        self,
        examples: SequenceExamples,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on log-mel energies that `features_` has made; every way of fitting ends here."""
        settings = self._settle([len(row) for row in examples.values])
        derive: Callable[[NDArray[np.float32]], NDArray[np.float32]] = self.features_.derive
        if settings.adaptive:
            examples, derive = self._in_voices(examples), self.features_.transform
        prepared = prepare_sequences(examples, settings, int(self.seed), derive=derive)
        prepared.data["rate"] = self.features_.rate
        return self.fit_prepared(prepared, settings, observers=observers, callbacks=callbacks)

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return class probabilities.

        Args:
            X: Sounds, as for `fit`.

        Returns:
            Shape `(sounds, classes)`, float32, columns as in `classes_`.

        Raises:
            NotFittedError: Before `fit`.
            SourceError: If a file cannot be read as sound.
            DataError: If there is no sound in one.
        """
        self._check_fitted()
        return self.predictor_.predict_proba(X)

    def evaluate(self, X: Any, y: Any) -> dict[str, Any]:
        """Measure the classifier on labelled sounds; see `SequenceClassifier.evaluate`."""
        self._check_fitted()
        sounds, _ = load_sounds(X, self.features_.rate)
        return super().evaluate(features_of(sounds, self.features_), y)

    def evaluate_source(  # type: ignore[override]
        self,
        source: str | Path,
        *,
        pattern: str | None = None,
        path: str | None = None,
        label: str | None = None,
        cache: bool = True,
    ) -> dict[str, Any]:
        """Measure the classifier on a source; on its test part where it has one."""
        self._check_fitted()
        dataset = resolve_clips(source, pattern=pattern, path=path, label=label)
        if dataset.test is None:
            self._warn_of_own_data(dataset.train.sha256())
        return self.evaluate_clips(dataset.test or dataset.train, cache=cache)

    def evaluate_clips(
        self, clips: AudioClips, *, cache: bool = True, voices: str | None = None
    ) -> dict[str, Any]:
        """Measure the classifier on clips with labels.

        Args:
            clips: The clips.
            cache: Keep their features.
            voices: Field that says who speaks: an adaptive classifier is adapted to each of them,
                by the sound of all the clips alone, before it hears them.
        """
        self._check_fitted()
        frames = compute_frames(clips, self.features_, cache=cache)
        examples = clip_examples(clips, frames, classes=self.classes_, split_by=voices)
        if not self.features_.mean or examples.groups is None:
            return self.evaluate_examples(examples)
        unadapted = self._outputs(examples.values).argmax(axis=1) == examples.targets
        figures = self._figures(examples, self._adapted_outputs(examples))
        figures["unadapted_accuracy"] = float(unadapted.mean())
        self._keep_metrics(figures)
        return figures

    def adapt(self, sounds: Sequence[Sound]) -> Self:
        """Return this classifier for one voice; what is said in the sounds need not be known.

        Only the mean and spread of energies are learnt. A second of sound goes half of the way to
        the voice's own; some twenty words are enough.

        Args:
            sounds: Sounds of one speaker, or one microphone, as for `fit`.

        Returns:
            A copy that shares the network's weights; `save` writes it like any other.

        Raises:
            NotFittedError: Before `fit`.
            UsageError: If the classifier was not trained with `adaptive=True`.
            SourceError: If a file cannot be read as sound.
        """
        self._check_fitted()
        if not self.features_.mean:
            raise UsageError(
                "this classifier was not trained to be adapted: train it with adaptive=True "
                "(--adaptive), which needs to know who speaks"
            )
        read, _ = load_sounds(sounds, self.features_.rate)
        return self._adapted(features_of(read, self.features_))

    @property
    def predictor_(self) -> AudioPredictor:  # type: ignore[override]
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        sequences = SequencePredictor(
            self.scaler_, self.specification_, named_weights(self.model_), **self._answers()
        )
        return AudioPredictor(self.features_, sequences)

    def _settle(self, lengths: Any = None) -> AudioSettings:
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        given.pop("rate")
        return resolve_audio_settings(self.preset, given, None if lengths is None else len(lengths))

    def _augmentation(self, prepared: PreparedSequences, settings: Any) -> Augment | None:
        del prepared
        varies: Augment = settings.variations(self.features_)
        return varies

    def _in_voices(self, examples: SequenceExamples) -> SequenceExamples:
        """Take mean and spread of every voice out of its clips; keep those of an average voice."""
        if examples.groups is None:
            raise UsageError(
                "adaptive takes the mean and spread of every voice out of its sounds: say who "
                "speaks in each, by groups=... or split_by='speaker' (--split-by speaker)"
            )
        self.features_, rows = normalize_voices(self.features_, examples.values, examples.groups)
        return replace(examples, values=rows)

    def _adapted(self, log_mel: Sequence[NDArray[np.float32]]) -> Self:
        adapted = copy(self)
        adapted.features_ = adapt(self.features_, log_mel)
        seconds = sum(map(len, log_mel)) * self.features_.hop
        adapted.data_ = {
            **self.data_,
            "adapted_to": {"sounds": len(log_mel), "seconds": round(seconds, 2)},
        }
        return adapted

    def _adapted_outputs(self, examples: SequenceExamples) -> NDArray[np.float32]:
        """Return probabilities of clips, each heard after its voice."""
        voices = np.asarray(examples.groups, dtype=str)
        outputs = np.empty((len(examples), len(self.classes_)), np.float32)
        for voice in np.unique(voices):
            rows = np.flatnonzero(voices == voice)
            clips = [examples.values[int(row)] for row in rows]
            outputs[rows] = self._adapted(clips)._outputs(clips)
        return outputs

    def _outputs(self, X: Any) -> NDArray[np.float32]:
        """Return probabilities of log-mel energies."""
        rows = [self.scaler_.transform(self.features_.derive(row)) for row in X]
        kernels = self.settings_.kernels
        inputs = frame_inputs(rows, stride=self.settings_.stride, kernels=kernels)
        return predict_rows(self.model_, inputs, np.arange(len(rows)), kernels)

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        encoder, arrays = super()._contents()
        return {"audio": self.features_.to_config(), **encoder}, arrays

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return sequence_card(manifest, "Classifier of sound", "frame")

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = AudioPredictor.from_artifact(artifact)
        settings = audio_settings_from_manifest(artifact.manifest)
        classifier = cls._with_settings(settings, artifact.manifest, rate=predictor.features.rate)
        classifier.features_ = predictor.features
        classifier.scaler_ = predictor.sequences.scaler
        classifier.channels_ = predictor.sequences.channels
        classifier._take_answers(predictor.sequences)
        spec = predictor.sequences.specification
        classifier._restore(spec, artifact.weights, artifact.manifest)
        return classifier
