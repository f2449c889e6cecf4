"""RollGenerator: fit, write, measure, resume, save, load."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError, UsageError
from recurra.models import named_weights
from recurra.runtime import RollPredictor, load_predictor, read_artifact, write_artifact
from recurra.tasks import RollGenerator, TrainingObserver, load_model
from recurra.tasks._roll_batches import RollBatches, transposed
from recurra.tasks._roll_preparation import prepare_rolls
from recurra.tasks._roll_settings import RollGeneratorSettings
from recurra.tasks._roll_training import RollLoss

NOTES = 10


def pieces(count: int = 12, seed: int = 0) -> list[np.ndarray]:
    """Draw runs that go up by one note a step, of several lengths."""
    generator = np.random.default_rng(seed)
    rolls = []
    for _ in range(count):
        places = (generator.integers(NOTES) + np.arange(generator.integers(6, 12))) % NOTES
        rolls.append(np.eye(NOTES, dtype=np.uint8)[places])
    return rolls


def tiny(**options: Any) -> RollGenerator:
    small: dict[str, Any] = {"units": 8, "embedding": 6, "epochs": 3, "batch_size": 4, "seed": 1}
    return RollGenerator(**{**small, "transpose": 2, "test": 0.2, **options})


@pytest.fixture(scope="module")
def fitted() -> RollGenerator:
    return tiny().fit(pieces())


def same_weights(first: RollGenerator, second: RollGenerator) -> bool:
    one, two = named_weights(first.model_), named_weights(second.model_)
    return all(np.array_equal(one[name], two[name]) for name in one | two)


def test_runs_are_learnt_and_gone_on_with():
    options = {"epochs": 60, "units": 24, "dropout": 0.0, "recurrent_dropout": 0.0}
    found = tiny(**options, transpose=0, learning_rate=0.02, averaging=0.9).fit(pieces(24))
    assert found.metrics_["part"] == "test"
    assert found.metrics_["nll"] < 0.5
    assert found.metrics_["accuracy"] > 0.9
    prompt = np.eye(NOTES, dtype=np.uint8)[[3, 4, 5]]
    written = found.generate(prompt, length=3, temperature=0)
    np.testing.assert_array_equal(written, np.eye(NOTES, dtype=np.uint8)[[6, 7, 8]])


def test_the_loss_is_the_negative_log_likelihood_of_a_step(fitted):
    roll = pieces()[0]
    before = np.concatenate([np.zeros((1, NOTES)), roll[:-1]])[None].astype(np.float32)
    logits = np.asarray(fitted.model_(before))
    chances = 1 / (1 + np.exp(-logits[0].astype(np.float64)))
    wanted = -np.log(np.where(roll, chances, 1 - chances)).sum(axis=1)
    np.testing.assert_allclose(fitted.score(roll), wanted, rtol=1e-5)
    losses = RollLoss().call(roll[None].astype(np.float32), logits)
    np.testing.assert_allclose(np.asarray(losses)[0], wanted, rtol=1e-5)
    assert fitted.evaluate([roll])["nll"] == pytest.approx(wanted[1:].mean(), rel=1e-5)


def test_padding_and_fillers_weigh_nothing():
    rolls = pieces(5)
    batches = RollBatches(rolls, batch_size=3, seed=0)
    total = 0
    for index in range(len(batches)):
        read, played, weights = batches[index]
        assert read.shape == played.shape == (3, *weights.shape[1:], NOTES)
        np.testing.assert_array_equal(read[:, 1:], played[:, :-1])
        assert not read[:, 0].any()
        np.testing.assert_array_equal(played.any(axis=-1), weights > 0)
        total += int(weights.sum())
    assert total == sum(map(len, rolls))


def test_transposed_music_keeps_its_intervals_and_loses_nothing():
    roll = np.zeros((2, NOTES), np.uint8)
    roll[0, [1, 4]] = roll[1, 5] = 1
    up, down = transposed(roll, 2), transposed(roll, -1)
    assert list(zip(*up.nonzero(), strict=True)) == [(0, 3), (0, 6), (1, 7)]
    assert list(zip(*down.nonzero(), strict=True)) == [(0, 0), (0, 3), (1, 4)]
    for shift in (0, 5, -2, 10, -10, 99):
        np.testing.assert_array_equal(transposed(roll, shift), roll)


def test_same_seed_same_bits_interrupted_or_not(fitted, tmp_path):
    class Stop(TrainingObserver):
        def epoch_ended(self, state, logs):
            if state.epoch == 2:
                raise InterruptedError

    with pytest.raises(InterruptedError):
        tiny(checkpoint=tmp_path).fit(pieces(), observers=[Stop()])
    found = tiny(checkpoint=tmp_path, resume=True).fit(pieces())
    assert found.history_ == fitted.history_
    assert same_weights(found, fitted)


def test_given_parts_are_taken_as_they_are():
    parts = {"validation_rolls": pieces(2, 1), "test_rolls": pieces(3, 2)}
    found = tiny(epochs=1).fit(pieces(), **parts)
    assert found.data_["rows"] == {"train": 12, "validation": 2, "test": 3}
    assert found.metrics_["pieces"] == 3
    found = tiny(epochs=1, test=0.0).fit(pieces())
    assert found.data_["rows"] == {"train": 10, "validation": 2, "test": 0}
    assert (found.metrics_["part"], found.metrics_["pieces"]) == ("validation", 2)


def test_saved_and_loaded_generators_are_equal(fitted, tmp_path):
    path = fitted.save(tmp_path / "m.recurra")
    loaded, predictor = load_model(path), load_predictor(path)
    assert isinstance(loaded, RollGenerator)
    assert isinstance(predictor, RollPredictor)
    assert loaded.settings_ == fitted.settings_
    assert loaded.metrics_ == fitted.metrics_
    assert same_weights(loaded, fitted)
    wanted = fitted.generate(length=20, seed=4)
    for one in (loaded, predictor):
        np.testing.assert_array_equal(one.generate(length=20, seed=4), wanted)
    assert "nats per step" in read_artifact(path).card


@pytest.mark.parametrize(
    ("rolls", "error", "message"),
    [
        (np.zeros((3, 4, 5)), UsageError, "expected a list of piano rolls, not ndarray"),
        ([], DataError, "there are no pieces"),
        ([np.full((4, 5), 0.5)] * 9, DataError, "piece 1: .* 0 and 1 only; make it .* `roll > 0`"),
        ([np.zeros((4, 5)), np.zeros((4, 6))], DataError, "piece 2: .* 6 notes, expected 5"),
        ([np.zeros((4, 5)), np.zeros(4)], DataError, r"piece 2: .*has shape \(4,\)"),
        ([np.zeros((4, 5)), np.zeros((1, 5))], DataError, "piece 2 has 1 step, at least 2"),
        ([np.zeros((4, 5))] * 2, DataError, "2 pieces leave none to train on; give more"),
        ("bach", UnknownNameError, "unknown dataset of piano rolls 'bach'"),
    ],
)
def test_rolls_that_cannot_be_used_are_refused_with_a_reason(rolls, error, message):
    with pytest.raises(error, match=message):
        tiny().fit(rolls)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "tcn"}, "unknown cell 'tcn'"),
        ({"transpose": -1}, "transpose must be a whole number from 0 up"),
        ({"validation": 0.0}, r"validation \(0.0\) must be above 0"),
        ({"units": "many"}, "units must be a number or one for each layer"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_a_reason(options, message):
    with pytest.raises(UsageError, match=message):
        tiny(**options).fit(pieces())


def test_a_prompt_must_fit(fitted):
    with pytest.raises(ShapeError, match="the roll has 3 notes, expected 10"):
        fitted.generate(np.zeros((2, 3)))
    with pytest.raises(UsageError, match="length must be a whole number from 0 up, not -1"):
        fitted.generate(length=-1)
    with pytest.raises(UsageError, match="temperature must be 0 or more, not nan"):
        fitted.generate(temperature=float("nan"))
    assert fitted.generate(length=0).shape == (0, NOTES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": {"moon": 1}}, "settings are not those of a roll generator"),
        ({"task": "forecasting"}, "not one of rolls"),
    ],
)
def test_a_file_with_other_facts_is_refused(fitted, tmp_path, change, message):
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    artifact.manifest.update(change)
    with pytest.raises(CorruptArtifactError, match=message):
        RollGenerator.load(write_artifact(tmp_path / "other.recurra", artifact))


def test_a_language_model_of_tokens_is_none_of_rolls(fitted, tmp_path):
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    artifact.manifest["specification"]["inputs"] = "tokens"
    with pytest.raises(CorruptArtifactError, match="not that of a model of piano rolls"):
        RollGenerator.load(write_artifact(tmp_path / "other.recurra", artifact))


def test_the_chorales_are_read_with_their_published_parts(real_data):
    prepared = prepare_rolls("jsb-chorales", RollGeneratorSettings(), seed=0)
    assert prepared.data["rows"] == {"train": 229, "validation": 76, "test": 77}
    assert prepared.data["notes"] == prepared.specification.vocabulary == 88
