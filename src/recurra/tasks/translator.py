"""`Translator`: texts in, texts of another language or form out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.models import build_translator, named_weights
from recurra.runtime import (
    TRANSLATION_TASK,
    Artifact,
    AttentionMatrix,
    Translation,
    TranslationNetwork,
    TranslationPredictor,
    read_translator,
    translator_contents,
)
from recurra.sequences import BOS_ID, PairDataset, PairTable
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._examples import as_texts
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._translation_card import translation_card
from recurra.tasks._translation_context import translator_context
from recurra.tasks._translation_evaluation import measure_translations
from recurra.tasks._translation_preparation import PreparedPairs, prepare_pairs
from recurra.tasks._translation_sources import (
    Pairs,
    left_out_words,
    open_pairs,
    pairs_in_memory,
    read_pairs_of,
    split_pairs,
)
from recurra.tasks._translation_training import (
    answer_of,
    train_translator,
    translation_fingerprint,
)
from recurra.tasks._translator_settings import (
    TranslatorSettings,
    resolve_translator_settings,
    translator_settings_from_manifest,
)
from recurra.tasks.effective_context import ContextCurve

if TYPE_CHECKING:
    import keras

__all__ = ["Translator"]

_SAMPLE = 500  # targets that decide between characters and subwords
_CONTEXT_PAIRS = 200  # of which the longest are read


class Translator(TaskEstimator):
    """A recurrent encoder-decoder from texts to texts.

    `None` means: as the preset and the data say. Pairs are split, equal sources never on two
    sides; tokenizers are fitted on the training pairs; early stopping looks at the validation
    pairs, and the best weights are measured on the test pairs.

    Args:
        level: What is read and written: `"char"`, `"word"` or `"subword"`.
        vocabulary: Most tokens of each side.
        minimum_count: Words and characters seen less often in training are unknown.
        lowercase: Lower the case of the sources; targets keep theirs.
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        units: Units of every recurrent layer, of each direction.
        layers: Recurrent layers of the encoder, and as many of the decoder.
        embedding: Width of a token's vector.
        bidirectional: Read the source from both ends.
        attention_kind: `"additive"` (Bahdanau et al. 2015), `"dot"` (Luong et al. 2015) or
            `"none"`; `attention` of the settings.
        dropout: Dropout of each recurrent layer's inputs and of what the output layer reads.
        recurrent_dropout: Dropout of the state.
        tie_weights: The output layer's matrix is the target's embedding.
        label_smoothing: Share of the probability that the loss spreads over all tokens.
        scheduled_sampling: Share of the target's tokens that the decoder reads from its own first
            pass instead of the reference in training, reached over the first epochs.
        epochs: The most epochs.
        batch_size: Pairs in one step.
        learning_rate: Adam's first learning rate.
        decay: How it falls: `"plateau"`, `"linear"` or `"cosine"`.
        patience: Epochs without progress on the validation pairs before training stops.
        averaging: Momentum of a moving average over the weights; 0 for none.
        max_length: Most tokens read of a source and learnt of a target; longer ones are cut, with
            a warning that counts them.
        validation: Share or number of pairs held out for early stopping, where the data have no
            such part.
        test: Share or number of pairs held out for measuring, where the data have no such part.
        beam: Beam of the measuring.
        length_penalty: Of the measuring, see `translate`.
        kernels: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same translator.
        checkpoint: Folder that keeps the state after every epoch.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        model_: The plain Keras model, from ids of `source` and `target` to logits.
        source_tokenizer_: The `Tokenizer` of the sources.
        target_tokenizer_: The `Tokenizer` of the targets.
        settings_: All settings, those that the data decided too.
        specification_: The architecture.
        history_: Values per epoch for `loss`, `val_loss` (nats per token, without smoothing),
            `val_accuracy`, `learning_rate`.
        data_: Facts about the training data.
        metrics_: `effective_context`, the number of last tokens of a source that its translation
            hangs on, of `context_length` (see `effective_context`); and figures measured on the
            test pairs, where there are any.
        training_: The final `TrainingState`; not kept by `save`.
    """

    task = TRANSLATION_TASK
    fit_words = "fit(sources, targets)"

    def __init__(
        self,
        level: str | None = None,
        *,
        vocabulary: int | None = None,
        minimum_count: int | None = None,
        lowercase: bool | None = None,
        cell: str | None = None,
        units: int | None = None,
        layers: int | None = None,
        embedding: int | None = None,
        bidirectional: bool | None = None,
        attention_kind: str | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        tie_weights: bool | None = None,
        label_smoothing: float | None = None,
        scheduled_sampling: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        decay: str | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        max_length: int | None = None,
        validation: float | int | None = None,
        test: float | int | None = None,
        beam: int | None = None,
        length_penalty: float | None = None,
        kernels: str | None = None,
        preset: str = "fast",
        seed: int = 0,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        verbose: int = 0,
        watch_gradients: bool = False,
    ) -> None:
        self.level = level
        self.vocabulary = vocabulary
        self.minimum_count = minimum_count
        self.lowercase = lowercase
        self.cell = cell
        self.units = units
        self.layers = layers
        self.embedding = embedding
        self.bidirectional = bidirectional
        self.attention_kind = attention_kind
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.tie_weights = tie_weights
        self.label_smoothing = label_smoothing
        self.scheduled_sampling = scheduled_sampling
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.decay = decay
        self.patience = patience
        self.averaging = averaging
        self.max_length = max_length
        self.validation = validation
        self.test = test
        self.beam = beam
        self.length_penalty = length_penalty
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
        y: Any = None,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on texts in memory, and measure on the test pairs where there are any.

        Args:
            X: Sources: a list, an array or a Series of strings; or, without `y`, a list of pairs
                `(source, target)`.
            y: Targets, one for each source.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This translator, trained.

        Raises:
            DataError: If texts are missing, of another kind, or too few.
            ShapeError: If their numbers differ.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        self._settle()  # before the data are read
        dataset = pairs_in_memory(X, y)
        return self.fit_dataset(dataset, observers=observers, callbacks=callbacks)

    def fit_source(
        self,
        source: str | Path | PairTable,
        *,
        target_file: str | Path | None = None,
        source_column: str | None = None,
        target_column: str | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a file or a named dataset; validation and test parts of its own are kept apart.

        Args:
            source: A path, the name of a dataset, or a table.
            target_file: The targets, where `source` has one text a line: line i belongs to line i.
            source_column: Column of the sources, where it is not obvious.
            target_column: Column of the targets, where it is not obvious.
            observers: Told how training goes on.
            callbacks: Keras callbacks.

        Returns:
            This translator, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            RowError: If a row is broken.
            UsageError: As `fit`, and where a column has to be named.
        """
        self._settle()  # before the data are read
        dataset = open_pairs(
            source,
            target_file=target_file,
            source_column=source_column,
            target_column=target_column,
        )
        return self.fit_dataset(dataset, observers=observers, callbacks=callbacks)

    def fit_dataset(
        self,
        dataset: PairDataset,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Split, prepare and train; `fit` and `fit_source` end here."""
        settings = self._settle()
        split = split_pairs(
            dataset, validation=settings.validation, test=settings.test, seed=int(self.seed)
        )
        settings = self._settle(split.train.targets[:_SAMPLE])
        prepared = prepare_pairs(split, settings, preset=self.preset, seed=int(self.seed))
        return self.fit_prepared(prepared, observers=observers, callbacks=callbacks)

    def fit_prepared(
        self,
        prepared: PreparedPairs,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on pairs that are encoded already."""
        for sentence in prepared.warnings:
            warnings.warn(sentence, stacklevel=2)
        trained = train_translator(
            prepared,
            int(self.seed),
            checkpoint=self._checkpoint(translation_fingerprint(prepared, int(self.seed))),
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.model_ = trained.model
        self.settings_: TranslatorSettings = prepared.settings
        self.specification_ = prepared.specification
        self.source_tokenizer_ = prepared.source_tokenizer
        self.target_tokenizer_ = prepared.target_tokenizer
        self._keep_training(trained.state, prepared.data)
        self._keep_context(self._measure_context(prepared))
        if len(prepared.split.test):
            self._measure(prepared.split.test)
        return self

    def translate(
        self,
        texts: Any,
        *,
        beam: int = 1,
        length_penalty: float = 1.0,
        n_best: int = 1,
        max_length: int | None = None,
        attention: bool = False,
    ) -> list[list[Translation]]:
        """Translate texts; see `TranslationPredictor.translate`.

        Args:
            texts: A list, an array or a Series of strings.
            beam: Hypotheses kept at every step; 1 is greedy.
            length_penalty: 0 prefers short translations; by Wu et al. 2016.
            n_best: Translations of each text, at most `beam`.
            max_length: Most tokens of a translation; as long as in training when `None`.
            attention: Whether translations say what they read.

        Returns:
            For each text its translations, the best first.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a text is not a string.
        """
        return self.predictor_.translate(
            as_texts(texts),
            beam=beam,
            length_penalty=length_penalty,
            n_best=n_best,
            max_length=max_length,
            attention=attention,
        )

    def predict(self, X: Any) -> list[str]:
        """Return the best translation of each text, with the beam of the settings.

        Args:
            X: Texts: a list, an array or a Series of strings.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a text is not a string.
        """
        self._check_fitted()
        settings = self.settings_
        found = self.translate(X, beam=settings.beam, length_penalty=settings.length_penalty)
        return [best[0].text for best in found]

    def attention(self, text: str) -> AttentionMatrix:
        """Translate a text greedily and say which source tokens each written token looked at.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If the translator was trained without attention.
        """
        return self.predictor_.attention(text)

    def evaluate(
        self,
        X: Any,
        y: Any = None,
        *,
        beam: int | None = None,
        length_penalty: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """Measure the translator on pairs.

        Args:
            X: As for `fit`.
            y: As for `fit`.
            beam: Beam of the search; that of the settings when `None`.
            length_penalty: That of the settings when `None`.
            progress: Told the sources done and all sources.

        Returns:
            `bleu` and `chrf` with `bleu_signature` and `chrf_signature` (by sacrebleu; `None`
            without it, and `note` says what to install), `exact_match`, `perplexity`, `by_length`
            and more, see `measure_translations`; kept in `metrics_` and saved with the model.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If there are no pairs, or a text is not a string.
        """
        self._check_fitted()
        return self.evaluate_source(
            pairs_in_memory(X, y).train,
            beam=beam,
            length_penalty=length_penalty,
            progress=progress,
        )

    def evaluate_source(
        self,
        source: str | Path | PairTable,
        *,
        target_file: str | Path | None = None,
        source_column: str | None = None,
        target_column: str | None = None,
        beam: int | None = None,
        length_penalty: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """Measure on a file or dataset, on its test part where it has one; see `evaluate`."""
        self._check_fitted()
        dataset = open_pairs(
            source,
            target_file=target_file,
            source_column=source_column,
            target_column=target_column,
        )
        table = dataset.test or dataset.train
        if dataset.test is None:
            self._warn_of_own_data(table.sha256)
        for sentence in left_out_words(table):
            warnings.warn(sentence, stacklevel=2)
        return self._measure(
            read_pairs_of(table), beam=beam, length_penalty=length_penalty, progress=progress
        )

    @property
    def predictor_(self) -> TranslationPredictor:
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        return TranslationPredictor(
            self.source_tokenizer_,
            self.target_tokenizer_,
            self.specification_,
            named_weights(self.model_),
            max_length=self.settings_.max_length,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.non_deterministic = False
        return tags

    def _settle(self, targets: Sequence[str] = ()) -> TranslatorSettings:
        """Check the parameters and fill in what the preset and some of the targets decide."""
        self._check_seed()
        given = self._given()
        given["attention"] = given.pop("attention_kind")
        return resolve_translator_settings(self.preset, given, targets)

    def _measure(
        self,
        pairs: Pairs,
        *,
        beam: int | None = None,
        length_penalty: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        settings = self.settings_
        measured = measure_translations(
            self.predictor_,
            answer_of(self.model_, self.specification_, settings.kernels),
            (self.source_tokenizer_, self.target_tokenizer_),
            pairs,
            max_length=settings.max_length,
            beam=settings.beam if beam is None else beam,
            length_penalty=settings.length_penalty if length_penalty is None else length_penalty,
            progress=progress,
        )
        self._keep_metrics(measured)
        return dict(measured)

    def _measure_context(self, prepared: PreparedPairs) -> ContextCurve:
        weights, held_out = named_weights(self.model_), prepared.validation
        rows = range(min(len(held_out), _CONTEXT_PAIRS))
        return translator_context(
            TranslationNetwork(self.specification_, weights),
            [np.asarray(held_out.sources[row], np.int32) for row in rows],
            [np.append(np.int32(BOS_ID), held_out.targets[row][:-1]) for row in rows],
            weights,
            int(self.seed),
        )

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return translator_contents(self.predictor_, named_weights(self.model_))

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return translation_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        loaded = read_translator(artifact)
        settings = translator_settings_from_manifest(loaded.manifest)
        translator = cls._with_settings(
            settings, loaded.manifest, attention_kind=settings.attention
        )
        translator.source_tokenizer_ = loaded.predictor.source_tokenizer
        translator.target_tokenizer_ = loaded.predictor.target_tokenizer
        translator._restore(loaded.specification, loaded.weights, loaded.manifest)
        return translator

    def _new_model(self) -> keras.Model:
        return build_translator(self.specification_)
