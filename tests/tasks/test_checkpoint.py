"""A run that was killed goes on to the same bits as one that was not."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from texts import labelled_texts, plain_classifier, same_weights, tiny_classifier, weights_of

from recurra.errors import CheckpointError, OutputError, UsageError
from recurra.tasks import TextClassifier, TrainingObserver
from recurra.tasks._checkpoint import Checkpoint

TEXTS, LABELS = labelled_texts()
EPOCHS = 4
FILE = "state.safetensors"


class InterruptionError(Exception):
    """Stands for whatever ends a process."""


class StopAt(TrainingObserver):
    """Interrupts after an epoch, or in the middle of the one that follows it."""

    def __init__(self, epoch: int, batch: int | None = None) -> None:
        self.epoch, self.batch, self.finished = epoch, batch, 0

    def epoch_ended(self, state, logs):
        self.finished = state.epoch
        if self.batch is None and state.epoch == self.epoch:
            raise InterruptionError

    def batch_ended(self, batch, logs):
        if self.finished == self.epoch and batch == self.batch:
            raise InterruptionError


def interrupted(folder: Path, stop: StopAt, **options) -> None:
    with pytest.raises(InterruptionError):
        tiny_classifier(checkpoint=folder, **options).fit(TEXTS, LABELS, observers=[stop])


def resumed(folder: Path, **options) -> TextClassifier:
    return tiny_classifier(checkpoint=folder, resume=True, **options).fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def uninterrupted() -> TextClassifier:
    return tiny_classifier().fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The folder of a run whose epochs are all done."""
    folder = tmp_path_factory.mktemp("finished")
    tiny_classifier(checkpoint=folder, epochs=2).fit(TEXTS, LABELS)
    return folder


def assert_same_run(found: TextClassifier, wanted: TextClassifier) -> None:
    assert found.history_ == wanted.history_
    assert same_weights(found, wanted)
    np.testing.assert_array_equal(found.predict_proba(TEXTS), wanted.predict_proba(TEXTS))
    assert found.training_.best_epoch == wanted.training_.best_epoch


def test_the_weights_differ_from_epoch_to_epoch(uninterrupted):
    """Else the tests below would prove nothing."""
    assert uninterrupted.training_.epoch == EPOCHS
    assert len(set(uninterrupted.history_["loss"])) == EPOCHS
    assert not same_weights(uninterrupted, tiny_classifier(epochs=1).fit(TEXTS, LABELS))


@pytest.mark.parametrize("stop", [(3, None), (0, 1), (2, 2)])
def test_an_interrupted_run_ends_with_the_same_bits(tmp_path, uninterrupted, stop):
    interrupted(tmp_path, StopAt(*stop))
    assert (tmp_path / FILE).exists() == (stop[0] > 0)
    assert_same_run(resumed(tmp_path), uninterrupted)


def test_a_run_can_be_interrupted_again_and_again(tmp_path, uninterrupted):
    interrupted(tmp_path, StopAt(1))
    interrupted(tmp_path, StopAt(2, 0), resume=True)
    interrupted(tmp_path, StopAt(3), resume=True)
    assert_same_run(resumed(tmp_path), uninterrupted)


def test_averaged_weights_go_on_too(tmp_path):
    options = {"averaging": 0.9, "batch_size": 2}
    whole = tiny_classifier(**options).fit(TEXTS, LABELS)
    assert whole.model_.optimizer.use_ema
    interrupted(tmp_path, StopAt(2, 1), **options)
    assert_same_run(resumed(tmp_path, **options), whole)


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from test_checkpoint import LABELS, TEXTS, StopAt
from texts import tiny_classifier

class Kill(StopAt):
    def batch_ended(self, batch, logs):
        if self.finished == self.epoch and batch == self.batch:
            os.kill(os.getpid(), signal.SIGKILL)

