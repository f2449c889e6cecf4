"""`--watch-gradients` of every training command: figures in the history, remarks, TensorBoard."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import SMALL, command, write_days, write_pairs, write_text
from tensorboard_events import read_scalars

from recurra.errors import UsageError
from recurra.runtime import read_artifact
from recurra.tasks import Forecaster, TextClassifier, TextGenerator, Translator
from recurra.tasks import _gradient_watch as watch

TRAIN = ("train", "classify", "tiny.csv", "-o", "m.recurra", "--cell", "dense", *SMALL)
COMMANDS: dict[str, tuple[type[Any], str, tuple[object, ...]]] = {
    "classify": (TextClassifier, "fit_source", ("tiny.csv",)),
    "forecast": (Forecaster, "fit", ("days.csv", "--horizon", 2)),
    "generate": (TextGenerator, "fit", ("cats.txt",)),
    "translate": (Translator, "fit_source", ("pairs.tsv",)),
}


def test_the_norms_of_every_weight_are_in_the_history_and_in_the_file(tiny, work):
    pytest.importorskip("tensorboardX")
    ended = command(*TRAIN, "--watch-gradients", "--tensorboard", work / "logs", "--json")
    assert (ended.code, ended.err) == (0, "")
    history = ended.json["history"]
    assert read_artifact("m.recurra").manifest["training"]["history"] == history
    for name in ("gradient_norm", "gradient_norm_max", "gradient_norm/logits/kernel"):
        assert history[name][0] > 0
    assert 0 <= history["gradients_clipped"][0] <= 1
    scalars = read_scalars(work / "logs")
    assert "gradient_norm/train" in scalars
    assert "gradient_norm/logits/kernel/train" in scalars


def test_without_it_there_are_none(tiny):
    history = command(*TRAIN, "--json").json["history"]
    assert not [name for name in history if "gradient" in name]


def test_what_is_wrong_is_one_remark(tiny, monkeypatch):
    monkeypatch.setattr(watch, "_EXPLODING", (0, 0))
    ended = command(*TRAIN, "--epochs", 2, "--watch-gradients")
    assert ended.code == 0
    (line,) = ended.err.splitlines()
    assert line.startswith("recurra: gradients explode: their norm was ")
    assert "lower the learning rate" in line


@pytest.mark.parametrize("task", COMMANDS)
def test_every_training_command_has_it(task, tiny, work, monkeypatch):
    write_days(work / "days.csv")
    write_text(work / "cats.txt")
    write_pairs(work / "pairs.tsv")
    estimator, fit, arguments = COMMANDS[task]
    seen = []

    def stop(self: Any, *_: Any, **__: Any) -> None:
        seen.append(self.watch_gradients)
        raise UsageError("seen enough")

    monkeypatch.setattr(estimator, fit, stop)
    for option in ((), ("--watch-gradients",)):
        ended = command("train", task, *arguments, "-o", "m.recurra", *option)
        assert "seen enough" in ended.err
    assert seen == [False, True]
