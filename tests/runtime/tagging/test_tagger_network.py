"""The NumPy tagger computes what the Keras model computes, for every architecture."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.models import assign_weights, build_tagger, named_weights
from recurra.runtime.tagging import TaggerNetwork, TaggerSpecification, tagger_shapes
from recurra.sequences.tagging import TaggerBatch

LENGTHS = np.array([5, 1, 3])
ARCHITECTURES = {
    "bilstm": {},
    "stacked-bilstm-crf": {"units": (5, 4), "crf": True},
    "one-direction": {"bidirectional": False, "cell": "gru"},
    "birnn-crf": {"cell": "rnn", "crf": True},
    "words-alone": {"character_units": 0},
    "characters-alone": {"embedding": 0},
    "dense": {"cell": "dense", "units": (6, 5)},
}
every_architecture = pytest.mark.parametrize("name", ARCHITECTURES)


def specification(name):
    sizes = {"words": 9, "characters": 7, "tags": 4, "embedding": 6, "character_embedding": 3}
    return TaggerSpecification(
        **{**sizes, "character_units": 3, "units": (5,), "cell": "lstm", **ARCHITECTURES[name]}
    )


def weights(name):
    generator = np.random.default_rng(4)
    shapes = tagger_shapes(specification(name))
    return {k: generator.normal(size=s).astype(np.float32) * 0.5 for k, s in shapes.items()}


def batch(seed=1, time=5):
    generator = np.random.default_rng(seed)
    valid = np.arange(time) < LENGTHS[:, None]
    words = np.where(valid, generator.integers(1, 9, valid.shape), 0).astype(np.int32)
    forms = np.where(valid, generator.integers(0, 6, valid.shape), 0).astype(np.int32)
    characters = generator.integers(1, 7, (6, 4)).astype(np.int32)
    characters[np.arange(4) >= np.array([4, 2, 1, 3, 4, 1])[:, None]] = 0
    return TaggerBatch(words, forms, characters)


def widened(read):
    return TaggerBatch(
        np.pad(read.words, ((0, 0), (0, 3))),
        np.pad(read.forms, ((0, 0), (0, 3))),
        np.pad(read.characters, ((0, 4), (0, 5))),
    )


def model_of(name):
    model = build_tagger(specification(name))
    assign_weights(model, weights(name))
    return model


@every_architecture
def test_weights_are_those_of_the_model(name):
    found = {k: v.shape for k, v in named_weights(build_tagger(specification(name))).items()}
    assert found == tagger_shapes(specification(name))


@every_architecture
def test_numpy_equals_keras(name):
    network, read = TaggerNetwork(specification(name), weights(name)), batch()
    expected = np.asarray(model_of(name).predict_on_batch(read.arrays))
    logits = network.logits(read, LENGTHS)
    if specification(name).crf:
        expected, transitions = expected[:, :-6], expected[:, -6:]
        np.testing.assert_array_equal(transitions[0], weights(name)["transitions/embeddings"])
        found = logits
    else:
        found = network.probabilities(logits, LENGTHS)
    for row, length in enumerate(LENGTHS):
        np.testing.assert_allclose(found[row, :length], expected[row, :length], atol=1e-5)


@every_architecture
def test_padding_and_unused_forms_change_nothing(name):
    network, read = TaggerNetwork(specification(name), weights(name)), batch()
    wide = widened(read)
    short, long = network.logits(read, LENGTHS), network.logits(wide, LENGTHS)
    for row, length in enumerate(LENGTHS):
        np.testing.assert_allclose(short[row, :length], long[row, :length], atol=1e-6)


def test_the_dense_tagger_sees_each_token_alone():
    network, read = TaggerNetwork(specification("dense"), weights("dense")), batch()
    words = read.words.copy()
    words[0, 0] = words[0, 0] % 8 + 1
    other = network.logits(TaggerBatch(words, read.forms, read.characters), LENGTHS)
    same = network.logits(read, LENGTHS)
    assert not np.allclose(other[0, 0], same[0, 0])
    np.testing.assert_array_equal(other[0, 1:], same[0, 1:])


def test_forbidden_transitions_are_never_taken():
    forbidden = np.zeros((5, 4), dtype=bool)
    forbidden[:, 2] = True
    network = TaggerNetwork(specification("birnn-crf"), weights("birnn-crf"), forbidden)
    logits = network.logits(batch(), LENGTHS)
    logits[..., 2] += 50
    assert (network.tags(logits, LENGTHS) != 2).all()
    assert network.probabilities(logits, LENGTHS)[..., 2].max() < 1e-6


def test_the_plain_model_opens_without_recurra(tmp_path):
    model, read = model_of("stacked-bilstm-crf"), batch()
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    expected = np.asarray(model.predict_on_batch(read.arrays))
    found = np.asarray(loaded.predict_on_batch(widened(read).arrays))
    for row, length in enumerate(LENGTHS):  # wider too: padding changes nothing in Keras either
        np.testing.assert_allclose(found[row, :length], expected[row, :length], atol=1e-6)


def test_foreign_weights_and_specifications_are_refused():
    with pytest.raises(CorruptArtifactError, match="do not fit the specification"):
        TaggerNetwork(specification("bilstm"), weights("words-alone"))
    with pytest.raises(UnknownNameError, match="cell"):
        TaggerSpecification(words=9, characters=7, tags=4, cell="transformer")
    with pytest.raises(UsageError, match="embedding"):
        TaggerSpecification(words=9, characters=7, tags=4, embedding=0, character_units=0)
    with pytest.raises(CorruptArtifactError, match="unknown fields"):
        TaggerSpecification.from_dict({"words": 3, "code": "x"})
