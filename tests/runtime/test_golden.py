"""Files that people have keep loading, and answer as they did."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recurra.runtime import load_predictor, read_artifact

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = sorted(path.stem for path in GOLDEN.glob("*.recurra"))


def expected(version: str) -> dict[str, object]:
    return json.loads((GOLDEN / f"{version}.json").read_text(encoding="utf-8"))


def test_the_first_format_is_among_them():
    assert "text-classifier-1.0" in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_golden_file_answers_through_the_predictor(version):
    predictor, wanted = load_predictor(GOLDEN / f"{version}.recurra"), expected(version)
    assert predictor.classes == wanted["classes"]
    found = predictor.predict_proba(wanted["texts"])
    np.testing.assert_allclose(found, wanted["probabilities"], rtol=0, atol=1e-5)
    tokens, weights = zip(*predictor.attention(wanted["texts"][2]), strict=True)
    assert list(tokens) == [token for token, _ in wanted["attention"]]
    np.testing.assert_allclose(weights, [w for _, w in wanted["attention"]], rtol=0, atol=1e-5)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_golden_file_answers_through_the_classifier(version):
    from recurra import TextClassifier
    from recurra.tasks._preparation import encode_texts
    from recurra.tasks._text_batches import TextInputs
    from recurra.tasks._text_training import predict_rows

    classifier = TextClassifier.load(GOLDEN / f"{version}.recurra")
    texts, wanted = expected(version)["texts"], expected(version)["probabilities"]
    np.testing.assert_allclose(classifier.predict_proba(texts), wanted, rtol=0, atol=1e-5)
    encoded = encode_texts(texts, classifier.encoder_)  # through Keras, as many texts go
    inputs = TextInputs(encoded, (int(encoded.lengths.max()),), classifier.predictor_.ngrams)
    found = predict_rows(classifier.model_, inputs, np.arange(len(texts)))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_golden_file_holds_its_card_and_its_keras_model(version):
    artifact = read_artifact(GOLDEN / f"{version}.recurra", keras_file=True)
    assert artifact.card.startswith("# Text classifier\n")
    assert artifact.keras_file.startswith(b"PK")
