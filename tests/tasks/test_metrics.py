"""The metrics agree with scikit-learn and with arithmetic."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn import metrics

from recurra.tasks.metrics import calibration_error, classification_metrics, quick_metrics


@pytest.fixture(scope="module")
def predictions() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    codes = generator.integers(0, 3, 200).astype(np.int32)
    logits = generator.normal(0, 1, (200, 3)) + np.eye(3)[codes]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return codes, probabilities.astype(np.float32)


def test_metrics_equal_scikit_learns(predictions):
    codes, probabilities = predictions
    predicted = probabilities.argmax(1)
    found = classification_metrics(codes, probabilities, np.array(["a", "b", "c"]))
    assert found["accuracy"] == metrics.accuracy_score(codes, predicted)
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(codes, predicted, average="macro"))
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    assert found["log_loss"] == pytest.approx(metrics.log_loss(codes, exact), abs=1e-6)
    wanted = metrics.confusion_matrix(codes, predicted).tolist()
    assert found["confusion_matrix"] == wanted
    assert wanted != np.transpose(wanted).tolist()  # rows are the true classes
    report = metrics.classification_report(codes, predicted, output_dict=True)
    for k, name in enumerate("abc"):
        ours, theirs = found["per_class"][name], report[str(k)]
        assert ours["precision"] == pytest.approx(theirs["precision"])
        assert ours["recall"] == pytest.approx(theirs["recall"])
        assert ours["f1"] == pytest.approx(theirs["f1-score"])
        assert ours["support"] == theirs["support"]
    json.dumps(found, allow_nan=False)


def test_a_class_that_does_not_occur_counts_as_zero():
    probabilities = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0]], np.float32)
    found = classification_metrics(np.array([0, 1], np.int32), probabilities, np.arange(3))
    assert found["per_class"]["2"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert found["macro_f1"] == pytest.approx(2 / 3)
    assert found["classes"] == ["0", "1", "2"]
    assert found["confusion_matrix"][2] == [0, 0, 0]


def test_a_certain_mistake_costs_a_finite_loss():
    found = quick_metrics(np.array([1], np.int32), np.array([[1, 0]], np.float32))
    assert found == {"accuracy": 0.0, "log_loss": pytest.approx(-np.log(1e-7))}


def test_calibration_error_by_hand():
    """Two bins: 0.9 twice, right once: gap 0.4 * 2; 0.6 twice, right twice: gap 0.4 * 2."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.6, 0.4]], np.float32)
    codes = np.array([0, 1, 1, 0], np.int32)
    assert calibration_error(codes, probabilities) == pytest.approx(0.4, abs=1e-6)
    one = np.array([[1.0, 0.0]], np.float32)
    assert calibration_error(np.array([0], np.int32), one) == 0
    assert calibration_error(np.array([1], np.int32), one) == 1


def test_errors_on_both_sides_of_a_bin_cancel():
    probabilities = np.array([[0.7, 0.3]] * 10, np.float32)
    codes = np.array([0] * 7 + [1] * 3, np.int32)
    assert calibration_error(codes, probabilities) == pytest.approx(0, abs=1e-6)
