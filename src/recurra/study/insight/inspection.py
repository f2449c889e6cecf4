"""One look into a network: everything that can be seen of one input, in one `Trace`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import UnknownNameError
from recurra.layers import accelerated
from recurra.study.insight._gradients import OutputGradients, Pass
from recurra.study.insight._layer_states import layer_trace
from recurra.study.insight._programs import Program, forward
from recurra.study.insight._watching import Call, record, recurrent_layers
from recurra.study.insight.attribution import attributions
from recurra.study.insight.flows import gradient_flows
from recurra.study.insight.memory import memory_curve
from recurra.study.insight.structure import blocks_of
from recurra.study.insight.subject import Subject
from recurra.study.insight.subjects import subject_of
from recurra.study.insight.trace import LayerTrace, Trace

__all__ = ["PARTS", "inspect", "look"]

PARTS = ("states", "gradients", "attribution", "memory", "flows")


def inspect(
    model: Any,
    inputs: Any = None,
    *,
    target: Any = None,
    labels: Sequence[str] | None = None,
    series: str | None = None,
    what: Sequence[str] = PARTS,
    seed: int = 0,
) -> Trace:
    """Look into a recurrent network while it reads one input.

    Works for the models of every task and for any Keras model with recurrent layers, on every
    backend. The model is left as it was; a stateful layer starts from zeros.

    Args:
        model: A fitted estimator, a built `keras.Model`, or the path of a `.recurra` or `.keras`
            file.
        inputs: A text for a classifier, a language model or a translator; a sentence for a tagger;
            a sequence `(time, channels)`; a sound: a path, samples, or a pair of samples and
            their rate; data as for `Forecaster.predict` (the end of the training data when
            `None`); a piano roll; arrays of one sequence for a `keras.Model`.
        target: What to explain in place of the model's own answer: a label, the name of a target
            column, what comes next, a translation, a transcript, a token and its tag (`"4=NOUN"`),
            the number of a note or of an output; for a regressor the true number.
        labels: Name of each step, for a `keras.Model`.
        series: Which series of the data, for a forecaster; the first when `None`.
        what: Which of `"states"` (and gates), `"gradients"` (through time), `"attribution"`,
            `"memory"` and `"flows"` (gradients of this model beside those of other cells).
        seed: Fixes what steps are exchanged for.

    Returns:
        Plain arrays with names, from which every picture is drawn.

    Raises:
        UnknownNameError: If `what` names another part, or there is no such label, column or
            series.
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
        UsageError: If the model has no recurrent layer, is of another kind, or nothing was given
            for it to read.
        DataError: If the input is none for this model.
    """
    parts = (what,) if isinstance(what, str) else tuple(what)
    for part in parts:
        if part not in PARTS:
            raise UnknownNameError("part", part, PARTS)
    with accelerated():
        subject = subject_of(model, inputs, target=target, labels=labels, series=series)
        return look(subject, parts, seed)


def look(subject: Subject, parts: Sequence[str] = PARTS, seed: int = 0) -> Trace:
    """Look at one subject; see `inspect`.

    Args:
        subject: One input of one model.
        parts: Which of `PARTS`.
        seed: Fixes what steps are exchanged for.
    """
    found = _passed(subject, parts)
    gradients = found.gradients if "gradients" in parts else {}
    states = not {"states", "gradients"}.isdisjoint(parts)
    return Trace(
        task=subject.task,
        model=subject.name,
        labels=subject.labels,
        answer=subject.answer,
        explained=subject.explained,
        loss=float(found.values[0]),
        layers=_traces(subject, found.calls, gradients) if states else (),
        blocks=blocks_of(subject.model),
        attributions=attributions(subject, seed=seed) if "attribution" in parts else (),
        memory=memory_curve(subject, seed=seed) if _remembers(subject, parts) else None,
        flows=gradient_flows(subject, found=found, seed=seed) if "flows" in parts else (),
        facts={
            "steps": len(subject.labels),
            "parameters": int(subject.model.count_params()),
            "backend": keras.backend.backend(),
        },
    )


def _remembers(subject: Subject, parts: Sequence[str]) -> bool:
    return "memory" in parts and subject.answers_last


def _passed(subject: Subject, parts: Sequence[str]) -> Pass:
    """Run the model once: its loss, and of the recurrent layers what is asked for."""
    layers = recurrent_layers(subject.model)
    if layers and not {"gradients", "flows"}.isdisjoint(parts):
        return OutputGradients(subject.model, subject.loss, layers, watch=layers)(subject.inputs)
    loss = Program(subject.model, lambda given: subject.loss(forward(subject.model, given)))
    values = np.asarray(keras.ops.convert_to_numpy(loss(subject.inputs)), np.float32)
    return Pass(values, {}, record(subject.model, subject.inputs) if "states" in parts else [])


def _traces(
    subject: Subject, calls: Sequence[Call], gradients: dict[Any, tuple[NDArray[np.float32], ...]]
) -> tuple[LayerTrace, ...]:
    names = _names(subject.model)
    counts: dict[Any, int] = {}
    traces = []
    for call in calls:
        counts[call.layer] = count = counts.get(call.layer, 0) + 1
        name = names.get(call.layer, call.layer.name)
        traces.append(
            layer_trace(
                call,
                gradients.get(call.layer) if count == 1 else None,
                name=name if count == 1 else f"{name} (call {count})",
                labels=_labels(subject, name, call.inputs.shape[1]),
                note="the layer is called more than once: the gradients are of its first call"
                if count > 1
                else "",
            )
        )
    return tuple(traces)


def _names(model: Any) -> dict[Any, str]:
    """Return the name of its `Bidirectional` for each of two directions."""
    both = [la for la in model._flatten_layers() if isinstance(la, keras.layers.Bidirectional)]
    return {part: la.name for la in both for part in (la.forward_layer, la.backward_layer)}


def _labels(subject: Subject, name: str, time: int) -> tuple[str, ...]:
    """Return the names of a layer's steps where they are not the subject's."""
    own = subject.layer_labels.get(name, ())
    if len(own) == time:
        return own
    return () if time == len(subject.labels) else tuple(str(n) for n in range(1, time + 1))
