"""`SequenceTagger` learns endings and neighbours, saves everything, and names what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import made_sentences, quick
from sklearn.base import clone

from recurra import SequenceTagger, load_predictor
from recurra.errors import CorruptArtifactError, DataError, NotFittedError, UsageError
from recurra.runtime import Artifact, TaggingPredictor, read_artifact
from recurra.sequences.tagging import forbidden_transitions
from recurra.tasks import TrainingObserver, load_model

UNSEEN = made_sentences(40, seed=9)


def test_it_learns_endings_and_neighbours(tagger):
    assert tagger.score(*UNSEEN) > 0.95
    assert tagger.classes_.tolist() == ["NEG", "NOUN", "VERB"]
    assert tagger.metrics_["context_length"] >= 1
    assert not tagger.specification_.crf
    assert len(tagger.history_["val_accuracy"]) == tagger.training_.epoch


def test_characters_tell_the_tags_of_unseen_words(tagger):
    words = ["xyza", "vwxo", "zzzza"]
    assert not any(tagger.encoder_.knows(word) for word in words)
    assert [tagger.predict([[word, word]])[0][0] for word in words] == ["NOUN", "VERB", "NOUN"]


def test_without_recurrence_each_token_is_tagged_alone():
    # The batches have room for more forms than there are: no gradient may come from these.
    dense = SequenceTagger("dense", **quick(epochs=2)).fit(*made_sentences(60))
    assert np.isfinite(dense.history_["loss"]).all()
    beside, alone = dense.predict_proba([["bba", "not"], ["bba"]])
    np.testing.assert_allclose(beside[0], alone[0], atol=1e-6)
    assert "effective_context" not in dense.metrics_


def test_entities_get_a_field_that_keeps_to_bio(entity_tagger):
    assert entity_tagger.specification_.crf
    forbidden, tags = (
        forbidden_transitions(entity_tagger.encoder_.tags),
        entity_tagger.encoder_.tags,
    )
    noise = np.random.default_rng(3)
    for row in entity_tagger.predict([list(noise.choice(list("abo"), 7)) for _ in range(20)]):
        before = 0
        for tag in row:
            assert not forbidden[before, tags.index(tag)]
            before = 1 + tags.index(tag)
    measured = entity_tagger.evaluate(*made_sentences(40, seed=9, bio=True))
    assert measured["entity_f1"] > 0.8
    assert set(measured["per_entity"]) == {"NEG", "NOUN"}


@pytest.mark.parametrize("name", ["tagger", "entity_tagger"])
def test_what_is_saved_answers_the_same(name, request, tmp_path):
    tagger = request.getfixturevalue(name)
    path = tagger.save(tmp_path / "m.recurra")
    predictor, loaded = load_predictor(path), load_model(path)
    assert isinstance(predictor, TaggingPredictor)
    assert isinstance(loaded, SequenceTagger)
    expected = tagger.predict_proba(UNSEEN[0])
    for other in (predictor, loaded):
        assert other.predict(UNSEEN[0]) == tagger.predict(UNSEEN[0])
        for found, wanted in zip(other.predict_proba(UNSEEN[0]), expected, strict=True):
            np.testing.assert_array_equal(found, wanted)
            np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert loaded.metrics_ == tagger.metrics_
    assert read_artifact(path).card.startswith("# Tagger")


def test_the_order_and_company_of_sentences_change_nothing(tagger):
    X = UNSEEN[0]
    together = tagger.predict_proba(X)
    alone = [tagger.predict_proba([row])[0] for row in X[:5]]
    backwards = tagger.predict_proba(X[::-1])[::-1]
    for i in range(5):
        np.testing.assert_allclose(together[i], alone[i], atol=1e-5)
        np.testing.assert_allclose(together[i], backwards[i], atol=1e-5)


def test_unknown_words_are_measured_apart(tagger):
    X, y = [["bba", "xyzo"], ["not", "vwxo"]], [["NOUN", "VERB"], ["NEG", "NOUN"]]
    measured = tagger.evaluate(X, y)
    known = np.array([tagger.encoder_.knows(word) for row in X for word in row])
    right = np.ravel(tagger.predict(X)) == np.ravel(y)
    assert measured["unknown_tokens"] == (~known).sum() > 0
    assert measured["unknown_accuracy"] == right[~known].mean()
    assert measured["known_accuracy"] == right[known].mean()
    assert measured["accuracy"] == right.mean()


class StoppedError(Exception):
    """Ends a training after its first epoch."""


class Stopper(TrainingObserver):
    def epoch_ended(self, state, logs):
        if state.epoch == 1:
            raise StoppedError


@pytest.mark.slow
def test_a_resumed_training_ends_with_the_same_bits(tmp_path):
    data = made_sentences(60, bio=True)
    options = quick(cell="dense", epochs=3, crf=True, input_dropout=0.3, word_dropout=1.0)
    whole = SequenceTagger(**options).fit(*data)
    with pytest.raises(StoppedError):
        SequenceTagger(**options, checkpoint=tmp_path / "c").fit(*data, observers=[Stopper()])
    resumed = SequenceTagger(**options, checkpoint=tmp_path / "c", resume=True).fit(*data)
    assert resumed.history_ == whole.history_
    for found, wanted in zip(
        resumed.predict_proba(data[0]), whole.predict_proba(data[0]), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)


def test_bad_use_is_named(tagger, tmp_path):
    with pytest.raises(NotFittedError, match=r"call fit\(sentences, tags\) first"):
        SequenceTagger().predict([["a"]])
    with pytest.raises(UsageError, match="word_dropout must be 0 or more, not -1"):
        SequenceTagger(word_dropout=-1).fit(*made_sentences(4))
    with pytest.raises(DataError, match=r"the tag 'ADV' .* was not in the training"):
        tagger.evaluate([["a"]], [["ADV"]])
    with pytest.raises(DataError, match="each a list of tokens, not a str"):
        tagger.predict("a sentence")
    with pytest.raises(UsageError, match=r"a tagger cannot be written as \.h5"):
        tagger.export(tmp_path / "m.h5")
    assert clone(tagger).get_params() == tagger.get_params()


def test_altered_files_are_refused(tagger, tmp_path):
    artifact = read_artifact(tagger.save(tmp_path / "m.recurra"))
    config = artifact.encoder["sentences"]
    fewer = {"sentences": {**config, "tags": config["tags"][:2]}}
    with pytest.raises(CorruptArtifactError, match="the network expects"):
        TaggingPredictor.from_artifact(Artifact(artifact.manifest, fewer, artifact.weights))
    other = {**artifact.manifest, "task": "text-classification"}
    with pytest.raises(CorruptArtifactError, match="not a tagger"):
        TaggingPredictor.from_artifact(Artifact(other, artifact.encoder, artifact.weights))
