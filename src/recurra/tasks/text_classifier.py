"""`TextClassifier`: a scikit-learn classifier over texts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from recurra.errors import DataError, UsageError
from recurra.models import build_classifier, named_weights
from recurra.runtime import Artifact, TextPredictor
from recurra.runtime.predictor import TASK
from recurra.sequences import TextTable, resolve_source
from recurra.tasks._card import model_card
from recurra.tasks._context_measuring import classifier_context
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._examples import (
    Examples,
    as_texts,
    codes_of,
    examples_from_lists,
    examples_from_table,
)
from recurra.tasks._preparation import PreparedTexts, encode_texts, prepare_texts
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._settings import (
    TextClassifierSettings,
    resolve_settings,
    settings_from_manifest,
)
from recurra.tasks._sources import open_split
from recurra.tasks._text_batches import TextInputs, choose_boundaries
from recurra.tasks._text_training import (
    predict_rows,
    run_fingerprint,
    train_text_classifier,
)
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.effective_context import ContextCurve
from recurra.tasks.metrics import classification_metrics

if TYPE_CHECKING:
    import keras

__all__ = ["TextClassifier"]


_FEW = 64  # up to so many texts NumPy answers sooner than a compiled batch


class TextClassifier(ClassifierMixin, TaskEstimator):  # type: ignore[misc]
    """A recurrent text classifier with the interface of scikit-learn.

    `None` means: as the preset says. Texts are encoded, padded, masked, split for early stopping
    and batched by length inside; nothing has to be prepared.

    Args:
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"dense"` for an order-blind baseline.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: What the classifier reads of the states: `"last"`, `"mean"`, `"max"`,
            `"mean_max"` or `"attention"`.
        embedding: Width of the token vectors.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        embedding_dropout: Dropout of whole embedding channels.
        word_dropout: Share of tokens read as unknown in training.
        head: Units of dense layers before the softmax.
        head_dropout: Dropout before the softmax.
        batch_normalization: Normalise after every recurrent and dense layer.
        ngram_orders: Lengths of the word n-grams of an additional linear part; empty for none.
        level: `"word"`, `"char"` or `"subword"`.
        vocabulary: Most tokens.
        max_length: Tokens read of each text; 0 for all.
        truncate: Which part of a longer text is cut: `"tail"`, `"head"` or `"middle"`.
        lowercase: Fold case.
        epochs: The most epochs.
        batch_size: Texts in one step.
        learning_rate: Adam's first learning rate.
        patience: Epochs without progress on the validation texts before training stops.
        averaging: Momentum of a moving average over the weights, which is what is kept; 0 for none.
        validation: Share of the training texts held out for that.
        kernels: What computes the recurrences in training: `"auto"`, `"native"` (Recurra's own
            core) or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same model.
        checkpoint: Folder that keeps the state after every epoch; `discard_checkpoint` removes it.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        classes_: The labels, sorted.
        model_: The plain Keras model, from ids `(batch, time)` to probabilities.
        history_: A list of values per epoch for `loss`, `accuracy`, `val_loss`, `val_accuracy`,
            `learning_rate`.
        encoder_: The fitted `TextEncoder`.
        specification_: The architecture.
        data_: Facts about the training data.
        training_: The final `TrainingState`; not kept by `save`.
        metrics_: `effective_context`, the number of last tokens that the answer hangs on, of
            `context_length` (see `effective_context`; not for `"dense"`); and the figures recorded
            by `evaluate`.
    """

    task = TASK
    fit_words = "fit(texts, labels)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        pooling: str | None = None,
        embedding: int | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        embedding_dropout: float | None = None,
        word_dropout: float | None = None,
        head: Sequence[int] | None = None,
        head_dropout: float | None = None,
        batch_normalization: bool | None = None,
        ngram_orders: Sequence[int] | None = None,
        level: str | None = None,
        vocabulary: int | None = None,
        max_length: int | None = None,
        truncate: str | None = None,
        lowercase: bool | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
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
        self.pooling = pooling
        self.embedding = embedding
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.embedding_dropout = embedding_dropout
        self.word_dropout = word_dropout
        self.head = head
        self.head_dropout = head_dropout
        self.batch_normalization = batch_normalization
        self.ngram_orders = ngram_orders
        self.level = level
        self.vocabulary = vocabulary
        self.max_length = max_length
        self.truncate = truncate
        self.lowercase = lowercase
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
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
        y: Any = None,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on texts in memory.

        Args:
            X: Texts: a list, an array or a Series of strings.
            y: Labels: strings or integers, one for each text.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This classifier, trained.

        Raises:
            DataError: If texts or labels are missing, of another kind, or too few.
            ShapeError: If their numbers differ.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        return self.fit_examples(
            examples_from_lists(X, y), observers=observers, callbacks=callbacks
        )

    def fit_source(
        self,
        source: str | Path | TextTable,
        *,
        text: str | None = None,
        label: str | None = None,
        test_share: float = 0.0,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a file or a named dataset, which may be larger than memory.

        Where there are test rows, the trained classifier is measured on them, once; the figures
        are in `metrics_`.

        Args:
            source: A path, the name of a dataset, or a table.
            text: Column of the texts, where it is not obvious.
            label: Column of the labels, where it is not obvious.
            test_share: Share of the rows to hold out for measuring, where the source has no test
                split of its own.
            observers: Told how training goes on.
            callbacks: Keras callbacks.

        Returns:
            This classifier, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            RowError: If a row is broken.
            UsageError: As `fit`, and where a column has to be named.
        """
        self._settle()  # before the data are read
        split = open_split(source, text=text, label=label, test_share=test_share, seed=self.seed)
        with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
            self.fit_examples(
                split.train, observers=observers, callbacks=callbacks, spill=Path(folder)
            )
        self.data_ |= {name: split.facts[name] for name in ("name", "source", "sha256")}
        if split.test is not None:
            self.data_["rows"]["test"] = len(split.test)
            self.evaluate_examples(split.test)
        return self

    def fit_examples(
        self,
        examples: Examples,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
        spill: Path | None = None,
    ) -> Self:
        """Prepare and train; `fit` and `fit_source` end here."""
        settings = self._settle(len(examples), examples.sample())
        prepared = prepare_texts(examples, settings, self.seed, spill=spill)
        return self.fit_prepared(prepared, settings, observers=observers, callbacks=callbacks)

    def fit_prepared(
        self,
        prepared: PreparedTexts,
        settings: TextClassifierSettings,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on texts that are encoded and split already, with settled settings."""
        checkpoint = self._checkpoint(run_fingerprint(prepared, settings, int(self.seed)))
        trained = train_text_classifier(
            prepared,
            settings,
            self.seed,
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.classes_ = prepared.classes
        self.encoder_ = prepared.encoder
        self.model_ = trained.model
        self.specification_ = trained.specification
        self.settings_ = settings
        self._keep_training(trained.state, prepared.data)
        self._ngrams = prepared.inputs.ngrams
        if settings.cell != "dense":
            self._keep_context(self._measure_context(prepared))
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return class probabilities.

        Args:
            X: Texts: a list, an array or a Series of strings.

        Returns:
            Shape `(texts, classes)`, float32, columns as in `classes_`.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a text is not a string.
        """
        self._check_fitted()
        return self._probabilities(as_texts(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable label of each text, shape `(texts,)`; see `predict_proba`."""
        best = self.predict_proba(X).argmax(axis=1)
        result: NDArray[Any] = self.classes_[best]
        return result

    def evaluate(self, X: Any, y: Any) -> dict[str, Any]:
        """Measure the classifier on labelled texts.

        Returns:
            `accuracy`, `macro_f1`, `log_loss` (nats), `calibration_error`, `per_class`, `classes`,
            `confusion_matrix`, and `rows`; kept in `metrics_` and saved with the model.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a label is none of `classes_`, or there are no rows.
        """
        self._check_fitted()
        texts = as_texts(X)
        return self._measure(texts, codes_of(y, self.classes_))

    def evaluate_source(
        self,
        source: str | Path | TextTable,
        *,
        text: str | None = None,
        label: str | None = None,
    ) -> dict[str, Any]:
        """Measure the classifier on a file or dataset; on its test split where it has one."""
        self._check_fitted()
        table = source
        if not isinstance(table, TextTable):
            dataset = resolve_source(table, text, label)
            table = dataset.test or dataset.train
            if dataset.test is None:
                self._warn_of_own_data(table.sha256())
        if table.label_column is None:
            raise UsageError(f"{table.path} has no labels to compare with; name their column")
        return self.evaluate_examples(examples_from_table(table, self.classes_))

    def evaluate_examples(self, examples: Examples) -> dict[str, Any]:
        """Measure the classifier on labelled texts that are read one at a time."""
        self._check_fitted()
        return self._measure(examples.iter_texts(), examples.codes)

    def attention(self, text: str) -> list[tuple[str, float]]:
        """Return the tokens of a text with their attention weights, which sum to 1.

        Raises:
            DataError: If the model was not trained with `pooling="attention"`.
        """
        return self.predictor_.attention(text)

    @property
    def predictor_(self) -> TextPredictor:
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        return TextPredictor(
            self.encoder_,
            self.classes_.tolist(),
            self.specification_,
            named_weights(self.model_),
            self._ngrams,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.non_deterministic = False
        return tags

    def _settle(
        self, rows: int | None = None, sample: Sequence[str] = ()
    ) -> TextClassifierSettings:
        """Check the parameters and fill in what the preset and the data decide."""
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        return resolve_settings(self.preset, given, rows, sample)

    def _probabilities(self, texts: list[str]) -> NDArray[np.float32]:
        if len(texts) <= _FEW:
            return self.predictor_.predict_proba(texts)
        return self._compute(texts)

    def _compute(self, texts: Iterable[str]) -> NDArray[np.float32]:
        encoded = encode_texts(texts, self.encoder_)
        kernels = self.settings_.kernels
        inputs = TextInputs(encoded, choose_boundaries(encoded.lengths, kernels), self._ngrams)
        return predict_rows(self.model_, inputs, np.arange(len(encoded)), kernels)

    def _measure(self, texts: Iterable[str], codes: NDArray[np.int32]) -> dict[str, Any]:
        probabilities = self._compute(texts)
        if len(probabilities) != len(codes):
            raise DataError(
                f"{len(probabilities)} texts but {len(codes)} labels; give one for each"
            )
        if not len(codes):
            raise DataError("there are no rows to evaluate on")
        measured = classification_metrics(codes, probabilities, self.classes_)
        figures = {"rows": len(codes), **measured}
        self._keep_metrics(figures)
        return figures

    def _measure_context(self, prepared: PreparedTexts) -> ContextCurve:
        predict, encoded = self.predictor_.predict_ids, prepared.inputs.encoded
        weights = named_weights(self.model_)
        return classifier_context(predict, encoded, prepared.validation, weights, int(self.seed))

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        arrays = named_weights(self.model_)
        if self._ngrams is not None:
            arrays |= {f"ngrams/{k}": array for k, array in self._ngrams.to_arrays().items()}
        return {"text": self.encoder_.to_config(), "classes": self.classes_.tolist()}, arrays

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return model_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = TextPredictor.from_artifact(artifact)
        settings = settings_from_manifest(artifact.manifest)
        classifier = cls._with_settings(settings, artifact.manifest)
        classifier.classes_ = np.asarray(predictor.classes)
        classifier.encoder_ = predictor.encoder
        classifier._ngrams = predictor.ngrams
        network = {k: v for k, v in artifact.weights.items() if not k.startswith("ngrams/")}
        classifier._restore(predictor.specification, network, artifact.manifest)
        return classifier

    def _new_model(self) -> keras.Model:
        return build_classifier(self.specification_)
