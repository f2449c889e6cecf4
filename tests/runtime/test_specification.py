"""The specification refuses what no network can have."""

from __future__ import annotations

import pytest
from networks import ARCHITECTURES, specification

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.runtime import ClassifierSpecification


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_specification_survives_json(name):
    spec = specification(name)
    assert ClassifierSpecification.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cell", "lstn", r"unknown cell 'lstn'; did you mean 'lstm'\?"),
        ("pooling", "sum", r"unknown pooling 'sum'"),
        ("vocabulary", 1, r"vocabulary must be an integer from 2 to \d+, not 1"),
        ("classes", True, r"classes must be an integer from 2"),
        ("embedding", 0, r"embedding must be an integer from 1 to 65536, not 0"),
        ("units", (), r"units must be a tuple of 1 to 64 integers, not \(\)"),
        ("units", (4, -1), r"units must be an integer from 1"),
        ("units", 4, r"units must be a tuple of 1 to 64 integers, not 4"),
        ("head", (1 << 20,), r"head must be an integer from 1 to 65536"),
        ("dropout", 1.0, r"dropout must be at least 0 and below 1, not 1.0"),
        ("recurrent_dropout", float("nan"), r"recurrent_dropout must be at least 0 and below 1"),
        ("head_dropout", "much", r"head_dropout must be at least 0 and below 1, not 'much'"),
        ("bidirectional", "no", r"bidirectional must be true or false, not 'no'"),
        ("batch_normalization", 1, r"batch_normalization must be true or false, not 1"),
    ],
)
def test_values_out_of_range_are_refused(field, value, message):
    good = specification("bilstm-wide").to_dict()
    good = {k: tuple(v) if isinstance(v, list) else v for k, v in good.items()}
    with pytest.raises(UnknownNameError if "unknown" in message else UsageError, match=message):
        ClassifierSpecification(**{**good, field: value})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "the specification is not a JSON object"),
        ([], "the specification is not a JSON object"),
        ({}, "the specification cannot be used: .*vocabulary"),
        ({"vocabulary": 5, "classes": 2, "magic": 1}, r"unknown fields: \['magic'\]"),
        ({"vocabulary": 5, "classes": 2, "units": [[4]]}, "units must be an integer"),
        ({"vocabulary": 5, "classes": 2, "cell": []}, "cannot be used: unknown cell"),
        ({"vocabulary": 5, "classes": 2, "cell": {"a": 1}}, "cannot be used: unknown cell"),
        ({"vocabulary": "5", "classes": 2}, "vocabulary must be an integer"),
        ({"vocabulary": 1 << 40, "classes": 2}, "vocabulary must be an integer"),
    ],
)
def test_specifications_of_hostile_files_are_refused(values, message):
    with pytest.raises(CorruptArtifactError, match=message):
        ClassifierSpecification.from_dict(values)
