"""`SequenceRegressor` learns numbers in their own unit."""

from __future__ import annotations

import numpy as np
import pytest
from waves import numbered, regressor

from recurra.errors import DataError, ShapeError
from recurra.runtime import load_predictor, read_artifact
from recurra.sequences.collections import TargetScaler
from recurra.tasks import SequenceRegressor, load_model
from recurra.tasks.series.regression_metrics import regression_metrics

ROWS, NUMBERS = numbered()


@pytest.fixture(scope="module")
def fitted() -> SequenceRegressor:
    model = regressor(epochs=40, learning_rate=0.02, pooling="mean")
    return model.fit(ROWS, NUMBERS)


def test_it_learns_and_is_better_than_a_constant(fitted):
    figures = fitted.evaluate(*numbered(40, seed=1))
    assert figures["mae"] < figures["baseline_mae"] / 2
    assert figures["rmse"] < figures["baseline_rmse"] / 2
    assert figures["r2"] > 0.7
    assert fitted.score(ROWS, NUMBERS) > 0.7
    assert fitted.predict(ROWS).shape == (24,)
    assert 1 <= fitted.metrics_["effective_context"] <= fitted.metrics_["context_length"]


def test_a_saved_model_answers_the_same(fitted, tmp_path):
    path = fitted.save(tmp_path / "m.recurra")
    np.testing.assert_array_equal(load_model(path).predict(ROWS), fitted.predict(ROWS))
    predictor = load_predictor(path)
    np.testing.assert_allclose(predictor.predict(ROWS), fitted.predict(ROWS), rtol=1e-5)
    assert list(predictor.answer(ROWS[:2])) == pytest.approx(fitted.predict(ROWS[:2]), rel=1e-5)
    stream = predictor.stream()
    stream.push(ROWS[0])
    assert stream.answer() == pytest.approx(fitted.predict(ROWS[:1])[0], rel=1e-5)
    with pytest.raises(DataError, match="a regression has no probabilities"):
        predictor.predict_proba(ROWS)
    assert "# Regressor of sequences" in read_artifact(path).card


def test_validation_rows_are_held_out_where_asked_for():
    model = regressor(validation=0.25).fit(ROWS, NUMBERS)
    assert model.data_["rows"] == {"train": 18, "validation": 6}
    assert len(model.history_["val_loss"]) == 2


def test_metrics_are_those_of_the_definitions():
    training = TargetScaler(mean=1.0, spread=1.0, median=0.0)
    numbers, predicted = np.array([0.0, 2.0, 4.0]), np.array([1.0, 2.0, 2.0])
    found = regression_metrics(numbers, predicted, training)
    assert found["mae"] == pytest.approx(1)
    assert found["rmse"] == pytest.approx((5 / 3) ** 0.5)
    assert found["r2"] == pytest.approx(1 - 5 / 8)
    assert found["baseline_mae"] == pytest.approx(2)
    assert found["baseline_rmse"] == pytest.approx((11 / 3) ** 0.5)
    assert regression_metrics(np.ones(2), np.ones(2), training)["r2"] is None


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (None, DataError, "numbers are needed to train"),
        (NUMBERS[:3], ShapeError, "24 sequences but 3 numbers"),
        ([*NUMBERS[:23], np.nan], DataError, "number 23 is nan"),
        (["a"] * 24, DataError, "a number is needed for each sequence"),
        (np.ones((24, 2)), DataError, r"not shape \(24, 2\)"),
    ],
)
def test_numbers_that_cannot_be_learnt_are_refused(y, error, message):
    with pytest.raises(error, match=message):
        regressor().fit(ROWS, y)
