"""`recurra evaluate` and `recurra export`."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from command_line import command

from recurra import load_predictor
from recurra.runtime import read_artifact
from recurra.sequences import pad_sequences


def test_the_figures_belong_together(tiny, model):
    ended = command("evaluate", model, tiny, "--json")
    assert (ended.code, ended.err) == (0, "")
    figures = ended.json
    assert (figures["model"], figures["source"]) == (str(model), str(tiny))
    assert figures["rows"] == 60
    matrix = np.array(figures["confusion_matrix"])
    assert matrix.sum() == 60
    assert figures["accuracy"] == pytest.approx(np.trace(matrix) / 60)
    assert figures["accuracy"] > 0.9
    assert figures["classes"] == ["neg", "pos"] == list(figures["per_class"])
    scores = figures["per_class"].values()
    assert figures["macro_f1"] == pytest.approx(np.mean([one["f1"] for one in scores]))
    assert matrix.sum(axis=1).tolist() == [one["support"] for one in scores]
    assert figures["per_class"]["pos"]["precision"] == matrix[1, 1] / matrix[:, 1].sum()
    assert {"log_loss", "calibration_error"} <= figures.keys()


def test_the_same_figures_stand_in_the_tables(tiny, model):
    figures = command("evaluate", model, tiny, "--json").json
    ended = command("evaluate", model, tiny, "--text", "review", "--label", "stars")
    assert (ended.code, ended.err) == (0, "")
    assert f"accuracy {figures['accuracy']:.4f}" in ended.out
    assert "on 60 rows" in ended.out
    for name, scores in figures["per_class"].items():
        row = next(line for line in ended.out.splitlines() if line.startswith(name))
        assert row.split()[1:] == [
            *(f"{scores[key]:.4f}" for key in ("precision", "recall", "f1")),
            str(scores["support"]),
        ]


@pytest.mark.parametrize(
    ("trained", "file"),
    [("model", "tiny.csv"), ("generator", "cats.txt"), ("translator", "pairs.tsv")],
)
def test_the_data_of_the_training_are_told(trained, file, request):
    model = request.getfixturevalue(trained)
    ended = command("evaluate", model, model.parent / file)
    assert ended.code == 0
    assert "these are the data of the training, so these figures flatter the model" in ended.err


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore::UserWarning:h5py")
def test_an_exported_model_opens_in_plain_keras(work, model, ending):
    ended = command("export", model, "-o", f"m.{ending}")
    assert (ended.code, ended.out, ended.err) == (0, f"saved m.{ending}\n", "")
    assert [path.name for path in Path().iterdir()] == [f"m.{ending}"]
    plain = keras.saving.load_model(f"m.{ending}", compile=False)
    predictor = load_predictor(model)
    texts = ["a good film", "awful"]
    ids = pad_sequences(predictor.encoder.encode(texts), padding="post")
    answers = predictor.predict_proba(texts)
    np.testing.assert_allclose(plain(ids), answers, atol=1e-5)
    assert read_artifact(model).manifest["parameters"] == plain.count_params()
