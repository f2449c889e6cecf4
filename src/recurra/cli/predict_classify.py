"""`recurra predict` with a classifier: no Keras, no JAX."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from recurra.cli.output import print_json

if TYPE_CHECKING:
    from recurra.cli.text_lines import TextInput
    from recurra.runtime import Artifact, Prediction

__all__ = ["predict_labels"]

_SHOWN = 60  # characters of a text beside its label


def predict_labels(artifact: Artifact, texts: TextInput, *, as_json: bool) -> None:
    """Label texts, and print the labels.

    Args:
        artifact: A classifier's.
        texts: What to label.
        as_json: Print JSON instead of a line for each text.

    Raises:
        RecurraError: If the model or the texts cannot be used.
    """
    from recurra.runtime import TextPredictor

    predictor = TextPredictor.from_artifact(artifact)
    if as_json:
        found = [
            _record(text, prediction)
            for group in texts.groups()
            for text, prediction in zip(group, predictor.answer(group), strict=True)
        ]
        print_json({"model": artifact.path, "predictions": found})
        return
    for group in texts.groups():
        lines = [
            f"{p.label}\t{p.probability:.4f}\t{_shown(text)}\n"
            for text, p in zip(group, predictor.answer(group), strict=True)
        ]
        sys.stdout.write("".join(lines))
        sys.stdout.flush()


def _record(text: str, prediction: Prediction) -> dict[str, object]:
    return {
        "text": text,
        "label": prediction.label,
        "probability": prediction.probability,
        "probabilities": {str(k): p for k, p in prediction.probabilities.items()},
    }


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
