"""The choice of what computes the recurrences."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import UnknownNameError, UsageError
from recurra.kernels import kernel_for
from recurra.layers import is_accelerated
from recurra.tasks import _kernels

BUILT = kernel_for().startswith("native")
built = pytest.mark.skipif(not BUILT, reason="the native core was not built")


def test_keras_is_left_alone_outside_the_context():
    with _kernels.use_kernels("auto"):
        assert is_accelerated() == BUILT
    assert not is_accelerated()


def test_keras_is_left_alone_on_request():
    with _kernels.use_kernels("keras"):
        assert not is_accelerated()
    assert _kernels.kernel_name("keras") == "keras (jax)"


@built
def test_native_names_its_instruction_set():
    assert _kernels.kernel_name("native").startswith("native (")


def test_an_unknown_choice_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'native'"):
        _kernels.use_kernels("nativ")


def test_native_says_why_it_cannot_be_had(monkeypatch):
    monkeypatch.setattr(_kernels, "why_not_native", lambda: "it was not built")
    with pytest.raises(UsageError, match="cannot be used: it was not built"):
        _kernels.use_kernels("native")
    with _kernels.use_kernels("auto"):
        assert not is_accelerated()
    assert _kernels.kernel_name() == "keras (jax)"


@built
def test_training_gives_the_same_on_both_kernels():
    from recurra import TextClassifier

    texts = ["good film", "bad film", "very good film indeed", "a bad one"] * 12
    labels = [1, 0, 1, 0] * 12
    options = {"cell": "gru", "units": 5, "embedding": 4, "epochs": 2, "recurrent_dropout": 0.2}
    native_model, keras_model = (
        TextClassifier(**options, kernels=kernels, seed=3).fit(texts, labels)
        for kernels in ("native", "keras")
    )
    assert native_model.history_["loss"] == pytest.approx(keras_model.history_["loss"], rel=1e-4)
    np.testing.assert_allclose(
        native_model.predict_proba(texts), keras_model.predict_proba(texts), atol=1e-4
    )
