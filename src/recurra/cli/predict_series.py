"""`recurra predict` with a classifier or regressor of sequences: no Keras, no JAX."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.output import print_json
from recurra.cli.remarks import remark
from recurra.cli.series_options import collection_arguments
from recurra.errors import ShapeError, UsageError

if TYPE_CHECKING:
    from recurra.cli.requests import Prediction
    from recurra.runtime import Prediction as Answer
    from recurra.runtime import SequencePredictor
    from recurra.sequences.collections import SequenceCollection

__all__ = ["predict_sequences", "sequences_of"]


def predict_sequences(asked: Prediction) -> None:
    """Answer for every sequence of the sources, and print a line for each.

    Raises:
        RecurraError: If the model or the sequences cannot be used.
    """
    from recurra.runtime import SequencePredictor

    sources = asked.sources()
    if not sources:
        raise UsageError("give files of sequences, or a named dataset")
    predictor = SequencePredictor.from_artifact(asked.artifact)
    reading = collection_arguments(dict(asked.options))
    records = []
    for source in sources:
        part = sequences_of(predictor, source, reading)
        answers = predictor.answer(part.values)
        for place, answer in zip(part.places, answers, strict=True):
            if asked.as_json:
                records.append(_record(place, answer))
            else:
                _print(place, answer)
    if asked.as_json:
        print_json({"model": asked.artifact.path, "predictions": records})
    sys.stdout.flush()


def sequences_of(
    predictor: SequencePredictor, source: str, reading: Mapping[str, Any]
) -> SequenceCollection:
    """Return the sequences of a source, its test part where it has one, as a model reads them.

    Args:
        predictor: The model; of a table its channels are read where no others are named.
        source: As for `read_collection`.
        reading: From `collection_arguments`.

    Raises:
        RecurraError: If the sequences cannot be used.
        ShapeError: If they have other channels.
    """
    from recurra.sequences.collections import read_collection

    asked = dict(reading)
    if not asked.get("values") and predictor.channels and _is_table(source):
        asked["values"] = tuple(predictor.channels)
    dataset = read_collection(source, **asked)
    part = dataset.test or dataset.train
    _check_channels(part, predictor.scaler.channels)
    if not asked.keys() & {"series_id", "files"} and _is_table(source):
        _remark_single(part)
    return part


def _is_table(source: str) -> bool:
    """Say whether a source has columns with names, which may be more than the model's."""
    return source.lower().endswith((".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz"))


def _remark_single(part: SequenceCollection) -> None:
    """Say so when a table that has more columns than the channels is read as one sequence."""
    from recurra.sequences.formats import open_format

    columns = open_format(Path(part.source), part.source).columns()
    others = [name for name in columns if name not in part.channels]
    if others:
        remark(
            f"{part.source} is read as one sequence of {len(part.values[0]):,} steps, without "
            f"{', '.join(others[:8])}; of a table of many sequences say --series-id COL"
        )


def _check_channels(part: SequenceCollection, channels: int) -> None:
    if len(part.channels) != channels:
        raise ShapeError(
            f"{part.source} has {len(part.channels)} channels ({', '.join(part.channels[:8])}), "
            f"the model was trained on {channels}; choose them: --values COL[,COL...]"
        )


def _record(place: str, answer: Answer | float) -> dict[str, object]:
    if isinstance(answer, float):
        return {"sequence": place, "number": answer}
    return {
        "sequence": place,
        "label": answer.label,
        "probability": answer.probability,
        "probabilities": {str(k): p for k, p in answer.probabilities.items()},
    }


def _print(place: str, answer: Answer | float) -> None:
    if isinstance(answer, float):
        sys.stdout.write(f"{answer:.6g}\t{place}\n")
    else:
        sys.stdout.write(f"{answer.label}\t{answer.probability:.4f}\t{place}\n")
