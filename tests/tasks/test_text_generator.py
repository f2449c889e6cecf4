"""TextGenerator: fit, write, measure, resume, save, load."""

from __future__ import annotations

import gzip
from typing import Any

import keras
import numpy as np
import pytest

from recurra.errors import (
    CheckpointError,
    CorruptArtifactError,
    DataError,
    NotFittedError,
    UnknownNameError,
    UsageError,
)
from recurra.models import named_weights
from recurra.runtime import GeneratorPredictor, load_predictor, read_artifact, write_artifact
from recurra.sequences import EOS_ID, read_corpus
from recurra.tasks import TextGenerator, TrainingObserver, load_model
from recurra.tasks._language_batches import TokenBatches
from recurra.tasks._language_settings import (
    resolve_generator_settings,
    settle_generator_settings,
)

TEXT = "the cat sat on the mat. the dog ran to the log. " * 12


def tiny(**options: Any) -> TextGenerator:
    """Return a network that trains in a moment; every kind of dropout is on."""
    small: dict[str, Any] = {
        "units": 4,
        "embedding": 3,
        "batch_size": 4,
        "sequence_length": 8,
        "epochs": 4,
        "patience": 9,
        "validation": 0.15,
        "test": 0.15,
        "dropout": 0.2,
        "recurrent_dropout": 0.2,
        "weight_drop": 0.2,
        "embedding_dropout": 0.2,
        "averaging": 0.7,
        "learning_rate": 0.01,
        "sample_every": 2,
        "sample_length": 12,
        "seed": 3,
    }
    return TextGenerator(**{**small, **options})


class Listener(TrainingObserver):
    """Keeps the samples; interrupts after an epoch, or in the one that follows it."""

    def __init__(self, epoch: int = 0, batch: int | None = None) -> None:
        self.epoch, self.batch, self.finished = epoch, batch, 0
        self.samples: list[tuple[int, str]] = []

    def sample_made(self, epoch, text):
        self.samples.append((epoch, text))

    def epoch_ended(self, state, logs):
        self.finished = state.epoch
        if self.batch is None and state.epoch == self.epoch:
            raise InterruptionError

    def batch_ended(self, batch, logs):
        if self.finished == self.epoch and batch == self.batch:
            raise InterruptionError


class InterruptionError(Exception):
    """Stands for whatever ends a process."""


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def fitted(listener) -> TextGenerator:
    return tiny().fit([TEXT], observers=[listener])


def same_weights(first: TextGenerator, second: TextGenerator) -> bool:
    one, two = named_weights(first.model_), named_weights(second.model_)
    return all(np.array_equal(one[name], two[name]) for name in one | two)


def test_training_lowers_the_loss_and_measures_the_test_part(fitted):
    history = fitted.history_
    assert set(history) == {"loss", "val_loss", "val_accuracy", "learning_rate"}
    assert history["val_loss"][-1] < history["val_loss"][0] < np.log(fitted.data_["vocabulary"])
    found = fitted.metrics_
    assert (found["part"], found["tokens"]) == ("test", fitted.data_["rows"]["test"])
    assert found["perplexity"] == pytest.approx(np.exp(found["nats_per_token"]))
    assert found["bits_per_character"] == pytest.approx(found["nats_per_token"] / np.log(2))
    assert fitted.evaluate([TEXT[-found["characters"] :]])["nats_per_token"] == pytest.approx(
        found["nats_per_token"]
    )


def test_without_a_test_part_the_validation_part_is_measured_and_that_is_said(tmp_path):
    found = tiny(test=0.0, epochs=1, sample_every=0).fit([TEXT])
    assert found.metrics_["part"] == "validation"
    assert found.metrics_["tokens"] == found.data_["rows"]["validation"]
    assert found.metrics_["nats_per_token"] == pytest.approx(found.history_["val_loss"][0])
    assert found.training_.samples == []
    card = read_artifact(found.save(tmp_path / "m.recurra")).card
    assert "tokens of the validation text, which also chose the epoch" in card


def test_same_seed_same_bits_and_another_seed_others(fitted):
    again = tiny().fit([TEXT])
    assert again.history_ == fitted.history_
    assert same_weights(again, fitted)
    assert again.training_.samples == fitted.training_.samples
    assert not same_weights(tiny(seed=4).fit([TEXT]), fitted)


