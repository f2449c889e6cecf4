"""Sentences with tags as a comparison of taggers reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.tagging import Sentence, TaggedSentences, resolve_tagged
from recurra.study._reading import Answerer, ClassReading, Trained
from recurra.study._running import Record
from recurra.study._tag_baseline import FrequentTags
from recurra.study.insight._tagging_subject import tagging_subject
from recurra.study.insight.comparison import looked_into, memory_values
from recurra.tasks import SequenceTagger, TrainingObserver
from recurra.tasks.tagging.context import tagger_context
from recurra.tasks.tagging.metrics import measure_tags
from recurra.tasks.tagging.preparation import PreparedSentences, hold_out, prepare_sentences
from recurra.tasks.tagging.settings import TaggerSettings, resolve_settings

__all__ = ["FREQUENT", "TagReading", "read_tags"]

FREQUENT = "frequent"
_TEST_SHARE = 0.2
_BESIDE = 8  # tokens shown on each side of a mistake
_SHORT, _LONG = 6, 20  # tokens of a sentence that is looked at


@dataclass(frozen=True)
class TagReading(ClassReading):
    """What every model of a comparison of taggers shares.

    Attributes:
        prepared: The training part, encoded and split.
        settings: Settings of all networks alike.
        test: What all models are measured on.
        data: The `data` of all records; `rows` counts tokens.
        seed: Of the split and the first repeat.
    """

    task: ClassVar[str] = "tag"

    prepared: PreparedSentences
    settings: TaggerSettings
    test: TaggedSentences
    data: dict[str, Any]
    seed: int

    @property
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """The tag that each word had most often."""
        return {FREQUENT: ("Most frequent tag", "counting")}

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """Number of the tag of each test token."""
        encoded = self.prepared.encoder.encode_tags(self.test.sentences)
        return np.asarray(encoded.tokens, np.int32)

    @property
    def classes(self) -> tuple[str, ...]:
        """The tags."""
        return self.prepared.encoder.tags

    def fit_baseline(self, name: str) -> Answerer:
        """Count the tags of the training words."""
        prepared = self.prepared
        fitted = FrequentTags(prepared.train.sentences, prepared.validation.sentences, self.classes)
        tokens = [sentence.tokens for sentence in self.test.sentences]
        return Answerer(
            outputs=lambda: [fitted.answer(row) for row in tokens],
            single=lambda rows: [fitted.answer(row) for row in rows],
            shuffled=None,
            parameters=fitted.parameters,
            specification=lambda: {"model": "most frequent tag of each word"},
        )

    def fit_network(
        self, options: Mapping[str, Any], seed: int, watchers: Sequence[TrainingObserver]
    ) -> Trained:
        """Train a `SequenceTagger`."""
        settings = resolve_settings("fast", {**self.settings.to_dict(), **options})
        tagger = SequenceTagger(seed=seed)
        tagger.fit_prepared(self.prepared, settings, observers=watchers)
        predictor, places = tagger.predictor_, {tag: i for i, tag in enumerate(self.classes)}

        def outputs() -> list[tuple[NDArray[np.int32], NDArray[np.float32]]]:
            answered = predictor.answer_sentences(self.test.sentences)
            return [(np.array([places[t.tag] for t in row]), shares) for row, shares in answered]

        return Trained(
            outputs=outputs,
            single=predictor.predict,
            shuffled=None,
            parameters=int(tagger.model_.count_params()),
            specification=tagger.specification_.to_dict,
            state=tagger.training_,
            estimator=tagger,
        )

    def measure(self, answerer: Answerer) -> Record:
        """Return accuracy and its like, by known and unknown words, and the worst mistakes."""
        answers = answerer.outputs()
        shares = np.concatenate([row for _, row in answers])
        return {
            **measure_tags(
                [sentence.tags for sentence in self.test.sentences],
                [[self.classes[number] for number in numbers] for numbers, _ in answers],
                shares,
                self._known,
                self.classes,
                bio=self.prepared.bio,
            ),
            "mistakes": self._mistakes(shares),
        }

    def samples(self, count: int) -> list[Any]:
        """Return the first test sentences."""
        return [list(sentence.tokens) for sentence in self.test.sentences[:count]]

    def shown(self, rows: NDArray[np.int64]) -> list[Record]:
        """Return tokens between those beside them."""
        ends = np.cumsum([len(sentence.tokens) for sentence in self.test.sentences])
        found = []
        for row in rows.tolist():
            number = int(np.searchsorted(ends, row, side="right"))
            tokens = list(self.test.sentences[number].tokens)
            place = row - int(ends[number]) + len(tokens)
            tokens[place] = f"[{tokens[place]}]"
            found.append({"text": " ".join(tokens[max(0, place - _BESIDE) : place + _BESIDE + 1])})
        return found

    def insight(self, trained: Trained) -> Record:
        """Look into a network with a test sentence, at the first of its unseen words."""
        tagger = trained.estimator
        if tagger.specification_.cell == "dense":
            return {}
        sentence, place = self._looked_at()
        tag = sentence.tags[place]
        subject = tagging_subject(tagger, sentence.tokens, f"{place + 1}={tag}")
        curve = tagger_context(tagger.predictor_, self.test.sentences, self.seed)
        seen = looked_into(subject, tag, " ".join(sentence.tokens), self.seed)
        return {**seen, "memory": memory_values(curve)}

    def _looked_at(self) -> tuple[Sentence, int]:
        """Return the first test sentence of a usual length with an unseen word, and its place."""
        knows = self.prepared.encoder.knows
        usual = [s for s in self.test.sentences if _SHORT <= len(s.tokens) <= _LONG]
        for sentence in usual:
            for place, token in enumerate(sentence.tokens):
                if not knows(token) and token.isalpha():
                    return sentence, place
        first = (usual or self.test.sentences)[0]
        return first, len(first.tokens) // 2

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        knows = self.prepared.encoder.knows
        return np.array([knows(t) for s in self.test.sentences for t in s.tokens])


def read_tags(
    source: str | Path, column: str | None, seed: int, preset: str, given: Mapping[str, Any]
) -> TagReading:
    """Read, split and encode the sentences of a comparison.

    Args:
        source: A file or the name of a dataset.
        column: Of the tags.
        seed: Fixes the split.
        preset: As for `SequenceTagger`.
        given: Settings that are not left to the preset.
    """
    dataset = resolve_tagged(source, column)
    train, test = dataset.train, dataset.test
    if test is None:
        train, test = hold_out(train, _TEST_SHARE, seed, "test")
    settings = resolve_settings(preset, given, len(train))
    prepared = prepare_sentences(train, settings, seed, dataset.validation)
    sentences = {**prepared.data["rows"], "test": len(test)}
    data = {
        **prepared.data,
        "source": str(source),
        "test_is_official": dataset.test is not None,
        "classes": prepared.data["tags"],
        "sentences": sentences,
        "rows": {**prepared.data["tokens"], "test": test.tokens},
        "examples": [_example(row) for row in prepared.data["examples"]],
    }
    return TagReading(prepared, settings, test, data, seed)


def _example(row: Mapping[str, Any]) -> Record:
    text = " ".join(row["tokens"])
    return {"text": text, "label": " ".join(row["tags"]), "tokens": row["tokens"]}
