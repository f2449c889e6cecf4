"""Texts as a comparison of classifiers reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import EncodedTexts
from recurra.study._baseline import LinearBaseline
from recurra.study._reading import Answerer, ClassReading, Trained
from recurra.study._running import Record
from recurra.study._text_insight import classifier_insight
from recurra.study.cells import LINEAR
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import (
    Examples,
    PreparedTexts,
    TextClassifier,
    TextClassifierSettings,
    TextInputs,
    encode_texts,
    open_split,
    predict_rows,
    prepare_texts,
    resolve_settings,
)

__all__ = ["TextReading", "read_texts"]

_TEST_SHARE = 0.2
_MISTAKE_CHARACTERS = 600


@dataclass(frozen=True)
class TextReading(ClassReading):
    """What every model of a comparison of texts shares.

    Attributes:
        prepared: The training part, encoded and split.
        settings: Settings of all networks alike.
        train: The training part as it was read, validation rows included.
        test: What all models are measured on.
        encoded_test: The same, encoded.
        data: The `data` of all records.
        seed: Of the split and the first repeat.
    """

    task: ClassVar[str] = "classify"

    prepared: PreparedTexts
    settings: TextClassifierSettings
    train: Examples
    test: Examples
    encoded_test: EncodedTexts
    data: dict[str, Any]
    seed: int

    @property
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """The linear model on n-grams."""
        return {LINEAR: ("Linear n-grams", "scikit-learn")}

    @property
    def codes(self) -> NDArray[np.int32]:
        """Class of each test text."""
        return self.test.codes

    @property
    def classes(self) -> Any:
        """The labels."""
        return self.test.classes

    @property
    def test_inputs(self) -> TextInputs:
        """The test texts as a network reads them."""
        shared = self.prepared.inputs
        return TextInputs(self.encoded_test, shared.boundaries, shared.ngrams)

    def fit_baseline(self, name: str) -> Answerer:
        """Fit the linear model."""
        prepared = self.prepared
        validation = self.train.take(prepared.validation, "validation")
        training = self.train.take(prepared.train, "training")
        fitted = LinearBaseline(self.settings.level, lowercase=self.settings.lowercase)
        fitted.fit(training.iter_texts, training.codes, validation.iter_texts, validation.codes)

        def shuffled(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[Any]:
            texts = self.test.take(rows, "word order").iter_texts()
            return fitted.predict_proba(fitted.shuffle(text, generator) for text in texts)

        return Answerer(
            outputs=lambda: fitted.predict_proba(self.test.iter_texts()),
            single=fitted.predict_proba,
            shuffled=shuffled,
            parameters=fitted.parameters,
            specification=lambda: {"model": "logistic regression", "C": fitted.strength},
        )

    def fit_network(
        self, options: Mapping[str, Any], seed: int, watchers: Sequence[TrainingObserver]
    ) -> Trained:
        """Train a `TextClassifier`."""
        settings = resolve_settings("fast", {**self.settings.to_dict(), **options})
        classifier = TextClassifier(seed=seed)
        classifier.fit_prepared(self.prepared, settings, observers=watchers)
        model, kernels = classifier.model_, self.settings.kernels

        def shuffled(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[Any]:
            tokens = [generator.permutation(self.encoded_test[int(row)]) for row in rows]
            inputs = replace(self.test_inputs, encoded=EncodedTexts.from_sequences(tokens))
            return predict_rows(model, inputs, np.arange(len(rows)), kernels)

        return Trained(
            outputs=lambda: predict_rows(
                model, self.test_inputs, np.arange(len(self.test)), kernels
            ),
            single=classifier.predictor_.predict_proba,
            shuffled=shuffled,
            parameters=int(model.count_params()),
            specification=classifier.specification_.to_dict,
            state=classifier.training_,
            estimator=classifier,
        )

    def samples(self, count: int) -> list[Any]:
        """Return the first test texts."""
        return _first(self.test.iter_texts(), count)

    def shown(self, rows: NDArray[np.int64]) -> list[Record]:
        """Return the texts, cut."""
        texts = self.test.take(rows, "mistakes").iter_texts()
        return [{"text": text[:_MISTAKE_CHARACTERS]} for text in texts]

    def insight(self, trained: Trained) -> Record:
        """Look into a network with some test texts."""
        lengths = self.encoded_test.lengths
        return classifier_insight(self.test, lengths, self.seed, trained.estimator)


def read_texts(
    source: str | Path | tuple[Any, Any],
    text: str | None,
    label: str | None,
    seed: int,
    preset: str,
    given: dict[str, Any],
    spill: Path,
) -> TextReading:
    """Read, split and encode the texts of a comparison.

    Args:
        source: A path, the name of a dataset, or a pair of texts and labels.
        text: Column of the texts, where it is not obvious.
        label: Column of the labels, where it is not obvious.
        seed: Fixes the split.
        preset: As for `TextClassifier`.
        given: Settings that are not left to the preset.
        spill: Folder for encoded texts that do not fit into memory; it must outlive the reading.
    """
    split = open_split(source, text=text, label=label, test_share=_TEST_SHARE, seed=seed)
    train, test = split.train, split.test
    assert test is not None  # noqa: S101 - a share above 0 was asked for
    settings = resolve_settings(preset, given, len(train), train.sample())
    prepared = prepare_texts(train, settings, seed, spill=spill)
    facts = {name: split.facts[name] for name in ("name", "source", "sha256", "test_is_official")}
    data = {**prepared.data, **facts}
    data["rows"] = {**prepared.data["rows"], "test": len(test)}
    encoded_test = encode_texts(test.iter_texts(), prepared.encoder, spill=spill)
    return TextReading(prepared, settings, train, test, encoded_test, data, seed)


def _first(texts: Iterator[str], count: int) -> list[str]:
    return [text for text, _ in zip(texts, range(count), strict=False)]
