"""Whether a text classifier uses the order of words: shuffled texts, and "not bad" beside "bad"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.runtime import TextPredictor
from recurra.study.insight._negation_pairs import NEGATION_PAIRS, SWAPPED_PAIRS, TextPair
from recurra.tasks.comparable import TextClassifier
from recurra.tasks.effective_context import total_variation

__all__ = [
    "NegationControl",
    "PairAnswer",
    "ShuffleControl",
    "WordOrder",
    "compare_word_order",
    "negation_control",
    "shuffle_control",
]

_BATCH = 64
_SHUFFLES = 4
_TELLS_APART = 0.1  # of a probability: less, and a classifier does not judge


@dataclass(frozen=True)
class ShuffleControl:
    """What becomes of the answers when the tokens of each text are put in random order.

    Attributes:
        texts: How many texts were read.
        kept: Share of the answers that stay the same label.
        change: Mean total-variation distance of the probabilities, 0 to 1.
        accuracy: Share of right answers in order; None without labels.
        accuracy_shuffled: The same with shuffled tokens.
    """

    texts: int
    kept: float
    change: float
    accuracy: float | None
    accuracy_shuffled: float | None


@dataclass(frozen=True)
class PairAnswer:
    """A pair of opposite texts and what a classifier makes of them.

    Attributes:
        good: The text that praises.
        bad: The text that finds fault.
        good_probability: Probability of the praising class for `good`.
        bad_probability: The same for `bad`; it should be the smaller.
    """

    good: str
    bad: str
    good_probability: float
    bad_probability: float

    @property
    def right(self) -> bool:
        """Whether the text that praises is the more probable praise, beyond rounding."""
        return self.good_probability - self.bad_probability > 1e-6


@dataclass(frozen=True)
class NegationControl:
    """Opposite English sentences.

    Attributes:
        praise: The class that praising words make most more probable.
        negations: Sentences with and without "not".
        swapped: Sentences of the same words in another order.
    """

    praise: str
    negations: tuple[PairAnswer, ...]
    swapped: tuple[PairAnswer, ...]

    @property
    def negations_right(self) -> float:
        """Share of the pairs with "not" that are told apart; adding up words reaches a half."""
        return _share_right(self.negations)

    @property
    def swapped_right(self) -> float:
        """Share of the pairs of the same words that are told apart; 0 for what sees no order."""
        return _share_right(self.swapped)


@dataclass(frozen=True)
class WordOrder:
    """Whether a classifier uses the order of words.

    Attributes:
        shuffled: The answers to shuffled texts.
        negation: The answers to opposite sentences; None where the classifier does not tell
            praise from blame: it answers something else, or in another language.
    """

    shuffled: ShuffleControl
    negation: NegationControl | None


def compare_word_order(
    classifiers: Mapping[str, TextClassifier],
    texts: Sequence[str],
    labels: Sequence[Any] | None = None,
    *,
    seed: int = 0,
) -> dict[str, WordOrder]:
    """Put the same controls to several classifiers, the order-blind among them.

    Limits: a shuffled text is none that a network was trained on, so a change shows that order
    counts, not that it is understood; twelve short sentences about a film are an illustration
    and no benchmark of negation.

    Args:
        classifiers: Fitted classifiers by the name to show.
        texts: Texts to shuffle, such as held-out ones.
        labels: Their true labels, where they are known.
        seed: Fixes the shuffling.

    Returns:
        The controls of each classifier, by its name.

    Raises:
        DataError: If there is no text.
        ShapeError: If the number of labels is another than that of texts.
        NotFittedError: If a classifier is not fitted.
    """
    return {
        name: WordOrder(
            shuffle_control(classifier, texts, labels, seed=seed), negation_control(classifier)
        )
        for name, classifier in classifiers.items()
    }


def shuffle_control(
    classifier: TextClassifier,
    texts: Sequence[str],
    labels: Sequence[Any] | None = None,
    *,
    seed: int = 0,
) -> ShuffleControl:
    """Answer texts in order and with their tokens in four random orders; see `compare_word_order`.

    What a classifier cuts off a long text stays cut off.
    """
    if not texts:
        raise DataError("there is no text to shuffle; give some")
    if labels is not None and len(labels) != len(texts):
        raise ShapeError(f"{len(labels)} labels came for {len(texts)} texts")
    predictor = classifier.predictor_
    rows = predictor.encoder.encode(list(texts))
    generator = np.random.default_rng([seed, *b"shuffled order"])
    clean = _probabilities(predictor, rows)
    shuffled = np.stack(
        [
            _probabilities(predictor, [generator.permutation(row) for row in rows])
            for _ in range(_SHUFFLES)
        ]
    )
    answers, others = clean.argmax(axis=-1), shuffled.argmax(axis=-1)
    true = None if labels is None else np.array([str(label) for label in labels])
    names = np.array([str(name) for name in predictor.classes])
    return ShuffleControl(
        texts=len(rows),
        kept=float((others == answers).mean()),
        change=float(total_variation(shuffled, clean).mean()),
        accuracy=None if true is None else float((names[answers] == true).mean()),
        accuracy_shuffled=None if true is None else float((names[others] == true).mean()),
    )


def negation_control(classifier: TextClassifier) -> NegationControl | None:
    """Answer opposite sentences; None where praise and blame are not told apart.

    Which class praises is not asked: it is the one that sentences without "not" move most.
    """
    predictor = classifier.predictor_
    negations = _pair_probabilities(predictor, NEGATION_PAIRS)
    half = len(NEGATION_PAIRS) // 2
    praise, blame = negations[:half, 0].mean(axis=0), negations[half:, 1].mean(axis=0)
    place = int((praise - blame).argmax())
    if (praise - blame)[place] < _TELLS_APART:
        return None
    swapped = _pair_probabilities(predictor, SWAPPED_PAIRS)
    return NegationControl(
        str(predictor.classes[place]),
        _pair_answers(NEGATION_PAIRS, negations[..., place]),
        _pair_answers(SWAPPED_PAIRS, swapped[..., place]),
    )


def _pair_probabilities(predictor: TextPredictor, pairs: Sequence[TextPair]) -> NDArray[np.float32]:
    """Return probabilities `(pairs, 2, classes)`: of the praising text, then of the other."""
    texts = [text for pair in pairs for text in (pair.good, pair.bad)]
    return predictor.predict_proba(texts).reshape(len(pairs), 2, -1)


def _pair_answers(
    pairs: Sequence[TextPair], probabilities: NDArray[np.float32]
) -> tuple[PairAnswer, ...]:
    return tuple(
        PairAnswer(pair.good, pair.bad, float(good), float(bad))
        for pair, (good, bad) in zip(pairs, probabilities, strict=True)
    )


def _probabilities(
    predictor: TextPredictor, rows: Sequence[NDArray[np.int32]]
) -> NDArray[np.float32]:
    """Return the probabilities of encoded texts, `(texts, classes)`; alike lengths together."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    found = np.empty((len(rows), len(predictor.classes)), np.float32)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        found[batch] = predictor.predict_ids([rows[row] for row in batch])
    return found


def _share_right(answers: Sequence[PairAnswer]) -> float:
    return float(np.mean([answer.right for answer in answers]))