tiny_classifier(checkpoint=sys.argv[2]).fit(TEXTS, LABELS, observers=[Kill(2, 1)])
"""


def test_a_killed_process_goes_on_to_the_same_bits(tmp_path, uninterrupted, run_python):
    here = Path(__file__).parent
    result = run_python(KILLED, here, tmp_path, check=False)
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert_same_run(resumed(tmp_path), uninterrupted)


def test_a_run_that_is_done_only_gives_its_result(finished):
    class Nothing(TrainingObserver):
        def epoch_ended(self, state, logs):
            raise AssertionError("an epoch was trained")

    again = tiny_classifier(checkpoint=finished, resume=True, epochs=2)
    again.fit(TEXTS, LABELS, observers=[Nothing()])
    assert_same_run(again, tiny_classifier(epochs=2).fit(TEXTS, LABELS))


def test_more_epochs_may_be_added(finished, tmp_path, uninterrupted):
    (tmp_path / FILE).write_bytes((finished / FILE).read_bytes())
    assert_same_run(resumed(tmp_path, epochs=EPOCHS), uninterrupted)


def test_early_stopping_is_remembered(tmp_path):
    """Two epochs without progress, then patience ends, whether or not it was interrupted."""
    options = {"patience": 1, "learning_rate": 0.5, "epochs": 12, "seed": 5}
    whole = tiny_classifier(**options).fit(TEXTS, LABELS)
    assert whole.training_.stopped
    interrupted(tmp_path, StopAt(whole.training_.epoch), **options)
    found = resumed(tmp_path, **options)
    assert_same_run(found, whole)
    assert found.training_.stopped


def test_without_resume_a_run_starts_anew(finished, tmp_path):
    (tmp_path / FILE).write_bytes((finished / FILE).read_bytes())
    started: list[int] = []

    class Started(TrainingObserver):
        def training_started(self, state, epochs, batches):
            started.append(state.epoch)

    tiny_classifier(checkpoint=tmp_path, epochs=1).fit(TEXTS, LABELS, observers=[Started()])
    assert started == [0]


@pytest.mark.parametrize(
    ("options", "texts", "labels", "message"),
    [
        (
            {"learning_rate": 0.5},
            TEXTS,
            LABELS,
            r"learning_rate differ \(learning_rate was 0.01, is 0.5\)",
        ),
        ({"units": 4}, TEXTS, LABELS, r"units differ \(units was 3, is 4\)"),
        ({"seed": 9}, TEXTS, LABELS, r"seed differ|labels, .*seed|tokens"),
        ({"batch_size": 4, "dropout": 0.1}, TEXTS, LABELS, r"batch_size, dropout differ"),
        ({}, [*TEXTS[:-1], "blue pink red"], LABELS, r"data differ \(data was '"),
        ({}, TEXTS, [*LABELS[:-1], "falling"], r"data, labels differ"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(finished, options, texts, labels, message):
    before = (finished / FILE).read_bytes()
    end = r".*; give the same data and options, or start again without --resume$"
    with pytest.raises(CheckpointError, match=rf"belongs to another run: .*({message}){end}"):
        tiny_classifier(checkpoint=finished, resume=True, **options).fit(texts, labels)
    assert (finished / FILE).read_bytes() == before


@pytest.mark.parametrize("keep", [0, 5, 100, 0.5, -1])
def test_a_truncated_checkpoint_is_refused(finished, tmp_path, keep):
    data = (finished / FILE).read_bytes()
    kept = int(len(data) * keep) if isinstance(keep, float) else keep
    (tmp_path / FILE).write_bytes(data[:kept])
    message = r"the checkpoint .*state.safetensors cannot be read \(.*\); start again without"
    with pytest.raises(CheckpointError, match=message):
        resumed(tmp_path)


def facts_of(finished: Path) -> dict:
    header = (finished / FILE).read_bytes()
    length = int.from_bytes(header[:8], "little")
    return json.loads(json.loads(header[8 : 8 + length])["__metadata__"]["recurra"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "has an unknown format"),
        ({"fingerprint": None}, "cannot be read"),
        ({"state": {"moon": 1}}, "cannot be read"),
        ({"state": None}, "cannot be read"),
        (None, "cannot be read"),
        ([], "cannot be read"),
    ],
)
def test_a_checkpoint_with_other_facts_is_refused(finished, tmp_path, change, message):
    facts = facts_of(finished)
    facts = {**facts, **change} if isinstance(change, dict) else change
    arrays = load_file(finished / FILE)
    save_file(arrays, tmp_path / FILE, metadata={"recurra": json.dumps(facts)})
    with pytest.raises(CheckpointError, match=message):
        resumed(tmp_path)


def test_a_checkpoint_without_a_variable_is_refused(finished, tmp_path):
    arrays = load_file(finished / FILE)
    del arrays["optimizer/3"]
    metadata = {"recurra": json.dumps(facts_of(finished))}
    save_file(arrays, tmp_path / FILE, metadata=metadata)
    with pytest.raises(CheckpointError, match="does not fit the model; start again"):
        resumed(tmp_path)


def test_resuming_needs_a_folder():
    with pytest.raises(UsageError, match=r"resume=True needs a checkpoint folder: checkpoint="):
        plain_classifier(resume=True).fit(TEXTS, LABELS)


def test_a_checkpoint_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot write the checkpoint .*state.safetensors"):
        plain_classifier(checkpoint=tmp_path / "file").fit(TEXTS, LABELS)


def test_a_failure_while_writing_keeps_the_last_checkpoint(tmp_path, monkeypatch):
    plain_classifier(checkpoint=tmp_path).fit(TEXTS, LABELS)
    before = (tmp_path / FILE).read_bytes()

    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recurra.tasks._checkpoint._flush_to_disk", full)
    with pytest.raises(OutputError, match="No space left on device"):
        plain_classifier(checkpoint=tmp_path, learning_rate=0.1).fit(TEXTS, LABELS)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


def test_discarding_removes_what_was_written_and_no_more(tmp_path):
    folder = tmp_path / "run"
    classifier = plain_classifier(checkpoint=folder).fit(TEXTS, LABELS)
    (folder / "state.tmp").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    classifier.discard_checkpoint()
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    (folder / "notes.txt").unlink()
    Checkpoint(folder, {}, resume=False).discard()
    assert not folder.exists()
    plain_classifier().discard_checkpoint()


def test_a_checkpoint_holds_the_best_weights_too(finished):
    arrays = load_file(finished / FILE)
    classifier = tiny_classifier(epochs=2).fit(TEXTS, LABELS)
    for name, values in weights_of(classifier).items():
        np.testing.assert_array_equal(arrays[f"best/{name}"], values)
