"""Fair comparison: same split, same budget, same early stopping, and baselines beside."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences import EncodedTexts
from recurra.study._baseline import LinearBaseline
from recurra.study._memory import PeakMemory
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study.cells import CLASSIFIERS, DEFAULT_CELLS, LINEAR, cell_options, parse_cells
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import (
    Examples,
    PreparedTexts,
    TextClassifier,
    TextClassifierSettings,
    TextInputs,
    classification_metrics,
    encode_texts,
    kernel_name,
    open_split,
    predict_rows,
    prepare_texts,
    resolve_settings,
)

__all__ = ["compare"]

_TEST_SHARE = 0.2
_SHUFFLED_ROWS = 2_000
_LATENCY_TEXTS = 20
_MISTAKES = 10
_MISTAKE_CHARACTERS = 600
# The digest is of the file; classes, examples and rows tell one choice of columns from another.
_DATA_IDENTITY = ("sha256", "rows", "classes", "examples")


@dataclass(frozen=True)
class _Setup:
    """What every model of a comparison shares."""

    prepared: PreparedTexts
    settings: TextClassifierSettings
    train: Examples
    test: Examples
    encoded_test: EncodedTexts
    data: dict[str, Any]
    seed: int

    @property
    def test_inputs(self) -> TextInputs:
        shared = self.prepared.inputs
        return TextInputs(self.encoded_test, shared.boundaries, shared.ngrams)


def compare(
    source: str | Path | tuple[Any, Any],
    *,
    text: str | None = None,
    label: str | None = None,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several networks on the same data and measure them in the same way.

    A dataset's own test split is used where there is one, otherwise a fifth of the rows is held
    out, stratified. Validation rows come out of the training part. The linear baseline is always
    among the records.

    Args:
        source: A path, the name of a dataset, or a pair of texts and labels.
        text: Column of the texts, where it is not obvious.
        label: Column of the labels, where it is not obvious.
        cells: Which networks: `dense`, `rnn`, `lstm`, `gru`, `birnn`, `bilstm`, `bigru`.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: Fixes the split and the seeds.
        preset: As for `TextClassifier`.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        **settings: Settings of `TextClassifier` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        RowError: If a row is broken.
        DataError: If the rows do not suffice.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells))
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if settings.get("ngram_orders"):
        raise UsageError("n-grams would give every network word order; compare without them")
    for name in {"cell", "bidirectional"} & settings.keys():
        raise UsageError(f"cells says what to compare; leave out {name}")
    settings["ngram_orders"] = ()  # a preset may ask for them
    resolve_settings(preset, settings)  # wrong settings are found before the data are read
    with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
        setup = _prepare(source, text, label, seed, preset, settings, Path(folder))
        return _run(setup, chosen, repeats, finished, observer or ComparisonObserver())


def _run(
    setup: _Setup,
    cells: Sequence[str],
    repeats: int,
    finished: Sequence[Mapping[str, Any]],
    observer: ComparisonObserver,
) -> list[Record]:
    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        if name == LINEAR:
            return _measure_linear(setup)
        return _measure_network(setup, name, repeat, watchers)

    contest = Contest(
        runs=[(LINEAR, 0), *((name, repeat) for name in cells for repeat in range(repeats))],
        expected=lambda name, repeat: _facts(setup, name, repeat),
        measure=measure,
        data=setup.data,
        identity=_DATA_IDENTITY,
    )
    return run_contest(contest, finished, observer)


def _prepare(
    source: str | Path | tuple[Any, Any],
    text: str | None,
    label: str | None,
    seed: int,
    preset: str,
    given: dict[str, Any],
    spill: Path,
) -> _Setup:
    split = open_split(source, text=text, label=label, test_share=_TEST_SHARE, seed=seed)
    train, test = split.train, split.test
    assert test is not None  # noqa: S101 - a share above 0 was asked for
    settings = resolve_settings(preset, given, len(train), train.sample())
    prepared = prepare_texts(train, settings, seed, spill=spill)
    facts = {name: split.facts[name] for name in ("name", "source", "sha256", "test_is_official")}
    data = {**prepared.data, **facts}
    data["rows"] = {**prepared.data["rows"], "test": len(test)}
    encoded_test = encode_texts(test.iter_texts(), prepared.encoder, spill=spill)
    return _Setup(prepared, settings, train, test, encoded_test, data, seed)


def _facts(setup: _Setup, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    settings = setup.settings.to_dict()
    return {
        "task": "classify",
        "model": name,
        "name": "Linear n-grams" if name == LINEAR else CLASSIFIERS[name][0],
        "repeat": repeat,
        "seed": setup.seed + repeat,
        "kernel": "scikit-learn" if name == LINEAR else kernel_name(setup.settings.kernels),
        "training": {**asdict(setup.settings.training()), "preset_settings": settings},
        "data": setup.data,
    }


def _measure_linear(setup: _Setup) -> Record:
    prepared = setup.prepared
    validation = setup.train.take(prepared.validation, "validation")
    training = setup.train.take(prepared.train, "training")
    started = time.perf_counter()
    with PeakMemory() as memory:
        baseline = LinearBaseline(setup.settings.level, lowercase=setup.settings.lowercase)
        baseline.fit(training.iter_texts, training.codes, validation.iter_texts, validation.codes)
    seconds = time.perf_counter() - started
    probabilities = baseline.predict_proba(setup.test.iter_texts())
    return {
        **_measure(setup, probabilities),
        **_word_order(setup, probabilities, _linear_on_shuffled(setup, baseline)),
        "parameters": baseline.parameters,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": seconds,
        "prediction_milliseconds": _latency(setup, baseline.predict_proba),
        "peak_memory_mb": memory.mib,
        "history": None,
        "specification": {"model": "logistic regression", "C": baseline.strength},
    }


def _measure_network(
    setup: _Setup, name: str, repeat: int, watchers: Sequence[TrainingObserver]
) -> Record:
    options = cell_options(name)
    settings = resolve_settings("fast", {**setup.settings.to_dict(), **options})
    classifier = TextClassifier(seed=setup.seed + repeat)
    with PeakMemory() as memory:
        classifier.fit_prepared(setup.prepared, settings, observers=watchers)
    state = classifier.training_
    rows = np.arange(len(setup.test))
    probabilities = predict_rows(classifier.model_, setup.test_inputs, rows, setup.settings.kernels)
    return {
        **_measure(setup, probabilities),
        **_word_order(setup, probabilities, _network_on_shuffled(setup, classifier)),
        "parameters": int(classifier.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": statistics.median(state.seconds),
        "training_seconds": sum(state.seconds),
        "prediction_milliseconds": _latency(setup, classifier.predictor_.predict_proba),
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": classifier.specification_.to_dict(),
    }


def _measure(setup: _Setup, probabilities: NDArray[np.float32]) -> Record:
    measured = classification_metrics(setup.test.codes, probabilities, setup.test.classes)
    return {**measured, "mistakes": _mistakes(setup, probabilities)}


def _mistakes(setup: _Setup, probabilities: NDArray[np.float32]) -> list[Record]:
    """Return the wrong answers that the model was surest of."""
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != setup.test.codes)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:_MISTAKES]
    chosen = setup.test.take(np.sort(worst), "mistakes")
    texts = dict(zip(np.sort(worst).tolist(), chosen.iter_texts(), strict=True))
    classes = setup.test.classes
    return [
        {
            "text": texts[row][:_MISTAKE_CHARACTERS],
            "label": str(classes[setup.test.codes[row]]),
            "predicted": str(classes[predicted[row]]),
            "probability": float(confidence[row]),
        }
        for row in worst.tolist()
    ]


def _order_rows(setup: _Setup) -> NDArray[np.int64]:
    """Return the test rows whose tokens are shuffled, in rising order."""
    generator = np.random.default_rng([setup.seed, *b"rows for word order"])
    rows = generator.permutation(len(setup.test))[:_SHUFFLED_ROWS]
    result: NDArray[np.int64] = np.sort(rows).astype(np.int64)
    return result


def _word_order(
    setup: _Setup,
    probabilities: NDArray[np.float32],
    predict_shuffled: Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.float32]],
) -> Record:
    """Return the accuracy on some rows as they are and with their tokens in random order."""
    rows = _order_rows(setup)
    codes = setup.test.codes[rows]
    shuffled = predict_shuffled(rows, np.random.default_rng([setup.seed, *b"word order"]))
    return {
        "accuracy_in_order": float((probabilities[rows].argmax(axis=1) == codes).mean()),
        "accuracy_shuffled": float((shuffled.argmax(axis=1) == codes).mean()),
    }


def _network_on_shuffled(
    setup: _Setup, classifier: TextClassifier
) -> Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.float32]]:
    def predict(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
        tokens = [generator.permutation(setup.encoded_test[int(row)]) for row in rows]
        inputs = replace(setup.test_inputs, encoded=EncodedTexts.from_sequences(tokens))
        return predict_rows(classifier.model_, inputs, np.arange(len(rows)), setup.settings.kernels)

    return predict


def _linear_on_shuffled(
    setup: _Setup, baseline: LinearBaseline
) -> Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.float32]]:
    def predict(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
        chosen = setup.test.take(rows, "word order")
        return baseline.predict_proba(
            baseline.shuffle(text, generator) for text in chosen.iter_texts()
        )

    return predict


def _latency(setup: _Setup, predict: Callable[[list[str]], Any]) -> float:
    """Return the median milliseconds for one text, from its characters to its probabilities."""
    texts = _first(setup.test.iter_texts(), _LATENCY_TEXTS)
    predict(texts[:1])
    times = []
    for text in texts:
        started = time.perf_counter()
        predict([text])
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _first(texts: Iterator[str], count: int) -> list[str]:
    return [text for text, _ in zip(texts, range(count), strict=False)]
