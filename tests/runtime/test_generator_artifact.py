"""Language models in files: read as written, foreign and hostile ones refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from generators import generator_artifact, tiny_generator

from recurra.errors import ArtifactError, CorruptArtifactError, SourceError
from recurra.runtime import (
    GeneratorPredictor,
    load_predictor,
    read_artifact,
    read_generator,
    write_artifact,
)

GENERATE = """
import sys
from recurra import load_predictor
predictor = load_predictor(sys.argv[1])
print(len(predictor.generate("the cat", length=20)[0].text), predictor.score("cat").nats > 0)
print(*{m.split(".")[0] for m in sys.modules} & {"keras", "jax", "polars", "sklearn", "tokenizers"})
"""


def test_a_model_reads_back_and_writes_without_keras(tmp_path, run_python):
    path = write_artifact(tmp_path / "model.recurra", generator_artifact(note="x"))
    loaded = read_generator(path)
    assert loaded.manifest["note"] == "x"
    assert loaded.predictor.manifest["note"] == "x"
    assert loaded.tokenizer.tokens == tiny_generator().tokenizer.tokens
    found = load_predictor(path)
    assert isinstance(found, GeneratorPredictor)
    again = GeneratorPredictor(loaded.tokenizer, loaded.specification, loaded.weights)
    assert found.generate("the", seed=3) == again.generate("the", seed=3)
    assert GeneratorPredictor.from_artifact(read_artifact(path)).score("cat").nats > 0
    written, loaded_too = run_python(GENERATE, path).stdout.splitlines()
    assert (written, loaded_too) == ("20 True", "")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="no model file"):
        read_generator(tmp_path / "none.recurra")


def changed(**parts):
    return dataclasses.replace(generator_artifact(), **parts)


GOOD = generator_artifact()
SPECIFICATION = GOOD.manifest["specification"]
TOKENIZER = GOOD.encoder["tokenizer"]


@pytest.mark.parametrize(
    ("artifact", "message"),
    [
        (generator_artifact(task="forecasting"), "holds a model for 'forecasting', not a language"),
        (generator_artifact(task=None), "the file holds a model for None"),
        (generator_artifact(specification=None), "the specification is not a JSON object"),
        (generator_artifact(specification={**SPECIFICATION, "units": [7]}), "do not fit the speci"),
        (generator_artifact(specification={**SPECIFICATION, "units": [6, 9]}), "weight .* exp"),
        (generator_artifact(specification={**SPECIFICATION, "cell": "gru"}), "weight .* expected"),
        (generator_artifact(specification={**SPECIFICATION, "inputs": "rolls"}), "reads rolls"),
        (generator_artifact(specification={**SPECIFICATION, "tie_weights": True}), "do not fit"),
        (generator_artifact(specification={**SPECIFICATION, "vocabulary": 9}), "network expects 9"),
        (changed(encoder={}), "not that of a tokenizer"),
        (changed(encoder={"tokenizer": None}), "not that of a tokenizer"),
        (changed(encoder={"tokenizer": {**TOKENIZER, "version": 9}}), "version 9, expected 1"),
        (changed(encoder={"tokenizer": {**TOKENIZER, "tokens": ["a"]}}), "token"),
        (changed(encoder={"tokenizer": {**TOKENIZER, "tokens": TOKENIZER["tokens"][:-1]}}),
         "the network expects"),
        (changed(weights={}), "do not fit the specification"),
        (changed(weights={**GOOD.weights, "more": np.zeros(1)}), r"specification: \['more'\]"),
        (changed(weights={**GOOD.weights, "logits/bias": np.zeros(3, np.float32)}), "logits/bias"),
        (changed(weights={k: v.astype(np.int64) for k, v in GOOD.weights.items()}), "is int64"),
    ],
)  # fmt: skip
def test_files_that_do_not_hold_together_are_refused(artifact, message):
    with pytest.raises(CorruptArtifactError, match=message):
        read_generator(artifact)


def test_tokenizers_beyond_the_limits_are_refused():
    tokens = [*TOKENIZER["tokens"], "x" * 5000]
    with pytest.raises(ArtifactError, match="at most"):
        read_generator(changed(encoder={"tokenizer": {**TOKENIZER, "tokens": tokens}}))
