"""`SequenceTagger`: a label for every token, with the conventions of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.models import build_tagger, named_weights
from recurra.runtime import Artifact
from recurra.runtime.tagging import TAGGING_TASK, TaggingPredictor
from recurra.sequences.tagging import (
    TaggedSentences,
    is_bio,
    resolve_tagged,
    sentences_from_lists,
    usual_column,
)
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.tagging.card import tagger_card
from recurra.tasks.tagging.context import tagger_context
from recurra.tasks.tagging.metrics import measure_tags
from recurra.tasks.tagging.preparation import PreparedSentences, hold_out, prepare_sentences
from recurra.tasks.tagging.settings import (
    TaggerSettings,
    resolve_settings,
    settings_from_manifest,
)
from recurra.tasks.tagging.training import run_fingerprint, train_tagger

if TYPE_CHECKING:
    import keras

__all__ = ["SequenceTagger"]


class SequenceTagger(TaskEstimator):
    """A recurrent tagger: parts of speech, entities, any label for every token.

    Words have vectors, and a recurrent layer reads the characters of each, so that unseen words
    are not unknown; recurrent layers read the sentence; a softmax or a conditional random field
    gives the tags. `None` means: as the preset says.

    Args:
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"dense"`, which sees each token alone.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read sentences and words from both ends.
        crf: A conditional random field over the tags; by default where they are entities in BIO.
        embedding: Width of the words' vectors; 0 for characters alone.
        character_embedding: Width of the characters' vectors.
        character_units: Units of the layer that reads the characters; 0 for words alone.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        character_dropout: Dropout of channels of the characters' vectors.
        input_dropout: Dropout of channels of the tokens' vectors.
        head_dropout: Dropout of channels of the last states.
        word_dropout: A word seen n times is read as unknown with the probability a / (a + n) in
            training; this is a.
        vocabulary: Most words.
        minimum_count: Words seen less often are unknown.
        longest: Characters read of a word.
        epochs: The most epochs.
        batch_size: Sentences in one step.
        learning_rate: Adam's first learning rate.
        decay: How it falls: `"cosine"`, `"linear"` or `"plateau"`.
        patience: Epochs without progress on the validation sentences before training stops.
        averaging: Momentum of a moving average over the weights, which is what is kept; 0 for none.
        validation: Share of the training sentences held out for that.
        kernels: What computes the recurrences in training: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same model.
        checkpoint: Folder that keeps the state after every epoch; `discard_checkpoint` removes it.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode.

    Attributes:
        classes_: The tags, sorted.
        model_: The plain Keras model, see `build_tagger`.
        history_: A list of values per epoch for `loss`, `val_loss`, `val_accuracy`, ...
        encoder_: The fitted `SentenceEncoder`.
        specification_: The architecture.
        data_: Facts about the training data.
        training_: The final `TrainingState`; not kept by `save`.
        metrics_: `effective_context`, the number of tokens up to a token that its tag hangs on, of
            `context_length` (see `effective_context`; not for `"dense"`); and the figures recorded
            by `evaluate`.
    """

    task = TAGGING_TASK
    fit_words = "fit(sentences, tags)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        crf: bool | None = None,
        embedding: int | None = None,
        character_embedding: int | None = None,
        character_units: int | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        character_dropout: float | None = None,
        input_dropout: float | None = None,
        head_dropout: float | None = None,
        word_dropout: float | None = None,
        vocabulary: int | None = None,
        minimum_count: int | None = None,
        longest: int | None = None,
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
        self.crf = crf
        self.embedding = embedding
        self.character_embedding = character_embedding
        self.character_units = character_units
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.character_dropout = character_dropout
        self.input_dropout = input_dropout
        self.head_dropout = head_dropout
        self.word_dropout = word_dropout
        self.vocabulary = vocabulary
        self.minimum_count = minimum_count
        self.longest = longest
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
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sentences in memory.

        Args:
            X: Sentences, each a list of tokens.
            y: Tags, a list for each sentence.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This tagger, trained.

        Raises:
            DataError: If a sentence is empty, or a token or tag is no string.
            ShapeError: If the numbers of tokens and tags differ.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        given = sentences_from_lists(X, y)
        return self.fit_sentences(given, observers=observers, callbacks=callbacks)

    def fit_source(
        self,
        source: str | Path,
        *,
        column: str | None = None,
        test_share: float = 0.0,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a file or a named dataset.

        Where there are test sentences, the trained tagger is measured on them, once; the figures
        are in `metrics_`.

        Args:
            source: A CoNLL-U file, CoNLL columns, JSON lines, or the name of a dataset.
            column: Of the tags, see `resolve_tagged`.
            test_share: Share of the sentences to hold out for measuring, where the source has no
                test part of its own.
            observers: Told how training goes on.
            callbacks: Keras callbacks.

        Returns:
            This tagger, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            RowError: If a line is broken; names it.
            UsageError: As `fit`.
        """
        self._settle()  # before the data are read
        dataset = resolve_tagged(source, column)
        train, test = dataset.train, dataset.test
        if test is None and test_share:
            train, test = hold_out(train, test_share, int(self.seed), "test")
        self.fit_sentences(
            train, validation=dataset.validation, observers=observers, callbacks=callbacks
        )
        self.data_["source"] = str(source)
        if test is not None:
            self.data_["rows"]["test"] = len(test)
            self.evaluate_sentences(test)
        return self

    def fit_sentences(
        self,
        sentences: TaggedSentences,
        *,
        validation: TaggedSentences | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Prepare and train; `fit` and `fit_source` end here."""
        settings = self._settle(len(sentences))
        prepared = prepare_sentences(sentences, settings, int(self.seed), validation)
        return self.fit_prepared(prepared, settings, observers=observers, callbacks=callbacks)

    def fit_prepared(
        self,
        prepared: PreparedSentences,
        settings: TaggerSettings,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sentences that are encoded and split already, with settled settings."""
        checkpoint = self._checkpoint(run_fingerprint(prepared, settings, int(self.seed)))
        trained = train_tagger(
            prepared,
            settings,
            int(self.seed),
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.encoder_ = prepared.encoder
        self.classes_ = np.asarray(prepared.encoder.tags)
        self.model_ = trained.model
        self.specification_ = trained.specification
        self.settings_ = settings
        self._keep_training(trained.state, prepared.data)
        if settings.cell != "dense":
            held = prepared.validation.sentences
            self._keep_context(tagger_context(self.predictor_, held, int(self.seed)))
        return self

    def predict(self, X: Any) -> list[list[str]]:
        """Return the best tags of sentences, each a list of tokens.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a sentence is empty or a string, or a token is no string.
        """
        return self.predictor_.predict(X)

    def predict_proba(self, X: Any) -> list[NDArray[np.float32]]:
        """Return the probability of every tag, for each sentence shape `(tokens, tags)`.

        Columns are as in `classes_`. Of a conditional random field these are its marginals.

        Raises:
            NotFittedError: Before `fit`.
            DataError: As `predict`.
        """
        return self.predictor_.predict_proba(X)

    def score(self, X: Any, y: Any) -> float:
        """Return the share of the tokens with the right tag."""
        right = self.predictor_.predict(X)
        true = sentences_from_lists(X, y).sentences
        same = [a == b for s, row in zip(true, right, strict=True) for a, b in
                zip(s.tags, row, strict=True)]  # fmt: skip
        return float(np.mean(same))

    def evaluate(self, X: Any, y: Any) -> dict[str, Any]:
        """Measure the tagger on sentences with tags; see `measure_tags`.

        Returns:
            Its figures, `rows` and `tokens`; kept in `metrics_` and saved with the model.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a tag is none of `classes_`.
            MissingDependencyError: If entities are to be measured and seqeval is not installed.
        """
        return self.evaluate_sentences(sentences_from_lists(X, y))

    def evaluate_source(self, source: str | Path, *, column: str | None = None) -> dict[str, Any]:
        """Measure the tagger on a file or dataset; on its test part where it has one.

        Args:
            source: As in `fit_source`.
            column: Of the tags; by default that of the training, where the format has it.
        """
        self._check_fitted()
        column = column or usual_column(source, self.data_.get("column"))
        dataset = resolve_tagged(source, column)
        if dataset.test is None:
            self._warn_of_own_data(dataset.train.sha256)
        return self.evaluate_sentences(dataset.test or dataset.train)

    def evaluate_sentences(self, sentences: TaggedSentences) -> dict[str, Any]:
        """Measure the tagger on sentences with tags."""
        self._check_fitted()
        if not len(sentences):
            raise DataError("there are no sentences to evaluate on")
        self.encoder_.encode_tags(sentences.sentences)  # refuses tags it does not know
        answered = self.predictor_.answer_sentences(sentences.sentences)
        answers, shares = zip(*answered, strict=True)
        measured = measure_tags(
            [sentence.tags for sentence in sentences.sentences],
            [[token.tag for token in row] for row in answers],
            np.concatenate(shares),
            np.array([token.known for row in answers for token in row]),
            self.encoder_.tags,
            bio=is_bio(self.encoder_.tags),
        )
        figures = {"rows": len(sentences), "tokens": sentences.tokens, **measured}
        self._keep_metrics(figures)
        return figures

    def export(self, path: str | Path) -> Path:
        """Write the plain Keras model, for programs without Recurra.

        Args:
            path: Ends in `.keras`.

        Raises:
            NotFittedError: Before `fit`.
            UsageError: If the ending is another; the legacy format `.h5` has no operation that
                looks up the forms of a batch.
            OutputError: If it cannot be written.
        """
        if Path(path).suffix == ".h5":
            raise UsageError(f"a tagger cannot be written as .h5: let {path} end in .keras")
        return super().export(path)

    @property
    def predictor_(self) -> TaggingPredictor:
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        weights = named_weights(self.model_)
        return TaggingPredictor(self.encoder_, self.specification_, weights)

    def _settle(self, sentences: int | None = None) -> TaggerSettings:
        """Check the parameters and fill in what the preset and the data decide."""
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        return resolve_settings(self.preset, given, sentences)

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return {"sentences": self.encoder_.to_config()}, named_weights(self.model_)

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return tagger_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = TaggingPredictor.from_artifact(artifact)
        tagger = cls._with_settings(settings_from_manifest(artifact.manifest), artifact.manifest)
        tagger.encoder_ = predictor.encoder
        tagger.classes_ = np.asarray(predictor.tags)
        tagger._restore(predictor.specification, artifact.weights, artifact.manifest)
        return tagger

    def _new_model(self) -> keras.Model:
        return build_tagger(self.specification_)
