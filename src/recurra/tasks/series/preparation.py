"""From sequences to scaled rows, split for training and validation.

Split first, fit the scaling on the training rows only, then scale everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.collections import ChannelScaler, TargetScaler
from recurra.tasks.series.examples import SequenceExamples
from recurra.tasks.series.frames import FrameInputs, frame_inputs
from recurra.tasks.series.settings import SequenceSettings
from recurra.tasks.series.sources import split_examples

__all__ = ["PreparedSequences", "prepare_sequences"]

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class PreparedSequences:
    """Scaled sequences, ready to train on.

    Attributes:
        scaler: Fitted on the training rows only.
        inputs: All rows, scaled.
        targets: Class of each row, int32 `(rows,)`; or its scaled number, float32 `(rows, 1)`.
        classes: The labels; `None` for regression.
        target: The scaling of the numbers; `None` for classification.
        train: Row numbers to train on.
        validation: Row numbers held out for early stopping; none where there are too few rows.
        channels: Names of the channels, or none.
        data: Facts about the data for records, manifests and reports, JSON values.
    """

    scaler: ChannelScaler
    inputs: FrameInputs
    targets: NDArray[Any]
    classes: NDArray[Any] | None
    target: TargetScaler | None
    train: Rows
    validation: Rows
    channels: tuple[str, ...]
    data: dict[str, Any]

    @property
    def outputs(self) -> int:
        """Number of classes, or 1."""
        return 1 if self.classes is None else len(self.classes)


def prepare_sequences(
    examples: SequenceExamples,
    settings: SequenceSettings,
    seed: int,
    *,
    derive: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None,
) -> PreparedSequences:
    """Split, fit the scaling, scale.

    Args:
        examples: Sequences with labels or numbers.
        settings: Scaling and validation share.
        seed: Fixes the split.
        derive: Makes features of a sequence, after it was varied and before it is scaled.

    Raises:
        DataError: If the rows cannot be split.
    """
    train, validation = _split(examples, settings.validation, seed)
    rows = (examples.values[row] for row in train)
    fitted = list(rows) if derive is None else [derive(row) for row in rows]
    scaler = ChannelScaler.fit(fitted, settings.scaling)
    options: dict[str, Any] = {"stride": settings.stride, "kernels": settings.kernels}
    if derive is None:
        inputs = frame_inputs([scaler.transform(row) for row in examples.values], train, **options)
    else:
        options["transform"] = lambda row: scaler.transform(derive(row))
        inputs = frame_inputs(examples.values, train, **options)
    target = None if examples.classes is not None else TargetScaler.fit(examples.targets[train])
    targets = examples.targets if target is None else target.transform(examples.targets)[:, None]
    data = _facts(examples, inputs, train, validation, settings, seed)
    return PreparedSequences(
        scaler,
        inputs,
        targets,
        examples.classes,
        target,
        train,
        validation,
        examples.channels,
        data,
    )


def _split(examples: SequenceExamples, share: float, seed: int) -> tuple[Rows, Rows]:
    everything = np.arange(len(examples), dtype=np.int64)
    if not share:
        return everything, everything[:0]
    return split_examples(examples, share, np.random.default_rng([seed, *b"split"]))


def _facts(
    examples: SequenceExamples,
    inputs: FrameInputs,
    train: Rows,
    validation: Rows,
    settings: SequenceSettings,
    seed: int,
) -> dict[str, Any]:
    lengths = inputs.lengths[train]
    missing = [np.isnan(examples.values[row]).mean() for row in train]
    return {
        "name": examples.name,
        "sha256": examples.sha256,
        "rows": {"train": len(train), "validation": len(validation)},
        **_target_facts(examples, train),
        "channels": list(examples.channels) or examples.values[0].shape[1],
        "missing_share": float(np.mean(missing)),
        "scaling": settings.scaling,
        "shortest": int(lengths.min()),
        "median_length": float(np.median(lengths)),
        "longest": int(lengths.max()),
        "padding_share": inputs.padding_share(train, settings.batch_size, seed),
    }


def _target_facts(examples: SequenceExamples, train: Rows) -> dict[str, Any]:
    if examples.classes is None:
        numbers = examples.targets[train]
        return {"target": {"lowest": float(numbers.min()), "highest": float(numbers.max())}}
    counts = np.bincount(examples.targets, minlength=len(examples.classes))
    names = map(str, examples.classes.tolist())
    return {"classes": dict(zip(names, counts.tolist(), strict=True))}