@pytest.mark.parametrize("stop", [(3, None), (2, 2), (0, 1)])
def test_an_interrupted_run_ends_with_the_same_bits(tmp_path, fitted, stop):
    with pytest.raises(InterruptionError):
        tiny(checkpoint=tmp_path).fit([TEXT], observers=[Listener(*stop)])
    found = tiny(checkpoint=tmp_path, resume=True).fit([TEXT])
    assert found.history_ == fitted.history_
    assert same_weights(found, fitted)
    assert found.training_.samples == fitted.training_.samples
    assert found.metrics_ == fitted.metrics_


def test_parts_of_a_pass_are_resumed_too(tmp_path):
    options = {"epoch_tokens": 100, "decay": "plateau"}
    whole = tiny(**options).fit([TEXT])
    with pytest.warns(UserWarning, match="training reads 200 of 403 tokens"):
        tiny(**{**options, "epochs": 2}, checkpoint=tmp_path).fit([TEXT])
    assert same_weights(tiny(**options, checkpoint=tmp_path, resume=True).fit([TEXT]), whole)


@pytest.mark.parametrize(
    ("options", "text", "message"),
    [
        ({"weight_drop": 0.1}, TEXT, r"weight_drop differ \(weight_drop was 0.2, is 0.1\)"),
        ({"epochs": 9}, TEXT, r"epochs differ \(epochs was 4, is 9\)"),
        ({}, TEXT.replace("dog", "god"), r"data differ"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, options, text, message):
    with pytest.raises(InterruptionError):
        tiny(checkpoint=tmp_path).fit([TEXT], observers=[Listener(1)])
    with pytest.raises(CheckpointError, match=message):
        tiny(checkpoint=tmp_path, resume=True, **options).fit([text])


def test_samples_come_as_often_as_asked_for_and_are_kept(fitted, listener, tmp_path):
    assert [epoch for epoch, _ in listener.samples] == [2, 4]
    kept = [{"epoch": epoch, "text": text} for epoch, text in listener.samples]
    assert fitted.training_.samples == kept
    assert all(0 < len(text) <= 12 for _, text in listener.samples)
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    assert artifact.manifest["training"]["samples"] == kept


def test_samples_do_not_change_the_training(fitted):
    assert same_weights(tiny(sample_every=0).fit([TEXT]), fitted)


def test_the_state_is_carried_from_batch_to_batch():
    """What follows is known from the token before the last one: for every other token it stands in
    the batch before, and without it the loss cannot go below a half of ln 2."""
    options: dict[str, Any] = dict.fromkeys(("dropout", "recurrent_dropout", "weight_drop"), 0.0)
    options |= {"embedding_dropout": 0.0, "sequence_length": 2, "units": 16, "epochs": 6}
    found = tiny(**options, cell="rnn", learning_rate=0.03, sample_every=0).fit(["aabb" * 300])
    assert found.history_["loss"][-1] < 0.1 < np.log(2) / 2


def test_an_epoch_starts_from_a_state_of_zeros():
    class Zeros(keras.callbacks.Callback):
        seen: list[float] = []  # noqa: RUF012 - one test

        def on_epoch_begin(self, epoch, logs=None):
            layer = self.model.get_layer("recurrent_0")
            self.seen += [float(np.abs(state.numpy()).max()) for state in layer.states]

        def on_train_end(self, logs=None):
            layer = self.model.get_layer("recurrent_0")
            assert max(float(np.abs(state.numpy()).max()) for state in layer.states) > 0

    tiny(epochs=2).fit([TEXT], callbacks=[Zeros()])
    assert Zeros.seen == [0.0] * 4


def test_the_tokenizer_knows_the_training_part_alone():
    found = tiny(epochs=1, validation=0.1, test=0.1).fit(["abc " * 100 + "xyz " * 50])
    assert sorted(found.tokenizer_.tokens[4:]) == [" ", "a", "b", "c", "x", "y", "z"]
    found = tiny(epochs=1, validation=0.2, test=0.2).fit(["abc " * 120 + "xyz " * 30])
    assert sorted(found.tokenizer_.tokens[4:]) == [" ", "a", "b", "c"]
    assert found.data_["unknown"]["train"] == 0 < found.data_["unknown"]["test"]
    assert found.metrics_["unknown"] == found.data_["unknown"]["test"]


def test_text_after_the_training_part_does_not_change_the_training():
    cut = int(len(TEXT) * 0.85)
    one, two = (tiny().fit([text]) for text in (TEXT, TEXT[:cut] + TEXT[cut:].upper()))
    assert same_weights(one, two)
    assert one.metrics_ != two.metrics_


@pytest.mark.parametrize(("level", "tied"), [("word", True), ("subword", False)])
def test_other_levels_and_cells_train(level, tied):
    found = tiny(level=level, vocabulary=300, tie_weights=tied, cell="gru", layers=2, epochs=1).fit(
        [TEXT]
    )
    assert found.specification_.units == (4, 4)
    assert found.metrics_["bits_per_character"] < found.metrics_["nats_per_token"] / np.log(2)
    assert found.generate("the cat", length=3)[0].tokens


def test_documents_end_and_the_end_is_learnt():
    found = tiny(epochs=20, sample_every=0, learning_rate=0.03, units=12).fit(["ab."] * 150)
    assert found.data_["documents"] == 150
    best = found.generate("a", temperature=0, length=9)[0]
    assert (best.text, best.finished) == ("b.", "end")
    assert EOS_ID not in found.tokenizer_.encode("ab.")


def test_a_file_may_be_compressed_and_texts_may_stand_in_a_column(tmp_path, fitted):
    (tmp_path / "t.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    found = tiny().fit(tmp_path / "t.txt.gz")
    assert same_weights(found, fitted)
    assert found.data_["name"] == "t"
    (tmp_path / "t.csv").write_text("body,n\n" + f"{TEXT},1\n" * 3)
    found = tiny(epochs=1).fit(tmp_path / "t.csv", text="body")
    assert found.data_["documents"] == 3


def test_saved_and_loaded_generators_are_equal(fitted, tmp_path):
    path = fitted.save(tmp_path / "m.recurra")
    loaded = load_model(path)
    assert isinstance(loaded, TextGenerator)
    assert same_weights(loaded, fitted)
    assert loaded.settings_ == fitted.settings_
    assert (loaded.metrics_, loaded.data_, loaded.history_) == (
        fitted.metrics_,
        fitted.data_,
        fitted.history_,
    )
    predictor = load_predictor(path)
    assert isinstance(predictor, GeneratorPredictor)
    for options in ({"temperature": 0.7, "top_k": 4}, {"top_p": 0.9, "repetition_penalty": 1.3}):
        wanted = fitted.generate("the ", length=20, seed=5, count=2, **options)
        assert loaded.generate("the ", length=20, seed=5, count=2, **options) == wanted
    one = fitted.generate("the ", length=20, seed=5)[0].text
    assert "".join(loaded.stream("the ", length=20, seed=5)) == one
    first, again = (read_artifact(g.save(tmp_path / "again")) for g in (fitted, loaded))
    assert (first.encoder, first.card) == (again.encoder, again.card)
    assert {**first.manifest, "files": 0} == {**again.manifest, "files": 0}


def test_scores_add_up_to_the_perplexity(fitted):
    found = fitted.score("the cat sat")
    assert found.tokens == tuple("the cat sat")
    assert found.nats == pytest.approx(-found.log_probabilities.sum())
    assert fitted.perplexity("the cat sat") == pytest.approx(np.exp(found.nats / 11))


def test_the_exported_model_is_of_keras_layers_alone(fitted, tmp_path):
    model = keras.models.load_model(fitted.export(tmp_path / "m.keras"))
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    ids = fitted.tokenizer_.encode("the cat")[None]
    np.testing.assert_array_equal(np.asarray(model(ids)), np.asarray(fitted.model_(ids)))
    assert model.count_params() == fitted.model_.count_params()


def test_a_generator_must_be_fitted():
    generator = tiny()
    for call in (
        lambda: generator.generate("a"),
        lambda: generator.stream("a"),
        lambda: generator.score("a"),
        lambda: generator.evaluate([TEXT]),
        lambda: generator.save("m.recurra"),
    ):
        with pytest.raises(NotFittedError, match=r"not fitted yet; call fit\(corpus\) first"):
            call()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"level": "letter"}, UnknownNameError, "unknown level 'letter'"),
        ({"cell": "lstn"}, UnknownNameError, "unknown cell 'lstn'; did you mean 'lstm'"),
        ({"preset": "quick"}, UnknownNameError, "unknown preset 'quick'"),
        ({"decay": "linea"}, UnknownNameError, "unknown decay 'linea'; did you mean 'linear'"),
        ({"validation": 0.0}, UsageError, "validation must be above 0: early stopping needs"),
        ({"validation": 0.5, "test": 0.5}, UsageError, "leave nothing to train"),
        ({"epochs": 0.5}, UsageError, "epochs must be a whole number from 0 up, not 0.5"),
        ({"batch_size": 0}, UsageError, "batch_size must be a whole number from 1 up, not 0"),
        ({"weight_drop": 1.0}, UsageError, "weight_drop must be at least 0 and below 1"),
        ({"units": (8, 8), "layers": 3}, UsageError, "units names 2 layers"),
        ({"vocabulary": 100, "level": "subword"}, UsageError, "vocabulary must be between 260"),
        ({"seed": -1}, UsageError, "seed must be a whole number from 0 up"),
        ({"resume": True}, UsageError, "resume=True needs a checkpoint folder"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_a_reason(options, error, message):
    with pytest.raises(error, match=message):
        tiny(**options).fit([TEXT])


def test_too_little_text_is_refused():
    with pytest.raises(DataError, match="the validation part of texts has 7 tokens, at least 16"):
        tiny().fit(["a few characters, that is all they are, no more"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": {"moon": 1}}, "settings are not those of a text generator"),
        ({"settings": {"epochs": "many"}}, "settings cannot be used: epochs must be a whole"),
        ({"seed": -4}, "the manifest's seed is -4"),
        ({"task": "forecasting"}, "not a language model"),
        ({"specification": {}}, "the language model cannot be used|specification"),
    ],
)
def test_a_file_with_other_facts_is_refused(fitted, tmp_path, change, message):
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    artifact.manifest.update(change)
    with pytest.raises(CorruptArtifactError, match=message):
        TextGenerator.load(write_artifact(tmp_path / "other.recurra", artifact))


def test_epochs_take_turns_on_a_long_text():
    ids = np.arange(1000, dtype=np.uint16)
    batches = TokenBatches(ids, batch_size=2, sequence_length=10, epoch_tokens=350, seed=1)
    assert batches.num_batches == 16  # 50 in a pass, cut into 3 epochs of at most 17
    places = []
    for epoch in range(4):
        batches.start_epoch(epoch)
        read = [batches[index] for index in range(16)]
        x, y = (np.concatenate([batch[k] for batch in read], axis=1) for k in (0, 1))
        np.testing.assert_array_equal(y, (x + 1) % 1000)
        assert (np.diff(x, axis=1) % 1000 == 1).all()
        np.testing.assert_array_equal((x[1] - x[0]) % 1000, 500)
        places.append(int(x[0, 0]))
    assert (places[1] - places[0]) % 1000 == 160 == (places[2] - places[1]) % 1000
    assert (places[3] - places[2]) % 1000 != 160  # a new pass, another offset
    batches.start_epoch(2)
    assert int(batches[0][0][0, 0]) == places[2]


def test_a_short_text_has_fewer_streams():
    settings = resolve_generator_settings("fast", {"batch_size": 64, "sequence_length": 64})
    for tokens in (20, 403, 5_000, 100_000):
        settled = settle_generator_settings(settings, preset="fast", tokens=tokens)
        assert settled.batch_size * settled.sequence_length * 8 <= tokens
        assert settled.epochs >= 3
    assert (settled.batch_size, settled.sequence_length) == (64, 64)


def test_a_corpus_may_be_opened_before(fitted):
    assert same_weights(tiny().fit(read_corpus([TEXT])), fitted)


def test_documents_without_text_are_named():
    texts = [TEXT, "  ", TEXT, "\n", TEXT]
    with pytest.warns(UserWarning, match="2 documents without text were left out: .*2.*4"):
        tiny(epochs=1).fit(texts)


def test_a_training_that_reads_a_part_of_the_text_says_so():
    with pytest.warns(UserWarning, match=r"training reads 100 of \d+ tokens; \d+ epochs"):
        tiny(epochs=1, epoch_tokens=100).fit([TEXT])
