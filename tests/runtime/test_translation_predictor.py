"""The predictor of translations, and its file."""

from __future__ import annotations

import math
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from translation_networks import drawn_weights

from recurra.errors import CorruptArtifactError, DataError, ShapeError, SourceError, UsageError
from recurra.runtime import (
    TRANSLATION_TASK,
    Artifact,
    TranslationPredictor,
    TranslatorSpecification,
    load_predictor,
    read_translator,
    translator_contents,
    write_artifact,
)
from recurra.runtime._translation_network import TranslationNetwork, translator_shapes
from recurra.sequences import Tokenizer

SOURCES = ["one two three four", "two", "three one four one five nine two six", "", "five two"]
TARGETS = ["eins zwei drei", "vier", "fünf sechs sieben acht neun zehn"]
MAX_LENGTH = 9


@cache
def tokenizers(level: str) -> tuple[Tokenizer, Tokenizer]:
    source, target = (Tokenizer(level, 300, sentences=True) for _ in range(2))
    return source.fit(SOURCES), target.fit(TARGETS)


def parts(level: str = "word", **changes: Any) -> tuple[Any, ...]:
    source, target = tokenizers(level)
    sizes = (source.vocabulary_size, target.vocabulary_size)
    spec = TranslatorSpecification(*sizes, **{"embedding": 5, "units": 6, **changes})
    weights = drawn_weights(translator_shapes(spec))
    return source, target, spec, weights


def predictor(level: str = "word", **changes: Any) -> TranslationPredictor:
    return TranslationPredictor(*parts(level, **changes), max_length=MAX_LENGTH)


def artifact(**changes: Any) -> Artifact:
    made, weights = predictor(), parts()[3]
    encoder, arrays = translator_contents(made, weights)
    manifest = {"task": TRANSLATION_TASK, "specification": made.specification.to_dict()}
    return Artifact({**manifest, **changes}, encoder, arrays)


@pytest.mark.parametrize("level", ["word", "char", "subword"])
def test_every_text_has_its_best_translations_in_order(level):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are longer than nine characters
        found = predictor(level).translate(SOURCES, beam=4, n_best=3)
    assert len(found) == len(SOURCES)
    for translations in found:
        assert len(translations) == 3
        ended = [t.ended for t in translations]
        assert ended == sorted(ended, reverse=True)
        for one in translations:
            assert len(one.tokens) <= MAX_LENGTH + 1
            length = len(one.tokens) + one.ended
            assert one.score == pytest.approx(one.log_probability / ((5 + length) / 6))
            assert one.attention is None
            assert not {"[PAD]", "[UNK]", "[BOS]", "[EOS]"} & set(one.tokens)
            if level != "subword":
                assert one.text == "".join(one.tokens).strip()


def test_a_translation_does_not_depend_on_the_others():
    run = predictor()
    together = run.translate(SOURCES, beam=3)
    assert len({t[0].text for t in together}) > 1
    for text, expected in zip(SOURCES, together, strict=True):
        (alone,) = run.translate([text], beam=3)
        assert alone[0].text == expected[0].text
        assert alone[0].score == pytest.approx(expected[0].score, abs=1e-5)


def test_many_texts_are_translated_in_parts(monkeypatch):
    expected = [t[0].text for t in predictor().translate(SOURCES)]
    monkeypatch.setattr("recurra.runtime.translator._ROWS", 2)
    assert [t[0].text for t in predictor().translate(iter(SOURCES))] == expected
    assert predictor().translate([]) == []


def test_the_score_of_a_translation_is_that_of_the_search():
    run = predictor()
    found = [t[0] for t in run.translate(SOURCES, beam=3)]
    texts = [one.text for one in found if one.ended]
    sources = [s for s, one in zip(SOURCES, found, strict=True) if one.ended]
    assert texts
    scores = run.score(sources, texts)
    for one, logs in zip([one for one in found if one.ended], scores, strict=True):
        assert len(logs) == len(one.tokens) + 1
        assert logs.sum() == pytest.approx(one.log_probability, abs=1e-4)


