"""How far back an input counts: known memories are found, and every estimator says its own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from series import daily, quick
from texts import labelled_texts, plain_classifier, tiny_classifier

from recurra import RollGenerator, TextClassifier, TextGenerator, Translator
from recurra.errors import DataError
from recurra.runtime import LanguageModelSpecification, LanguageNetwork, read_artifact
from recurra.sequences import UNK_ID, EncodedTexts
from recurra.tasks._context_measuring import (
    _states_before,
    classifier_context,
    generator_context,
)
from recurra.tasks._roll_context import roll_context
from recurra.tasks._translation_context import translator_context
from recurra.tasks.effective_context import (
    ContextCurve,
    averaged_values,
    context_words,
    exchanged_tokens,
    memory_curve,
    spaced_distances,
    total_variation,
)


def reading_the_last(count: int):
    """Return a predictor whose answer hangs on the last tokens alone, all of them alike."""

    def predict(rows):
        share = np.array([np.mean(row[-count:] % 2) for row in rows])
        return np.stack([share, 1 - share], axis=1)

    return predict


def language_network(forget: float = 1.0, vocabulary: int = 9) -> LanguageNetwork:
    """Return a GRU whose state is a new one at every step to this share."""
    spec = LanguageModelSpecification(vocabulary, embedding=4, cell="gru", units=(5,))
    generator = np.random.default_rng(3)
    weights = {
        "embedding/embeddings": generator.normal(size=(vocabulary, 4)),
        "recurrent_0/kernel": generator.normal(size=(4, 15)),
        "recurrent_0/recurrent_kernel": np.zeros((5, 15)),
        "recurrent_0/bias": np.zeros((2, 15)),
        "logits/kernel": generator.normal(size=(5, vocabulary)),
        "logits/bias": np.zeros(vocabulary),
    }
    weights["recurrent_0/kernel"][:, :5] = 0  # the update gate is the same for all inputs
    keep = np.clip(1 - forget, 1e-9, 1 - 1e-9)
    weights["recurrent_0/bias"][0, :5] = np.log(keep / (1 - keep))
    return LanguageNetwork(spec, {k: v.astype(np.float32) for k, v in weights.items()})


def test_effective_context_is_the_fewest_steps_with_95_percent():
    curve = memory_curve(lambda distance: np.full(3, 0.5**distance), 40)
    summed = np.cumsum(0.5 ** np.arange(40))
    assert curve.effective_context == np.searchsorted(summed, 0.95 * summed[-1]) + 1 == 5
    assert (curve.length, curve.inputs) == (40, 3)


@given(st.integers(1, 3000))
def test_distances_rise_from_the_last_step_to_the_first(length):
    distances = spaced_distances(length)
    assert distances[0] == 0
    assert distances[-1] == length - 1
    assert (np.diff(distances) > 0).all()
    assert len(distances) <= 22


@given(st.integers(1, 400))
def test_a_network_that_reads_all_steps_alike_needs_95_percent_of_them(length):
    curve = memory_curve(lambda _: np.ones(1), length)
    assert curve.effective_context == int(np.ceil(round(0.95 * length, 9)))


def test_a_network_that_reads_nothing_has_no_context():
    assert memory_curve(lambda _: np.zeros(2), 30).effective_context == 0
    with pytest.raises(DataError, match="there is no step to measure the memory of"):
        memory_curve(lambda _: np.zeros(2), 0)


def test_between_the_measured_distances_the_change_is_linear():
    curve = ContextCurve(np.array([0, 4]), np.array([1.0, 0.0]), 5, 1)
    assert curve.effective_context == 4  # of 1, 0.75, 0.5, 0.25, 0


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_classifier_of_the_last_tokens_has_them_as_context(count):
    generator = np.random.default_rng(0)
    texts = EncodedTexts.from_sequences([generator.integers(2, 60, 20) for _ in range(12)])
    curve = classifier_context(reading_the_last(count), texts, np.arange(12), {}, seed=0)
    assert curve.effective_context == count
    assert (curve.length, curve.inputs) == (20, 8)
    assert (curve.change[count:] == 0).all()


def test_texts_of_the_usual_length_are_read():
    texts = EncodedTexts.from_sequences([np.arange(2, 2 + n) for n in (3, 3, 3, 30, 31, 32, 500)])
    predict = reading_the_last(2)
    curve = classifier_context(predict, texts, np.arange(7), {}, seed=0)
    assert (curve.length, curve.inputs) == (30, 4)  # and the longest of all
    costly = {"recurrent_0/kernel": np.broadcast_to(np.float32(0), (10**4, 10**4))}
    assert classifier_context(predict, texts, np.arange(7), costly, seed=0).inputs == 1


def test_a_language_model_without_memory_reads_the_last_token():
    network = language_network(forget=1.0)
    ids = np.random.default_rng(1).integers(4, 9, 2000)
    curve = generator_context(network, ids, {}, seed=0)
    assert (curve.effective_context, curve.length, curve.inputs) == (1, 256, 7)
    assert curve.change[0] > 0.01


def test_a_language_model_with_more_memory_has_more_context():
    ids = np.random.default_rng(1).integers(4, 9, 2000).astype(np.uint8)
    contexts = [
        generator_context(language_network(forget), ids, {}, seed=0).effective_context
        for forget in (0.9, 0.5, 0.1)
    ]
    assert contexts == sorted(contexts)
    assert contexts[0] < contexts[-1]


def test_what_follows_an_exchanged_token_is_read_from_the_state_before_it():
    network = language_network(forget=0.3)
    pieces = np.random.default_rng(1).integers(4, 9, (3, 30)).astype(np.int32)
    found = _states_before(network, pieces, np.array([29, 0, 7]))
    assert sorted(found) == [0, 7, 29]
    for position, state in found.items():
        if position:
            whole = network.outputs(pieces[:, :position])[1]
            np.testing.assert_allclose(state[0][0], whole[0][0], atol=1e-6)
    np.testing.assert_array_equal(found[0][0][0], np.zeros((3, 5)))


@given(st.lists(st.integers(2, 6), min_size=1, max_size=12), st.integers(0, 9))
def test_tokens_are_exchanged_for_others_of_their_text(tokens, seed):
    ids = np.array(tokens, np.int32)
    generator = np.random.default_rng(seed)
    steps = generator.random((5, len(ids))) < 0.5
    found = exchanged_tokens(ids, steps, generator)
    assert found.shape == steps.shape
    assert ((found == ids) == ~steps).all()
    assert set(found.ravel().tolist()) <= {*tokens, UNK_ID}


def test_values_are_exchanged_for_the_mean_of_their_window_but_not_their_time():
    generator = np.random.default_rng(0)
    past = generator.normal(size=(9, 3)).astype(np.float32)
    steps, counts = generator.random((4, 9)) < 0.5, np.arange(9) > 2
    found = averaged_values(past, 2, steps, counts)
    np.testing.assert_array_equal(found[~steps], np.broadcast_to(past, (4, 9, 3))[~steps])
    np.testing.assert_array_equal(found[..., 2], np.broadcast_to(past[:, 2], (4, 9)))
    mean = past[3:, :2].mean(axis=0)
    np.testing.assert_allclose(found[steps][:, :2], np.broadcast_to(mean, (steps.sum(), 2)))
    whole = averaged_values(past, 3, steps)
    np.testing.assert_allclose(whole[steps][0], past.mean(axis=0), rtol=1e-6)


def test_total_variation_is_1_between_certain_opposites():
    assert total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1
    assert total_variation(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0


def test_the_same_seed_gives_the_same_curve():
    ids = np.random.default_rng(1).integers(4, 9, 300)
    network = language_network(0.5)
    one, same = (generator_context(network, ids, {}, seed=4).change for _ in range(2))
    np.testing.assert_array_equal(one, same)


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    return tiny_classifier(epochs=1).fit(*labelled_texts(40))


def test_a_classifier_says_how_far_back_it_looks(classifier, tmp_path):
    assert 1 <= classifier.metrics_["effective_context"] <= classifier.metrics_["context_length"]
    assert classifier.metrics_["context_length"] == 5
    card = read_artifact(classifier.save(tmp_path / "m.recurra")).card
    steps = classifier.metrics_["effective_context"]
    assert f"- Effective context: {steps} words (they hold 95 % of what exchanging one" in card
    assert "Not evaluated on held-out texts yet." in card


def test_measuring_keeps_the_context_of_the_network(classifier, tmp_path):
    was = classifier.metrics_["effective_context"]
    found = classifier.evaluate(*labelled_texts(8))
    assert "effective_context" not in found
    assert classifier.metrics_ == {"effective_context": was, "context_length": 5, **found}
    loaded = TextClassifier.load(classifier.save(tmp_path / "m.recurra"))
    assert loaded.metrics_["effective_context"] == was
    loaded.evaluate(*labelled_texts(6))
    assert loaded.metrics_["effective_context"] == was


def test_an_order_blind_network_has_none():
    found = plain_classifier().fit(*labelled_texts(20))
    assert found.metrics_ == {}
    assert context_words(found.metrics_, "word") == []


def test_a_forecaster_says_how_far_back_it_looks(tmp_path):
    frame = daily(80).with_columns(sales=pl.col("sales").round(3))
    found = quick(2, epochs=1, validation=10, test=8).fit(frame)
    assert found.metrics_["context_length"] == 12
    assert 1 <= found.metrics_["effective_context"] <= 12
    assert found.metrics_["mae"] > 0
    card = read_artifact(found.save(tmp_path / "m.recurra")).card
    assert f"- Effective context: {found.metrics_['effective_context']} steps (" in card


def test_a_generator_says_how_far_back_it_looks(tmp_path):
    found = TextGenerator(units=4, embedding=3, epochs=1, sequence_length=8, sample_every=0)
    found.fit(["the cat sat on the mat. " * 40])
    assert 1 <= found.metrics_["effective_context"] <= found.metrics_["context_length"]
    card = read_artifact(found.save(tmp_path / "m.recurra")).card
    assert f"- Effective context: {found.metrics_['effective_context']} chars (" in card


class Copier:
    """Stands for a translator whose every target token hangs on the last tokens of the source."""

    def __init__(self, count: int) -> None:
        self._count = count

    def full(self, sources, targets):
        logits = np.zeros((*targets.shape, 12), np.float32)
        for row, ids in zip(logits, sources, strict=True):
            tokens = ids[ids != 0][:-1]  # without [EOS]
            row[:, tokens[-self._count :]] += 3
        return logits


def test_the_memory_of_a_translator_is_found():
    generator = np.random.default_rng(0)
    sources = [np.append(generator.permutation(8) + 4, 3).astype(np.int32) for _ in range(6)]
    targets = [np.array([2, 4, 5], np.int32)] * 6
    for count in (1, 3):
        curve = translator_context(Copier(count), sources, targets, {}, 0)
        assert (curve.effective_context, curve.length) == (count, 8)


def test_the_memory_of_a_model_of_music_is_found():
    pieces = [(np.random.default_rng(k).random((20, 5)) < 0.5).astype(np.uint8) for k in range(6)]
    pieces[0][17] = 0  # a silent step counts too
    for count in (1, 4):
        curve = roll_context(lambda rolls, n=count: rolls[:, -n:].mean(axis=1), pieces, {})
        assert (curve.effective_context, curve.length) == (count, 20)


@pytest.mark.parametrize(
    ("made", "read", "unit"),
    [
        (
            lambda: Translator(units=4, embedding=4, epochs=1, test=0, level="char"),
            [(f"{k:03d}", f"{k:03d}"[::-1]) for k in range(40)],
            "char",
        ),
        (
            lambda: RollGenerator(units=4, epochs=1),
            [np.eye(6, dtype=np.uint8)[np.arange(k, k + 8) % 6] for k in range(10)],
            "step",
        ),
    ],
)
def test_translators_and_models_of_music_say_how_far_back_they_look(made, read, unit, tmp_path):
    found = made().fit(read)
    assert 1 <= found.metrics_["effective_context"] <= found.metrics_["context_length"]
    card = read_artifact(found.save(tmp_path / "m.recurra")).card
    assert f"- Effective context: {found.metrics_['effective_context']} {unit}s (" in card
