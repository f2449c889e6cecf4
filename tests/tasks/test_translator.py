"""Translator: fit, translate, measure, save, load. The language: short words, read backwards."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from sklearn.base import clone

from recurra.errors import (
    CheckpointError,
    CorruptArtifactError,
    DataError,
    NotFittedError,
    ShapeError,
    UnknownNameError,
    UsageError,
)
from recurra.models import build_translator, named_weights
from recurra.runtime import load_predictor, read_artifact, write_artifact
from recurra.tasks import TrainingObserver, Translator, load_model
from recurra.tasks._translation_batches import choose_shapes
from recurra.tasks._translation_preparation import encode_pairs
from recurra.tasks._translation_sources import pairs_in_memory, read_pairs_of, split_pairs
from recurra.tasks._translation_training import answer_of, forced_figures

WORDS = ["".join(letters) for n in (1, 2, 3) for letters in itertools.product("abcdef", repeat=n)]
PAIRS = [(word, word[::-1]) for word in WORDS]


def quick(**options):
    """Return a translator of the smallest size that learns to reverse."""
    return Translator(
        **{
            "level": "char",
            "units": 24,
            "embedding": 16,
            "batch_size": 16,
            "learning_rate": 0.02,
            "dropout": 0.0,
            "epochs": 1,
            **options,
        }
    )


@pytest.fixture(scope="module")
def fitted():
    return quick(epochs=20).fit(PAIRS)


def same_weights(one, two):
    others = named_weights(two.model_)
    return all(np.array_equal(a, others[k]) for k, a in named_weights(one.model_).items())


def test_it_learns_to_read_backwards_and_measures_itself(fitted):
    metrics = fitted.metrics_
    assert metrics["rows"] == round(0.1 * len(PAIRS))
    assert metrics["exact_match"] > 0.9
    assert metrics["chrf"] > 95
    assert metrics["perplexity"] < 1.2
    assert metrics["tokens"] == sum(len(row) + 1 for row in measured_words(fitted))
    assert "four words in a row" in metrics["note"]
    right = sum(fitted.predict([word])[0] == word[::-1] for word in measured_words(fitted))
    assert right / metrics["rows"] == metrics["exact_match"]


def measured_words(translator):
    dataset = pairs_in_memory(PAIRS)
    return split_pairs(dataset, validation=0.1, test=0.1, seed=translator.seed).test.sources


def test_beam_n_best_and_attention_come_from_one_object(fitted):
    best = fitted.translate(["abc"], beam=4, n_best=3)[0]
    assert len(best) == 3
    assert best[0].score >= best[1].score >= best[2].score
    matrix = fitted.attention("abc")
    assert matrix.source_tokens == ("a", "b", "c", "[EOS]")
    assert matrix.target_tokens[-1] == "[EOS]"
    np.testing.assert_allclose(matrix.weights.sum(axis=1), 1, atol=1e-5)


def test_the_kept_weights_are_the_best_by_validation_loss(fitted):
    split = split_pairs(pairs_in_memory(PAIRS), validation=0.1, test=0.1, seed=0)
    tokenizers = (fitted.source_tokenizer_, fitted.target_tokenizer_)
    pairs = encode_pairs(split.validation, tokenizers, fitted.settings_.max_length)
    answer = answer_of(fitted.model_, fitted.specification_, "auto")
    found = forced_figures(answer, pairs, choose_shapes(pairs)).to_dict()
    history = fitted.history_
    assert found["loss"] == pytest.approx(min(history["val_loss"]), rel=1e-4)
    assert fitted.training_.best_epoch == int(np.argmin(history["val_loss"])) + 1


def test_both_ways_to_compute_the_figures_agree(fitted):
    """Without Keras where the native core is there, by Keras's own loops otherwise."""
    tokenizers = (fitted.source_tokenizer_, fitted.target_tokenizer_)
    words = pairs_in_memory(PAIRS[20:60])
    pairs = encode_pairs(read_pairs_of(words.train), tokenizers, 10)
    model = build_translator(fitted.specification_, 3)
    native, slow = (
        forced_figures(
            answer_of(model, fitted.specification_, kernels), pairs, choose_shapes(pairs)
        )
        for kernels in ("auto", "keras")
    )
    assert native.nats == pytest.approx(slow.nats, rel=1e-5)
    assert native.tokens == slow.tokens == int(pairs.targets.lengths.sum())


def test_saved_and_loaded_translators_are_equal(fitted, tmp_path):
    fitted.save(tmp_path / "m.recurra")
    loaded = Translator.load(tmp_path / "m.recurra")
    assert loaded.predict(WORDS[:40]) == fitted.predict(WORDS[:40])
    assert loaded.metrics_ == json.loads(json.dumps(fitted.metrics_))
    assert loaded.settings_ == fitted.settings_
    assert loaded.get_params()["attention_kind"] == "dot"
    assert same_weights(loaded, fitted)
    assert load_model(tmp_path / "m.recurra").predict(["abc"]) == fitted.predict(["abc"])
    assert load_predictor(tmp_path / "m.recurra").translate(["abc"])[0][0].text == "cba"
    first, again = (read_artifact(f.save(tmp_path / "again")) for f in (fitted, loaded))
    assert first.encoder == again.encoder
    assert first.card == again.card
    assert "# Translator" in first.card
    assert "exact match" in first.card


