"""One input of any Keras model with recurrent layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError, UsageError
from recurra.study.insight._programs import Program, forward
from recurra.study.insight._subject_parts import best_first
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import averaged_values, exchanged_tokens

__all__ = ["KERAS_TASK", "keras_subject"]

KERAS_TASK = "keras"
_TINY = 1e-7  # a probability nearer to 0 or 1 counts as that far from it

Key: TypeAlias = str | int | None


def keras_subject(
    model: Any, inputs: Any, *, target: int | None = None, labels: Sequence[str] | None = None
) -> Subject:
    """Return one input of a Keras model.

    What is explained is one output: of probabilities (a softmax or a sigmoid at the end) the
    log-odds, of anything else the value. Of a model that puts out a sequence it is the last step.

    Args:
        model: A built `keras.Model`.
        inputs: What it is called with, for one sequence: an array, or a list or a dict of arrays;
            the batch axis of length 1 may be left out.
        target: Which output to explain; the largest when `None`.
        labels: Name of each step; numbers from 1 when `None`.

    Raises:
        ShapeError: If the inputs do not fit the model.
        DataError: If a token id is outside the embedding.
        UsageError: If there is no such output, or no input is a sequence.
    """
    model = _with_graph(model)
    given = _batch_of_one(model, inputs)
    key, vectors = _sequence(model, given)
    steps = given if key is None else given[key]
    time = steps.shape[1]
    if vectors is not None:
        _check_ids(steps, vectors)
    if labels is not None and len(labels) != time:
        raise ShapeError(f"{len(labels)} labels came for {time} steps")
    outputs = Program(model, lambda read: _last(forward(model, read)))(given)
    values = np.asarray(ops.convert_to_numpy(outputs), np.float64)[0]
    place = _place(values, target)
    kind = _last_activation(model)
    value, name = _value(kind, place, values)

    def replaced(chosen: NDArray[np.bool_], generator: np.random.Generator) -> Any:
        if vectors is not None:
            rows: NDArray[Any] = exchanged_tokens(steps[0], chosen, generator)
        else:
            rows = averaged_values(steps[0], steps.shape[2], chosen)
        return _with(given, key, rows)

    def loss(raw: Any) -> Any:
        score = value(raw)
        return ops.softplus(-score) if kind else 0.5 * ops.square(score)

    return Subject(
        model=model,
        inputs=given,
        labels=tuple(map(str, labels or range(1, time + 1))),
        task=KERAS_TASK,
        name=model.name,
        answer=best_first((f"output {k}" for k in range(len(values))), values),
        explained=name,
        score=value,
        loss=loss,
        replace=replaced,
        vectors=vectors,
        sequence=key,
    )


def _batch_of_one(model: Any, inputs: Any) -> Any:
    """Return inputs as arrays with a batch axis of length 1, checked against the model's."""
    structure = model.input
    if isinstance(structure, Mapping):
        if not isinstance(inputs, Mapping) or set(structure) != set(inputs):
            names = ", ".join(structure)
            raise ShapeError(f"{model.name!r} reads a dict with {names}; give that")
        return {name: _fitted(tensor, inputs[name]) for name, tensor in structure.items()}
    if not isinstance(structure, (list, tuple)):
        return _fitted(structure, inputs)
    if not isinstance(inputs, (list, tuple)) or len(inputs) != len(structure):
        raise ShapeError(f"{model.name!r} reads a list of {len(structure)} arrays; give that")
    return [_fitted(*pair) for pair in zip(structure, inputs, strict=True)]


def _with_graph(model: Any) -> Any:
    """Return a model that knows what it reads and puts out; a Sequential as a functional one.

    Raises:
        UsageError: If it does not say so.
    """
    if not getattr(model, "inputs", None):
        raise UsageError(
            f"{model.name!r} does not say what it reads; build it with the functional API, or as "
            "a Sequential that begins with a keras.Input"
        )
    if not isinstance(model, keras.Sequential):
        return model
    return keras.Model(model.inputs[0], model.outputs[0], name=model.name)


