"""Clips with transcripts as a comparison reads them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recurra.runtime.speech import SpeechPredictor
from recurra.study._reading import Answerer, Reading, Trained
from recurra.study._running import Record
from recurra.study.transcripts._baseline import typical_transcript
from recurra.tasks import SpeechRecognizer, TrainingObserver
from recurra.tasks.comparable_speech import (
    RecognizerSettings,
    TranscribedClips,
    TranscribedSound,
    error_rates,
)

__all__ = ["TranscriptReading"]

_SHOWN = 4
_CHARACTERS = 300
_DRAWS = 1_000
_ERRORS = ("substitutions", "deletions", "insertions")


@dataclass(frozen=True)
class _Answers:
    """What a model writes of all test clips.

    Attributes:
        texts: One for each clip.
        real_time_factor: Seconds of work for each second of sound; `None` where nothing is heard.
    """

    texts: list[str]
    real_time_factor: float | None


@dataclass(frozen=True)
class TranscriptReading(Reading):
    """What every recognizer of a comparison shares.

    Attributes:
        train: Features and transcripts to learn from.
        validation: Those for early stopping, the same for every repeat.
        test: Files that all models are measured on.
        settings: Settings of all networks alike.
        preset: As for `SpeechRecognizer`.
        given: Settings that were given.
        data: The `data` of all records.
        seed: Of the split and the first repeat.
    """

    task: ClassVar[str] = "transcribe"

    train: TranscribedSound
    validation: TranscribedSound
    test: TranscribedClips
    settings: RecognizerSettings
    preset: str
    given: Mapping[str, Any]
    data: dict[str, Any]
    seed: int

    @property
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """One text for every clip, whatever is heard."""
        return {"constant": ("One text for all", "NumPy")}

    def fit_baseline(self, name: str) -> Answerer:
        """Choose the text."""
        del name
        text = typical_transcript(self.train.transcripts, self.seed)
        return Answerer(
            outputs=lambda: _Answers([text] * len(self.test), None),
            single=lambda rows: [text] * len(rows),
            shuffled=None,
            parameters=0,
            specification=lambda: {"model": f"always {text[:_CHARACTERS]!r}"},
        )

    def fit_network(
        self, options: Mapping[str, Any], seed: int, watchers: Sequence[TrainingObserver]
    ) -> Trained:
        """Train a recognizer."""
        recognizer = SpeechRecognizer(preset=self.preset, seed=seed, **{**self.given, **options})
        recognizer.fit_sound(self.train, validation=self.validation, observers=watchers)
        predictor = recognizer.predictor_
        return Trained(
            outputs=lambda: _heard(predictor, self.test.clips.paths),
            single=predictor.predict,
            shuffled=None,
            parameters=int(recognizer.model_.count_params()),
            specification=recognizer.specification_.to_dict,
            state=recognizer.training_,
            estimator=recognizer,
        )

    def measure(self, answerer: Answerer) -> Record:
        """Return error rates with the interval of words, and some transcripts."""
        answers: _Answers = answerer.outputs()
        references = self.test.transcripts
        each = [error_rates([a], [b]) for a, b in zip(references, answers.texts, strict=True)]
        errors = np.array([sum(one[name] for name in _ERRORS) for one in each], np.float64)
        words = np.array([one["words"] for one in each], np.float64)
        return {
            **error_rates(references, answers.texts),
            "word_error_rate_interval": _interval(errors, words, self.seed),
            "real_time_factor": answers.real_time_factor,
            "transcripts": self._shown(answers.texts, errors, words),
        }

    def samples(self, count: int) -> list[Any]:
        """Return the first test files."""
        return list(self.test.clips.paths[:count])

    def insight(self, trained: Trained) -> Record:
        """Nothing is kept of the inside; `recurra inspect` shows it for a saved recognizer."""
        return {}

    def _shown(
        self, texts: Sequence[str], errors: NDArray[np.float64], words: NDArray[np.float64]
    ) -> dict[str, list[Record]]:
        """Return the worst transcripts, and the longest of those without error."""
        wrong = np.flatnonzero(errors)
        worst = wrong[np.argsort(-errors[wrong] / words[wrong], kind="stable")][:_SHOWN]
        right = np.flatnonzero(errors == 0)
        best = right[np.argsort(-words[right], kind="stable")][:_SHOWN]
        return {
            kind: [
                {
                    "said": self.test.transcripts[row][:_CHARACTERS],
                    "written": texts[row][:_CHARACTERS],
                }
                for row in rows.tolist()
            ]
            for kind, rows in (("worst", worst), ("best", best))
        }


def _heard(predictor: SpeechPredictor, paths: Sequence[Path]) -> _Answers:
    started = time.perf_counter()
    answers = list(predictor.answer(list(paths)))
    taken = time.perf_counter() - started
    return _Answers([one.text for one in answers], taken / sum(one.seconds for one in answers))


def _interval(errors: NDArray[np.float64], words: NDArray[np.float64], seed: int) -> list[float]:
    """Return the 95 % interval of the rate over clips drawn again and again."""
    generator = np.random.default_rng([seed, *b"interval"])
    draws = generator.integers(len(errors), size=(_DRAWS, len(errors)))
    rates = errors[draws].sum(axis=1) / words[draws].sum(axis=1)
    return [float(value) for value in np.quantile(rates, [0.025, 0.975])]