def test_a_loaded_translator_measures_as_before(fitted, tmp_path):
    loaded = Translator.load(fitted.save(tmp_path / "m.recurra"))
    words = WORDS[:30]
    found = loaded.evaluate(words, [word[::-1] for word in words], beam=2)
    assert found["beam"] == 2
    assert found == fitted.evaluate([(word, word[::-1]) for word in words], beam=2)


def test_the_exported_model_computes_the_same(fitted, tmp_path):
    import keras

    plain = keras.saving.load_model(fitted.export(tmp_path / "m.keras"))
    inputs = {"source": np.array([[4, 5, 3]]), "target": np.array([[2, 5]])}
    np.testing.assert_allclose(
        np.asarray(plain(inputs)), np.asarray(fitted.model_(inputs)), rtol=1e-5, atol=1e-6
    )


HARD = {"scheduled_sampling": 0.5, "averaging": 0.9, "dropout": 0.2, "label_smoothing": 0.1}


def test_same_seed_same_bits_and_another_seed_another():
    one, two, three = (quick(seed=seed, **HARD).fit(PAIRS) for seed in (1, 1, 2))
    assert same_weights(one, two)
    assert not same_weights(one, three)


class _Stop(TrainingObserver):
    def epoch_ended(self, state, logs):
        if state.epoch == 2:
            raise KeyboardInterrupt


def test_an_interrupted_training_goes_on_with_the_same_bits(tmp_path):
    options = {**HARD, "epochs": 4, "patience": 9}
    whole = quick(**options).fit(PAIRS)
    with pytest.raises(KeyboardInterrupt):
        quick(**options, checkpoint=tmp_path).fit(PAIRS, observers=[_Stop()])
    resumed = quick(**options, checkpoint=tmp_path, resume=True).fit(PAIRS)
    assert same_weights(resumed, whole)
    assert resumed.history_ == whole.history_
    assert resumed.metrics_ == whole.metrics_
    with pytest.raises(CheckpointError, match="data differ"):
        quick(**options, checkpoint=tmp_path, resume=True).fit(PAIRS[:-9])
    resumed.discard_checkpoint()
    assert not tmp_path.exists()


def test_samples_are_shown_in_training(fitted):
    samples = fitted.training_.samples
    assert [sample["epoch"] for sample in samples] == list(range(2, fitted.training_.epoch + 1, 2))
    sources = split_pairs(pairs_in_memory(PAIRS), validation=0.1, test=0.1, seed=0)
    first = sources.validation.sources[0]
    assert samples[-1]["text"].startswith(f"{first} -> ")


def test_its_settings_are_checked_before_the_data_are_read():
    for options, error, message in (
        ({"cell": "lstn"}, UnknownNameError, "unknown cell 'lstn'; did you mean 'lstm'"),
        ({"attention_kind": "adaptive"}, UnknownNameError, "unknown attention 'adaptive'"),
        ({"preset": "quick"}, UnknownNameError, "unknown preset 'quick'"),
        ({"label_smoothing": 1}, UsageError, "label_smoothing must be at least 0 and below 1"),
        ({"scheduled_sampling": -0.1}, UsageError, "scheduled_sampling must be"),
        ({"beam": 0}, UsageError, "beam must be an integer from 1 to 1024, not 0"),
        ({"beam": 2000}, UsageError, "beam must be an integer from 1 to 1024, not 2000"),
        ({"length_penalty": -1}, UsageError, "length_penalty must be"),
        ({"length_penalty": 11}, UsageError, "length_penalty must be a number from 0 to 10"),
        ({"seed": -1}, UsageError, "seed must be a whole number"),
        ({"validation": 0}, UsageError, "validation must be a number of rows"),
        ({"lowercase": 1}, UsageError, "lowercase must be True or False, not 1"),
    ):
        with pytest.raises(error, match=message):
            Translator(**options).fit_source("no-such-file.tsv")


def test_texts_that_cannot_be_used_are_named():
    with pytest.raises(NotFittedError, match="fit\\(sources, targets\\)"):
        Translator().predict(["a"])
    with pytest.raises(ShapeError, match="2 sources but 1 targets"):
        Translator().fit(["a", "b"], ["c"])
    with pytest.raises(DataError, match="use fit_source"):
        Translator().fit("pairs.tsv")
    with pytest.raises(DataError, match="pair 2 is"):
        Translator().fit([("a", "b"), ("a", "b", "c")])
    with pytest.raises(DataError, match="too few"):
        Translator().fit([("a", "b"), ("a", "c"), ("a", "d")])


def test_parameters_survive_a_clone():
    translator = quick(attention_kind="additive", seed=4)
    assert clone(translator).get_params() == translator.get_params()


@pytest.mark.parametrize("settings", [7, {"units": 0}, {"cell": "x"}, {"unknown": 1}])
def test_altered_settings_are_refused(fitted, tmp_path, settings):
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    artifact.manifest["settings"] = settings
    write_artifact(tmp_path / "m.recurra", artifact)
    with pytest.raises(CorruptArtifactError, match="settings"):
        Translator.load(tmp_path / "m.recurra")


def test_without_test_pairs_nothing_is_measured_and_what_is_left_out_is_said():
    with pytest.warns(UserWarning, match="a pair with an empty side was left out, line 259"):
        translator = quick(test=0).fit([*PAIRS, ("", "x")])
    assert set(translator.metrics_) == {"effective_context", "context_length"}
    assert translator.data_["rows"]["test"] == 0
    assert len(translator.data_["warnings"]) == 1
