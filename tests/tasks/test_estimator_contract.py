"""scikit-learn's own checks.

scikit-learn checks estimators with arrays of numbers; ours read texts and say so in their tags, for
which scikit-learn skips nearly everything. Two stand-ins make the checks run: `AnyInput` claims to
read arrays, so that every check that trains nothing runs as it is; `RowsAsTexts` writes each row of
numbers as a text, so that the checks which train run on the real estimator too.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import validate_data

from recurra.tasks import TextClassifier


class AnyInput(TextClassifier):
    """Claims to read two-dimensional arrays."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class RowsAsTexts(AnyInput):
    """Reads a row of numbers as a text of one word for each."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = False
        return tags

    def fit(self, X: Any, y: Any = None, **options: Any) -> Any:
        if y is not None:
            X, y = validate_data(self, X, y)
        return super().fit(self._texts(X), y, **options)

    def predict_proba(self, X: Any) -> Any:
        self._check_fitted()
        return super().predict_proba(self._texts(validate_data(self, X, reset=False)))

    def _texts(self, X: Any) -> list[str]:
        return [" ".join(f"c{k}v{round(float(v))}" for k, v in enumerate(row)) for row in X]


NUMBERS = "trains on an array of numbers; a text is not one"
COLUMNS = "slices columns of numbers out of the data, which a list of texts does not have"
MESSAGE = "wants a message about arrays; ours is about texts"
EXPECTED_OF_ANY_INPUT = {
    "check_fit_score_takes_y": NUMBERS,
    "check_estimators_overwrite_params": NUMBERS,
    "check_estimators_fit_returns_self": NUMBERS,
    "check_readonly_memmap_input": NUMBERS,
    "check_n_features_in_after_fitting": NUMBERS,
    "check_n_features_in": NUMBERS,
    "check_estimators_dtypes": NUMBERS,
    "check_dtype_object": NUMBERS,
    "check_pipeline_consistency": NUMBERS,
    "check_estimators_pickle": NUMBERS,
    "check_classifiers_classes": NUMBERS,
    "check_classifiers_train": NUMBERS,
    "check_classifiers_one_label": NUMBERS,
    "check_supervised_y_2d": NUMBERS,
    "check_fit_idempotent": NUMBERS,
    "check_fit_check_is_fitted": NUMBERS,
    "check_classifier_data_not_an_array": "hides the data behind __array__, which holds numbers",
    "check_estimators_unfitted": NUMBERS,
    "check_positive_only_tag_during_fit": NUMBERS,
    "check_complex_data": MESSAGE,
    "check_estimators_empty_data_messages": MESSAGE,
    "check_estimators_nan_inf": MESSAGE,
    "check_estimator_sparse_tag": MESSAGE,
    "check_estimator_sparse_array": MESSAGE,
    "check_estimator_sparse_matrix": MESSAGE,
    "check_classifiers_regression_target": MESSAGE,
    "check_requires_y_none": "wants one of seven fixed messages for y=None; ours says what to do",
    "check_dont_overwrite_parameters": COLUMNS,
    "check_f_contiguous_array_estimator": COLUMNS,
    "check_methods_sample_order_invariance": COLUMNS,
    "check_methods_subset_invariance": COLUMNS,
    "check_fit2d_1sample": COLUMNS,
    "check_fit2d_1feature": COLUMNS,
    "check_fit2d_predict1d": COLUMNS,
    "check_dict_unchanged": COLUMNS,
}
# These train; the stand-in that writes rows as texts passes them.
TRAINED = (
    "check_fit_score_takes_y",
    "check_estimators_overwrite_params",
    "check_estimators_fit_returns_self",
    "check_estimators_unfitted",
    "check_estimators_pickle",
    "check_classifiers_one_label",
    "check_classifiers_regression_target",
    "check_dict_unchanged",
    "check_fit_idempotent",
    "check_fit_check_is_fitted",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_pipeline_consistency",
)


def name_of(check: Any) -> str:
    return check.func.__name__ if isinstance(check, partial) else check.__name__


def checks_of(estimator: Any) -> list[Any]:
    return [check for _, check in estimator_checks_generator(estimator, mark=None)]


def small(kind: type[TextClassifier]) -> TextClassifier:
    return kind(
        "dense", units=2, embedding=2, epochs=1, batch_size=64, level="word", validation=0.2
    )


@pytest.mark.parametrize(
    "check",
    [check for check in checks_of(AnyInput()) if name_of(check) not in EXPECTED_OF_ANY_INPUT],
    ids=name_of,
)
def test_checks_without_training(check):
    check(small(AnyInput))


@pytest.mark.parametrize(
    "check", [check for check in checks_of(AnyInput()) if name_of(check) in TRAINED], ids=name_of
)
def test_checks_with_training(check):
    check(small(RowsAsTexts))


def test_the_lists_name_checks_that_exist():
    names = {name_of(check) for check in checks_of(AnyInput())}
    assert set(EXPECTED_OF_ANY_INPUT) <= names
    assert set(TRAINED) <= names


def test_the_tags_say_what_is_read():
    tags = TextClassifier().__sklearn_tags__()
    assert tags.estimator_type == "classifier"
    assert tags.input_tags.string
    assert tags.input_tags.one_d_array
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.required