def test_pairs_are_scored_in_parts(monkeypatch):
    run = predictor()
    targets = [*TARGETS, "", "unbekannt zwei"]
    expected = run.score(SOURCES, targets)
    assert [len(logs) for logs in expected] == [4, 2, 7, 1, 3]
    assert all((logs < 0).all() for logs in expected)
    monkeypatch.setattr("recurra.runtime.translator._SCORED_ROWS", 2)
    for one, other in zip(run.score(SOURCES, targets), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_attention_names_its_rows_and_columns():
    run = predictor()
    matrix = run.attention("two  three ")
    assert matrix.source_tokens[0] == " two"
    assert matrix.source_tokens[-2:] == (" three", "[EOS]")
    (one,) = run.translate(["two  three "], attention=True)[0]
    assert matrix.target_tokens == (*one.tokens, "[EOS]")[: len(matrix.weights)]
    assert matrix.weights.shape == (len(matrix.target_tokens), len(matrix.source_tokens))
    np.testing.assert_allclose(matrix.weights.sum(axis=1), 1, atol=1e-6)
    assert one.attention is not None
    np.testing.assert_array_equal(one.attention.weights, matrix.weights)


def test_attention_of_a_padded_source_covers_its_own_tokens():
    run = predictor()
    for text, translations in zip(
        SOURCES, run.translate(SOURCES, beam=2, n_best=2, attention=True), strict=True
    ):
        for one in translations:
            assert one.attention is not None
            assert one.attention.weights.shape[1] == len(text.split()) + 1
            np.testing.assert_allclose(one.attention.weights.sum(axis=1), 1, atol=1e-6)


def test_a_model_without_attention_says_so():
    run = predictor(attention="none")
    with pytest.raises(DataError, match="this model has no attention; train with attention"):
        run.attention("two")
    assert run.translate(["two"], attention=True)[0][0].attention is None


def test_long_sources_are_cut_with_a_warning_that_counts_them():
    run = predictor()
    long = "one " * 12
    with pytest.warns(UserWarning, match="2 of 3 texts are longer than the 9 tokens that"):
        found = run.translate([long, "two", long + "two"])
    assert found[0][0].text == found[2][0].text == run.translate(["one " * 9])[0][0].text


def test_translations_are_as_long_as_asked_for():
    for length in (1, 2, 30):
        found = predictor().translate(SOURCES, beam=2, n_best=2, max_length=length)
        for one in (t for translations in found for t in translations):
            assert len(one.tokens) + one.ended <= length


def test_wrong_calls_are_refused():
    run = predictor()
    with pytest.raises(UsageError, match="expected a list of texts, got one string"):
        run.translate("two")
    with pytest.raises(DataError, match="a text is of type int, expected a string"):
        run.translate(["two", 2])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="use a beam of 3 or more"):
        run.translate(["two"], n_best=3)
    with pytest.raises(ShapeError, match="2 sources came with 1 targets"):
        run.score(["two", "one"], ["zwei"])


def test_parts_that_do_not_fit_are_refused():
    source, target, spec, weights = parts()
    with pytest.raises(CorruptArtifactError, match=r"the tokenizers have 14 and 11 tokens, the"):
        TranslationPredictor(target, source, spec, weights, 9)
    with pytest.raises(UsageError, match="max_length must be an integer from 1"):
        TranslationPredictor(source, target, spec, weights, 0)


def test_a_file_translates_as_its_model(tmp_path):
    path = write_artifact(tmp_path / "m.recurra", artifact())
    loaded, direct = read_translator(path), load_predictor(path)
    assert isinstance(direct, TranslationPredictor)
    expected = [t[0].text for t in predictor().translate(SOURCES, beam=2)]
    for run in (loaded.predictor, direct):
        assert [t[0].text for t in run.translate(SOURCES, beam=2)] == expected
        assert run.max_length == MAX_LENGTH
        assert run.manifest["task"] == TRANSLATION_TASK
    assert loaded.specification == predictor().specification
    assert TranslationNetwork(loaded.specification, loaded.weights)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": None}, "translator cannot be used|tokenizer"),
        ({"max_length": "9"}, "the translator cannot be used: max_length must be an integer"),
        ({"max_length": 0}, "the translator cannot be used: max_length must be an integer"),
        ({"max_length": math.inf}, "the translator cannot be used: max_length"),
        ({"target": {}}, "translator cannot be used|tokenizer"),
    ],
)
def test_a_damaged_encoder_is_refused(change, message):
    made = artifact()
    with pytest.raises(CorruptArtifactError, match=message):
        read_translator(Artifact(made.manifest, {**made.encoder, **change}, made.weights))


def test_damaged_contents_are_refused():
    made = artifact()
    for name in ("source", "target", "max_length"):
        encoder = {k: v for k, v in made.encoder.items() if k != name}
        with pytest.raises(CorruptArtifactError, match=f"cannot be used: '{name}'"):
            read_translator(Artifact(made.manifest, encoder, made.weights))
    with pytest.raises(CorruptArtifactError, match="do not fit the specification"):
        read_translator(Artifact(made.manifest, made.encoder, {}))
    with pytest.raises(CorruptArtifactError, match="the specification is not a JSON object"):
        read_translator(artifact(specification=3))
    swapped = {**made.encoder, "source": made.encoder["target"]}
    with pytest.raises(CorruptArtifactError, match="the tokenizers have 14 and 14 tokens"):
        read_translator(Artifact(made.manifest, swapped, made.weights))


def test_other_files_are_refused(tmp_path):
    with pytest.raises(CorruptArtifactError, match="holds a model for 'forecasting', not a"):
        read_translator(artifact(task="forecasting"))
    with pytest.raises(SourceError, match="no model file at"):
        read_translator(tmp_path / "none.recurra")


def test_a_translation_without_keras(tmp_path, run_python):
    path = write_artifact(tmp_path / "m.recurra", artifact())
    code = """
import sys
from recurra.runtime import load_predictor
assert load_predictor(sys.argv[1]).translate(["two three"], beam=2)[0][0].tokens is not None
assert not {"keras", "jax", "polars", "sklearn", "pandas"} & set(sys.modules)
"""
    run_python(code, path)
