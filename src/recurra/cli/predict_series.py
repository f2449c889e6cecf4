"""`recurra predict` with a classifier or regressor of sequences: no Keras, no JAX."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from recurra.cli.output import print_json
from recurra.cli.series_options import collection_arguments
from recurra.errors import ShapeError, UsageError

if TYPE_CHECKING:
    from recurra.cli.requests import Prediction
    from recurra.runtime import Prediction as Answer
    from recurra.sequences.collections import SequenceCollection

__all__ = ["predict_sequences"]


def predict_sequences(asked: Prediction) -> None:
    """Answer for every sequence of the sources, and print a line for each.

    Raises:
        RecurraError: If the model or the sequences cannot be used.
    """
    from recurra.runtime import SequencePredictor
    from recurra.sequences.collections import read_collection

    sources = asked.sources()
    if not sources:
        raise UsageError("give files of sequences, or a named dataset")
    predictor = SequencePredictor.from_artifact(asked.artifact)
    reading = collection_arguments(dict(asked.options))
    if not reading.get("values") and predictor.channels and _tables(sources):
        reading["values"] = tuple(predictor.channels)
    records = []
    for source in sources:
        dataset = read_collection(source, **reading)
        part = dataset.test or dataset.train
        _check_channels(part, predictor.scaler.channels)
        answers = predictor.answer(part.values)
        for place, answer in zip(part.places, answers, strict=True):
            if asked.as_json:
                records.append(_record(place, answer))
            else:
                _print(place, answer)
    if asked.as_json:
        print_json({"model": asked.artifact.path, "predictions": records})
    sys.stdout.flush()


def _tables(sources: list[str]) -> bool:
    """Say whether the sources have columns with names, which may be more than the model's."""
    endings = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz")
    return all(source.lower().endswith(endings) for source in sources)


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
