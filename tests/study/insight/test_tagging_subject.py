"""A tagger is looked at from the vectors of its tokens on, one token at a time."""

from __future__ import annotations

import numpy as np
import pytest

from recurra import SequenceTagger
from recurra.errors import DataError, UnknownNameError, UsageError
from recurra.models import build_tagger
from recurra.runtime.tagging import TaggerSpecification
from recurra.sequences.tagging import Sentence, SentenceEncoder
from recurra.study.insight.subjects import subject_of

SENTENCE = "the cat saw the dog"
TRAINING = (Sentence(1, ("the", "cat", "saw", "dog"), ("DET", "NOUN", "VERB", "NOUN")),)


@pytest.fixture(scope="module")
def tagger() -> SequenceTagger:
    """A tagger that was never trained."""
    made = SequenceTagger()
    made.encoder_ = SentenceEncoder.fit(TRAINING, vocabulary=99, minimum_count=1, longest=9)
    made.specification_ = TaggerSpecification(
        words=len(made.encoder_.words), characters=len(made.encoder_.characters), tags=3,
        embedding=3, character_embedding=2, character_units=2, cell="rnn", units=(4, 3),
    )  # fmt: skip
    made.model_ = build_tagger(made.specification_, seed=2)
    return made


def test_what_is_explained_is_what_the_tagger_answers(tagger):
    subject = subject_of(tagger, SENTENCE, target="3=NOUN")
    assert subject.labels == ("the", "cat", "saw", "the", "dog")
    assert subject.explained == "log-odds of 'NOUN' for token 3, 'saw'"
    assert not subject.answers_last
    shares = tagger.predict_proba([SENTENCE.split()])[0][2].astype(np.float64)
    assert dict(subject.answer) == pytest.approx(
        dict(zip(("DET", "NOUN", "VERB"), shares, strict=True)), abs=1e-6
    )
    logits = np.asarray(subject.model.predict_on_batch(subject.inputs))
    odds = float(np.asarray(subject.score(logits))[0])
    assert odds == pytest.approx(np.log(shares[1] / (1 - shares[1])), abs=1e-4)
    assert float(np.asarray(subject.loss(logits))[0]) == pytest.approx(-np.log(shares[1]), abs=1e-4)


def test_tokens_are_exchanged_for_others_of_the_sentence(tagger):
    subject = subject_of(tagger, SENTENCE)
    vectors = subject.inputs[0]
    steps = np.zeros((20, 5), bool)
    steps[:, 0] = True
    changed = subject.replace(steps, np.random.default_rng(0))
    np.testing.assert_array_equal(changed[:, 1:], np.repeat(vectors[None, 1:], 20, axis=0))
    for row in changed[:, 0]:  # `the` stands there twice and is no other token
        assert any(np.array_equal(row, vectors[place]) for place in (1, 2, 4))


@pytest.mark.parametrize(
    ("target", "error", "problem"),
    [
        ("6", UsageError, "there is no token 6; the sentence has 5"),
        ("2=ADV", UnknownNameError, "unknown tag 'ADV'"),
        ("NUON", UnknownNameError, "did you mean 'NOUN'"),
    ],
)
def test_unknown_targets_are_named(tagger, target, error, problem):
    with pytest.raises(error, match=problem):
        subject_of(tagger, SENTENCE, target=target)


def test_there_must_be_tokens(tagger):
    with pytest.raises(DataError, match="the sentence has no tokens"):
        subject_of(tagger, "  ")
