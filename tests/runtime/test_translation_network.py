"""The NumPy translator computes what the Keras model computes; specifications are checked."""

from __future__ import annotations

import numpy as np
import pytest
from translation_networks import (
    BOS,
    SOURCES,
    TARGETS,
    TRANSLATORS,
    every_translator,
    logits,
    random_pairs,
    random_translator,
    translator_specification,
)

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.models import named_weights
from recurra.runtime import TranslatorSpecification
from recurra.runtime._translation_network import (
    TranslationNetwork,
    log_softmax,
    translator_shapes,
)


def network(name: str) -> TranslationNetwork:
    weights = named_weights(random_translator(name))
    return TranslationNetwork(translator_specification(name), weights)


@every_translator
def test_numpy_equals_keras(name):
    pairs = random_pairs()
    expected, found = logits(random_translator(name), pairs), network(name).full(**pairs)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert np.abs(found).max() > 0.1


@every_translator
def test_expected_shapes_are_the_models(name):
    shapes = {k: v.shape for k, v in named_weights(random_translator(name)).items()}
    assert translator_shapes(translator_specification(name)) == shapes


@every_translator
def test_steps_side_by_side_equal_whole_targets(name):
    """Three hypotheses of each source, read token by token, against one row for each."""
    run, generator = network(name), np.random.default_rng(7)
    source = random_pairs()["source"]
    batch, hypotheses, time = len(source), 3, 4
    target = generator.integers(1, TARGETS, (batch, hypotheses, time))
    target[..., 0] = BOS
    whole = run.full(np.repeat(source, hypotheses, axis=0), target.reshape(-1, time))
    expected = log_softmax(whole).reshape(batch, hypotheses, time, TARGETS)
    memory = run.encode(source)
    states = tuple(np.repeat(part[:, None], hypotheses, axis=1) for part in memory.start)
    for step in range(time):
        found, states, attention = run.step(target[..., step], states, memory)
        np.testing.assert_allclose(found, expected[:, :, step], rtol=0, atol=1e-5)
        np.testing.assert_allclose(np.exp(found).sum(-1), 1, rtol=0, atol=1e-5)
        if attention is None:
            assert run.specification.attention == "none"
            continue
        assert attention.shape == (batch, hypotheses, source.shape[1])
        np.testing.assert_allclose(attention.sum(-1), 1, rtol=0, atol=1e-6)
        assert not attention.transpose(0, 2, 1)[source == 0].any()


@every_translator
def test_the_rest_of_the_batch_does_not_change_a_row(name):
    pairs, run = random_pairs(), network(name)
    together = run.full(**pairs)
    for row in range(5):
        source, target = (pairs[key][row] for key in ("source", "target"))
        alone = run.full(source[source > 0][None], target[target > 0][None])[0]
        np.testing.assert_allclose(alone, together[row, : len(alone)], rtol=0, atol=1e-5)


def test_a_part_of_the_memory_answers_as_the_whole():
    run, source = network("bilstm-additive-2-2"), random_pairs()["source"]
    rows = np.array([3, 1])
    expected, found = run.encode(source[rows]), run.encode(source).take(rows)
    for name in ("mask", "last", "states", "keys"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-6)
    for one, other in zip(found.start, expected.start, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_log_softmax_stands_extreme_logits():
    found = log_softmax(np.array([[1e30, 0, -1e30], [1000, 1000, -1000]], np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0, :2], [0, -1e30])
    np.testing.assert_allclose(np.exp(found[1]), [0.5, 0.5, 0], atol=1e-7)


def test_weights_that_do_not_fit_are_refused():
    spec = translator_specification("bigru-dot-1-1")
    weights = named_weights(random_translator("bigru-dot-1-1"))
    with pytest.raises(CorruptArtifactError, match=r"do not fit the specification: \['more'\]"):
        TranslationNetwork(spec, {**weights, "more": np.zeros(3, np.float32)})
    with pytest.raises(CorruptArtifactError, match=r"readout/bias is float32\[2\], expected"):
        TranslationNetwork(spec, {**weights, "readout/bias": np.zeros(2, np.float32)})


@pytest.mark.parametrize("name", TRANSLATORS)
def test_a_specification_survives_json(name):
    spec = translator_specification(name)
    assert TranslatorSpecification.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cell", "grue", r"unknown cell 'grue'; did you mean 'gru'\?"),
        ("attention", "", "unknown attention ''"),
        ("source_vocabulary", 4, "source_vocabulary must be an integer from 5"),
        ("target_vocabulary", 1 << 25, "target_vocabulary must be an integer from 5"),
        ("embedding", 0, "embedding must be an integer from 1 to 65536, not 0"),
        ("units", (5,), r"units must be an integer from 1 to 65536, not \(5,\)"),
        ("encoder_layers", True, "encoder_layers must be an integer"),
        ("decoder_layers", 65, "decoder_layers must be an integer from 1 to 64"),
        ("dropout", 1.0, "dropout must be at least 0 and below 1, not 1.0"),
        ("recurrent_dropout", -0.1, "recurrent_dropout must be at least 0"),
        ("bidirectional", 1, "bidirectional must be true or false, not 1"),
        ("tie_weights", None, "tie_weights must be true or false, not None"),
    ],
)
def test_values_out_of_range_are_refused(field, value, message):
    expected = UnknownNameError if "unknown" in message else UsageError
    with pytest.raises(expected, match=message):
        translator_specification("bigru-dropout", **{field: value})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "the specification is not a JSON object"),
        ({"source_vocabulary": 9}, "cannot be used: .*target_vocabulary"),
        (
            {"source_vocabulary": 9, "target_vocabulary": 9, "magic": 1},
            r"unknown fields: \['magic'\]",
        ),
        ({"source_vocabulary": "9", "target_vocabulary": 9}, "must be an integer"),
    ],
)
def test_specifications_of_hostile_files_are_refused(values, message):
    with pytest.raises(CorruptArtifactError, match=message):
        TranslatorSpecification.from_dict(values)


def test_layers_are_matched_from_the_top():
    def starts(encoder: int, decoder: int) -> list[int]:
        spec = TranslatorSpecification(
            SOURCES, TARGETS, encoder_layers=encoder, decoder_layers=decoder
        )
        return [spec.start_layer(index) for index in range(decoder)]

    assert starts(2, 2) == [0, 1]
    assert starts(3, 1) == [2]
    assert starts(1, 3) == [0, 0, 0]
    assert starts(2, 3) == [0, 0, 1]


def test_a_translation_without_keras(run_python):
    code = """
import sys
import numpy as np
from recurra.runtime import TranslatorSpecification
from recurra.runtime._translation_network import TranslationNetwork, translator_shapes
spec = TranslatorSpecification(6, 7, 4, units=3)
weights = {k: np.ones(s, np.float32) for k, s in translator_shapes(spec).items()}
ids = np.ones((2, 5), np.int32)
assert TranslationNetwork(spec, weights).full(ids, ids).shape == (2, 5, 7)
assert not {"keras", "jax", "polars", "sklearn", "tokenizers"} & set(sys.modules)
"""
    run_python(code)