def _fitted(tensor: Any, value: Any) -> NDArray[Any]:
    """Return one input in the model's type, with a batch axis."""
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise ShapeError(f"input {tensor.name!r} must be numbers, not {array.dtype}")
    if array.ndim == len(tensor.shape) - 2 and tensor.shape[-1] == 1:
        array = array[..., None]  # one value for each step
    if array.ndim == len(tensor.shape) - 1:
        array = array[None]
    fits = array.ndim == len(tensor.shape) and all(
        want in (None, got) for want, got in zip(tensor.shape[1:], array.shape[1:], strict=True)
    )
    if not fits or len(array) != 1 or not array.size:
        shape = ", ".join("any" if n is None else str(n) for n in tensor.shape[1:])
        raise ShapeError(
            f"input {tensor.name!r} has shape {array.shape}, expected one sequence: (1, {shape})"
        )
    return array.astype(keras.backend.standardize_dtype(tensor.dtype))


def _sequence(model: Any, given: Any) -> tuple[Key, Any | None]:
    """Find the input that holds the steps, and the embedding that reads it where it is tokens."""
    keys: list[Key] = [None]
    if isinstance(given, (list, tuple)):
        keys = list(range(len(given)))
    elif isinstance(given, Mapping):
        keys = list(given)
    arrays = {key: given if key is None else given[key] for key in keys}
    for key, array in arrays.items():
        if array.ndim == 3:
            return key, None
    embeddings = [one for one in model.layers if isinstance(one, keras.layers.Embedding)]
    for key, array in arrays.items():
        if array.ndim == 2 and embeddings:
            return key, embeddings[0]
    raise UsageError(
        f"no input of {model.name!r} is a sequence: one of shape (batch, time, features), or token "
        "ids (batch, time) that an Embedding reads"
    )


def _check_ids(ids: NDArray[Any], embedding: Any) -> None:
    if ids.min() < 0 or ids.max() >= embedding.input_dim:
        raise DataError(
            f"token ids must be between 0 and {embedding.input_dim - 1}, not "
            f"{ids.min():g}..{ids.max():g}"
        )


def _last(outputs: Any) -> Any:
    """Return the first output, of a sequence its last step, as `(batch, values)`."""
    first = keras.tree.flatten(outputs)[0]
    if len(first.shape) > 2:
        first = first[:, -1]
    return ops.reshape(first, (first.shape[0], -1))


def _place(values: NDArray[np.float64], target: int | None) -> int:
    if target is None:
        return int(values.argmax())
    if isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < len(values):
        raise UsageError(
            f"the target must be an output from 0 to {len(values) - 1}, not {target!r}"
        )
    return target


def _last_activation(model: Any) -> str:
    """Return `"softmax"` or `"sigmoid"` where that is the model's last word, else nothing."""
    tensor = model.outputs[0]
    layer = tensor._keras_history.operation
    name = getattr(getattr(layer, "activation", None), "__name__", type(layer).__name__.lower())
    return name if name in ("softmax", "sigmoid") else ""


def _value(kind: str, place: int, values: NDArray[np.float64]) -> tuple[Callable[[Any], Any], str]:
    """Return what is explained as a function of the outputs, and its name."""
    if not kind:
        return lambda outputs: _last(outputs)[:, place], f"output {place}"
    unlikely = kind == "sigmoid" and len(values) == 1 and values[0] < 0.5
    sign = -1.0 if unlikely else 1.0

    def log_odds(outputs: Any) -> Any:
        chance = ops.clip(_last(outputs)[:, place], _TINY, 1 - _TINY)
        return sign * (ops.log(chance) - ops.log1p(-chance))

    return log_odds, f"log-odds of output {place}{' being 0' if unlikely else ''}"


def _with(given: Any, key: Key, rows: NDArray[Any]) -> Any:
    """Return inputs of as many rows, one of them exchanged."""
    if key is None:
        return rows
    repeated = keras.tree.map_structure(lambda one: np.repeat(one, len(rows), axis=0), given)
    changed = dict(repeated) if isinstance(repeated, Mapping) else list(repeated)
    changed[key] = rows  # type: ignore[index]
    return changed
