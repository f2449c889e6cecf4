"""Runs `recurra inspect`: reads the input, looks, writes the page, tells the main figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.cli.caching import use_compilation_cache
from recurra.cli.paths import check_output, new_folders, remove_empty
from recurra.cli.predict_series import sequences_of
from recurra.cli.series_options import collection_arguments
from recurra.errors import SourceError, UsageError
from recurra.runtime import (
    AUDIO_CLASSIFICATION_TASK,
    FORECAST_TASK,
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    SPEECH_TASK,
    SequencePredictor,
    read_artifact,
)
from recurra.study.insight import Attribution, Trace, inspect

__all__ = ["look_into", "read_input", "summary_lines"]

_MOST_CHARACTERS = 1 << 20
_TOP = 5  # steps named for each method
_METHODS = {
    "integrated_gradients": "integrated gradients",
    "gradient_x_input": "gradient x input",
    "occlusion": "occlusion",
    "attention": "attention",
}


def read_input(model: Path, task: str, options: Mapping[str, Any]) -> tuple[Any, str | None]:
    """Return what a model shall read, as `recurra.inspect` takes it, and how to name it.

    Args:
        model: The model's file.
        task: Its task; `"keras"` for a Keras model.
        options: `input`, `file`, `series`, `row` and those of `read_collection`, by name; `None`
            where not given.

    Raises:
        SourceError: If the file cannot be read.
        UsageError: If it is no text, there are no numbers, or no such sequence.
        DataError: If sequences cannot be used.
        ShapeError: If they have other channels than the model.
    """
    given, file = options["input"], options["file"]
    if task in (AUDIO_CLASSIFICATION_TASK, SPEECH_TASK):
        return file, str(file)
    if task in (SEQUENCE_CLASSIFICATION_TASK, SEQUENCE_REGRESSION_TASK):
        return _sequence(model, options)
    if task == FORECAST_TASK:
        return options["series"], options["series"]
    name = None if file is None else str(file)
    if task != "keras":
        return _text(given, file), name
    if file is not None and file.suffix == ".npy":
        return _array(file), name
    return _numbers(_text(given, file), name or "--input"), name


def _sequence(model: Path, options: Mapping[str, Any]) -> tuple[NDArray[np.float32], str]:
    """Return one sequence of a source, and its place there."""
    predictor = SequencePredictor.from_artifact(read_artifact(model))
    found = sequences_of(predictor, options["series"], collection_arguments(dict(options)))
    row = options["row"] or 1
    if row > len(found):
        raise UsageError(f"there is no sequence {row}; {found.source} has {len(found)}")
    return found.values[row - 1], found.places[row - 1]


def look_into(
    model: Path,
    inputs: Any,
    target: str | None,
    series: str | None,
    folder: Path,
    trace_file: Path | None,
    seed: int,
) -> dict[str, Any]:
    """Look, and write the page, its pictures and, if asked for, the trace.

    Returns:
        The main figures, JSON values.

    Raises:
        RecurraError: If something cannot be used; nothing is written then.
    """
    from recurra.report import write_inspection

    use_compilation_cache()
    if model.suffix == ".keras":
        target = _output_number(target)  # type: ignore[assignment]
    trace = inspect(model, inputs, target=target, series=series, seed=seed)
    made = new_folders(folder)
    try:
        check_output(folder / "inspect.html")
        page = write_inspection(trace, folder)
        saved = [str(page)]
        if trace_file is not None:
            saved.append(str(trace.save(trace_file)))
    finally:
        remove_empty(made)
    return {"file": str(model), **_figures(trace), "saved": saved}


def summary_lines(found: Mapping[str, Any]) -> list[str]:
    """Tell the figures of `look_into`, and the name of the `input`, to people, a line each."""
    answer = ", ".join(f"{one['name']} {one['value']:.4g}" for one in found["answer"][:3])
    lines = [f"{found['model']}: {answer}", f"explained: {found['explained']}"]
    if found["input"]:
        lines.insert(0, f"input: {found['input']}")
    if found["memory"]:
        lines.append(
            f"effective context: {found['memory']['effective_context']:g} of "
            f"{found['memory']['length']} steps"
        )
    for one in found["attributions"]:
        steps = "  ".join(f"{_visible(step['label'])} {step['score']:+.3g}" for step in one["top"])
        error = one["completeness_error"]
        checked = "" if error is None else f" (sums to the difference within {error:.2%})"
        lines.append(f"{_METHODS.get(one['method'], one['method'])}{checked}: {steps}")
    for flow in found["flows"]:
        half = "does not halve" if flow["half_life"] is None else f"{flow['half_life']:.1f} steps"
        lines.append(f"gradient of {flow['model']}: half-life {half}")
    return [*lines, *(f"saved {path}" for path in found["saved"])]


def _visible(label: str) -> str:
    """Put quotes around a token whose spaces would be lost on the line."""
    return label if label.strip() == label != "" else repr(label)


def _figures(trace: Trace) -> dict[str, Any]:
    memory = trace.memory
    return {
        "task": trace.task,
        "model": trace.model,
        "steps": len(trace.labels),
        "answer": [{"name": name, "value": _finite(value)} for name, value in trace.answer],
        "explained": trace.explained,
        "loss": _finite(trace.loss),
        "layers": [
            {
                "name": layer.name,
                "cell": layer.cell,
                "units": layer.units,
                "backwards": layer.backwards,
                "saturation": layer.saturation(),
                "note": layer.note,
            }
            for layer in trace.layers
        ],
        "memory": None
        if memory is None
        else {"effective_context": memory.effective_context, "length": memory.length},
        "attributions": [_attribution(one, trace.labels) for one in trace.attributions],
        "flows": [
            {
                "model": flow.model,
                "trained": flow.trained,
                "half_life": None if flow.half_life is None else _finite(flow.half_life),
                "growth": _finite(flow.growth),
            }
            for flow in trace.flows
        ],
    }


def _attribution(one: Attribution, labels: tuple[str, ...]) -> dict[str, Any]:
    order = np.argsort(-np.abs(one.scores), kind="stable")[:_TOP].tolist()
    error = one.completeness_error
    return {
        "method": one.method,
        "completeness_error": None if error is None else _finite(error),
        "faithfulness": _finite(one.faithfulness),
        "top": [
            {"step": step, "label": labels[step], "score": _finite(one.scores[step])}
            for step in order
        ],
        "note": one.note,
    }


def _finite(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _text(given: str | None, file: Path | None) -> str:
    """Return the text, or that of the file.

    Raises:
        SourceError: If the file cannot be read, is too large or not UTF-8.
    """
    if file is None:
        return given or ""
    try:
        if file.stat().st_size > _MOST_CHARACTERS:
            raise SourceError(
                f"{file} is too large to look at one text: give a passage of it, at most 1 MiB"
            )
        return file.read_text(encoding="utf-8-sig").rstrip("\n")
    except FileNotFoundError:
        from recurra.sequences.sources import missing_source

        raise missing_source(str(file)) from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is not UTF-8 text ({error.reason})") from None
    except OSError as error:
        raise SourceError(f"cannot read {file}: {error.strerror}") from None


def _array(file: Path) -> NDArray[Any]:
    """Return the array of a `.npy` file.

    Raises:
        SourceError: If it holds none that can be read without running code.
    """
    try:
        array: NDArray[Any] = np.asarray(np.load(file, allow_pickle=False))
    except FileNotFoundError:
        raise SourceError(f"there is no file {file}") from None
    except (OSError, ValueError, EOFError) as error:
        raise SourceError(f"{file} holds no array of numbers: {error}") from None
    return array


def _numbers(text: str, name: str) -> NDArray[Any]:
    """Read numbers: those of one line are tokens, those of several a step on each line.

    Raises:
        UsageError: If there are none, or the lines have different numbers of them.
    """
    lines = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
    try:
        rows = [[float(part) for part in line] for line in lines]
    except ValueError:
        raise UsageError(
            f"{name}: a Keras model reads numbers, not {text[:40]!r}; for text give its token ids"
        ) from None
    if not rows or len({len(row) for row in rows}) > 1:
        raise UsageError(f"{name}: give numbers, as many of them on every line")
    array: NDArray[Any] = np.array(rows)
    if len(rows) > 1:
        return array if array.shape[1] > 1 else array.ravel()
    return array.ravel()


def _output_number(target: str | None) -> int | None:
    if target is None:
        return None
    if not target.isdecimal():
        raise UsageError(f"--target of a Keras model is the number of an output, not {target!r}")
    return int(target)
