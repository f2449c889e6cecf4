"""`TextGenerator`: texts in, a language model out that writes and scores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import NDArray

from recurra.models import build_language_model, named_weights
from recurra.runtime import (
    GENERATION_TASK,
    Artifact,
    Generation,
    GeneratorPredictor,
    LanguageNetwork,
    SamplingOptions,
    TextScore,
    generator_contents,
    read_generator,
)
from recurra.sequences import Corpus, encode_stream, read_corpus
from recurra.tasks._context_measuring import generator_context
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._language_card import language_card
from recurra.tasks._language_preparation import PreparedCorpus, prepare_corpus
from recurra.tasks._language_settings import (
    TextGeneratorSettings,
    generator_settings_from_manifest,
    resolve_generator_settings,
)
from recurra.tasks._language_training import language_fingerprint, train_language_model
from recurra.tasks._training_observer import TrainingObserver

if TYPE_CHECKING:
    import keras

__all__ = ["TextGenerator"]


class TextGenerator(TaskEstimator):
    """A recurrent language model that writes text.

    `None` means: as the preset or the corpus say. The corpus is split, its training part decides
    the tokens, and the network is trained to predict every next token, by truncated
    backpropagation through time with the state carried over; nothing has to be prepared, and a
    corpus may be larger than memory.

    Args:
        level: `"char"`, `"word"` or `"subword"`.
        vocabulary: Most tokens.
        minimum_count: Characters and words seen less often in training are unknown.
        lowercase: Read and write lower case only.
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        embedding: Width of the token vectors.
        tie_weights: Use the token vectors for the output too (Press & Wolf 2017).
        dropout: Dropout of each recurrent layer's inputs and of what the output reads.
        recurrent_dropout: Dropout of the state.
        weight_drop: Dropout of the recurrent weights (Merity et al. 2018).
        embedding_dropout: Share of the tokens whose vectors are left out.
        sequence_length: Tokens over which gradients flow back; the state flows on.
        batch_size: Streams that are read side by side.
        epochs: The most epochs.
        epoch_tokens: The most tokens of an epoch; validation, checkpoint and samples come as often.
        learning_rate: Adam's first learning rate.
        decay: How it falls: `"cosine"` or `"linear"` over the planned epochs, or on a `"plateau"`.
        patience: Epochs without progress on the validation text before training stops.
        averaging: Momentum of a moving average over the weights; 0 for none.
        validation: Share of the characters held out for early stopping.
        test: Share of the characters at the end for measuring; 0 measures on the validation part.
        sample_every: Epochs between samples that observers are told; 0 for none.
        sample_length: Tokens of a sample.
        kernels: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same text, same machine: same generator.
        checkpoint: Folder that keeps the state after every epoch.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        model_: The plain Keras model, from token ids `(batch, time)` to logits
            `(batch, time, vocabulary)`.
        predictor_: Writes and scores; needs neither Keras nor JAX.
        tokenizer_: From text to token ids and back.
        settings_: All settings, those that the corpus decided too.
        specification_: The architecture.
        history_: Values per epoch for `loss` and `val_loss` (nats per token), `val_accuracy`,
            `learning_rate`.
        data_: Facts about the corpus.
        metrics_: Figures of the test part, or of the validation part without one; `part` says. And
            `effective_context`, the number of last tokens that the next one hangs on, of
            `context_length`, see `effective_context`.
        training_: The final `TrainingState`; its `samples` are what was written on the way. Not
            kept by `save`.
    """

    task = GENERATION_TASK
    fit_words = "fit(corpus)"

    def __init__(
        self,
        level: str | None = None,
        *,
        vocabulary: int | None = None,
        minimum_count: int | None = None,
        lowercase: bool | None = None,
        cell: str | None = None,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        embedding: int | None = None,
        tie_weights: bool | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        weight_drop: float | None = None,
        embedding_dropout: float | None = None,
        sequence_length: int | None = None,
        batch_size: int | None = None,
        epochs: int | None = None,
        epoch_tokens: int | None = None,
        learning_rate: float | None = None,
        decay: str | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        validation: float | None = None,
        test: float | None = None,
        sample_every: int | None = None,
        sample_length: int | None = None,
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
        self.tie_weights = tie_weights
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.weight_drop = weight_drop
        self.embedding_dropout = embedding_dropout
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.epochs = epochs
        self.epoch_tokens = epoch_tokens
        self.learning_rate = learning_rate
        self.decay = decay
        self.patience = patience
        self.averaging = averaging
        self.validation = validation
        self.test = test
        self.sample_every = sample_every
        self.sample_length = sample_length
        self.kernels = kernels
        self.preset = preset
        self.seed = seed
        self.checkpoint = checkpoint
        self.resume = resume
        self.verbose = verbose
        self.watch_gradients = watch_gradients

    def fit(
        self,
        corpus: str | Path | Sequence[str] | Corpus,
        *,
        text: str | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train, and measure on the test part, or on the validation part where there is none.

        Args:
            corpus: A file, a folder, the name of a dataset, a list of texts, or a `Corpus`.
            text: Column of the texts, for a table where it is not obvious.
            observers: Told how training goes on, and the samples.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This generator, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            DataError: If the text cannot be used.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        settings = self._settle()  # before the text is read
        opened = corpus if isinstance(corpus, Corpus) else read_corpus(corpus, text=text)
        with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
            prepared = prepare_corpus(opened, settings, Path(folder), preset=self.preset)
            return self.fit_prepared(prepared, observers=observers, callbacks=callbacks)

    def fit_prepared(
        self,
        prepared: PreparedCorpus,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on a corpus that is split and encoded already."""
        trained = train_language_model(
            prepared,
            int(self.seed),
            checkpoint=self._checkpoint(language_fingerprint(prepared, int(self.seed))),
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.model_ = trained.model
        self.settings_: TextGeneratorSettings = prepared.settings
        self.specification_ = prepared.specification
        self.tokenizer_ = prepared.tokenizer
        self._keep_training(trained.state, prepared.data)
        weights = named_weights(self.model_)
        self.predictor_ = GeneratorPredictor(self.tokenizer_, self.specification_, weights)
        part = "validation" if prepared.test is None else "test"
        held_out = prepared.test or prepared.validation
        self.metrics_ = {"part": part, **self.predictor_.measure(held_out)}
        network = LanguageNetwork(self.specification_, weights)
        self._keep_context(generator_context(network, held_out.ids, weights, int(self.seed)))
        return self

    def generate(
        self,
        prompt: str = "",
        *,
        length: int = 200,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        repetition_penalty: float = 1.0,
        seed: int = 0,
        stop: str | Sequence[str] = (),
        count: int = 1,
    ) -> list[Generation]:
        """Write.

        Args:
            prompt: The text to go on from.
            length: The most tokens to write.
            temperature: Below 1 more careful, above more daring; near 0 always the likeliest token.
            top_k: Only the `k` likeliest tokens.
            top_p: Only the likeliest tokens that together reach this probability.
            min_p: Only tokens with this share of the likeliest one's probability.
            repetition_penalty: Above 1 makes tokens that came already less likely.
            seed: Same seed, same texts.
            stop: A text, or several, at which to end; left out.
            count: How many texts.

        Returns:
            The texts without the prompt, each with how it ended and its log-probability.

        Raises:
            NotFittedError: Before `fit`.
            UsageError: If an option is out of its range.
        """
        self._check_fitted()
        options = SamplingOptions(temperature, top_k, top_p, min_p, repetition_penalty)
        return self.predictor_.generate(
            prompt, length=length, options=options, seed=seed, stop=stop, count=count
        )

    def stream(
        self,
        prompt: str = "",
        *,
        length: int = 200,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        repetition_penalty: float = 1.0,
        seed: int = 0,
        stop: str | Sequence[str] = (),
    ) -> Iterator[str]:
        """As `generate`, one text piece by piece while it is written."""
        self._check_fitted()
        options = SamplingOptions(temperature, top_k, top_p, min_p, repetition_penalty)
        return self.predictor_.stream(prompt, length=length, options=options, seed=seed, stop=stop)

    def score(self, text: str) -> TextScore:
        """Return the log-probability of every token of a text.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If the text is empty.
        """
        self._check_fitted()
        return self.predictor_.score(text)

    def perplexity(self, text: str) -> float:
        """Return how many tokens the model hesitates between on average; see `evaluate`."""
        return float(self.evaluate([text])["perplexity"])

    def evaluate(
        self, source: str | Path | Sequence[str] | Corpus, *, text: str | None = None
    ) -> dict[str, Any]:
        """Measure on other text.

        Args:
            source: As for `fit`; all of it.
            text: As for `fit`.

        Returns:
            What `GeneratorPredictor.measure` gives: `nats_per_token`, `perplexity`,
            `bits_per_character`, ...

        Raises:
            NotFittedError: Before `fit`.
            SourceError: If there is no such file or dataset.
            DataError: If there is no text.
        """
        self._check_fitted()
        corpus = source if isinstance(source, Corpus) else read_corpus(source, text=text)
        self._warn_of_own_data(corpus.sha256)
        with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
            stream = encode_stream(corpus.iter_chunks(), self.tokenizer_, folder)
            return self.predictor_.measure(stream)

    def _settle(self) -> TextGeneratorSettings:
        """Check the parameters and fill in what the preset decides."""
        self._check_seed()
        return resolve_generator_settings(self.preset, self._given())

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return generator_contents(self.tokenizer_, named_weights(self.model_))

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return language_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        loaded = read_generator(artifact)
        settings = generator_settings_from_manifest(loaded.manifest)
        generator = cls._with_settings(settings, loaded.manifest)
        generator.predictor_ = loaded.predictor
        generator.tokenizer_ = loaded.tokenizer
        generator._restore(loaded.specification, loaded.weights, loaded.manifest)
        return generator

    def _new_model(self) -> keras.Model:
        return build_language_model(self.specification_)
