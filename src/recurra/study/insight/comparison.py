"""What a comparison keeps of the inside of each text classifier, as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.models import named_weights
from recurra.sequences import EncodedTexts
from recurra.study.insight._text_subject import text_subject
from recurra.study.insight.attribution import attributions
from recurra.study.insight.inspection import look
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import Attribution, GradientFlow, LayerTrace
from recurra.study.insight.word_order import negation_control
from recurra.tasks.comparable import TextClassifier, classifier_context, use_kernels
from recurra.tasks.effective_context import ContextCurve

__all__ = ["looked_into", "memory_values", "network_insight"]

_DIGITS = 5
_CHARACTERS = 600
_METHOD = "integrated_gradients"


def network_insight(
    classifier: TextClassifier, texts: Sequence[str], labels: Sequence[Any], *, seed: int = 0
) -> dict[str, Any]:
    """Look into a classifier while it reads one text, and measure its memory on several.

    What is explained is the log-odds of the example's true label, so that networks that answer
    differently can be compared.

    Args:
        classifier: A fitted classifier; also an order-blind one, of which there is less to show.
        texts: Held-out texts; the first is the example.
        labels: Their true labels.
        seed: Fixes what tokens are exchanged for, and fresh weights.

    Returns:
        JSON values:

        - `example`: `text`, `label`, `steps` (its tokens), `explained` and `answer`, pairs of
          label and probability.
        - `attribution`: `method`, `scores` for each step, `completeness_error`, `faithfulness`.
        - `layers`: for each recurrent layer and direction `name`, `cell`, `backwards`, `gates`: of
          each gate `mean`, `low` and `high` (shares that are shut and open) and `steps`, the mean
          over the units at each step.
        - `flows`: of the trained cell and of an untrained one `model`, `cell`, `trained`, `norms`
          (the last step first), `half_life`, `growth`.
        - `memory`: `distances`, `change`, `effective_context`, `length`, `inputs`; null for an
          order-blind network.
        - `negation`: `praise`, `negations_right`, `swapped_right`, and `negations` and `swapped`:
          lists of `good`, `bad`, `good_probability`, `bad_probability`; null where the classifier
          does not tell praise from blame.

    Raises:
        DataError: If there is no text.
        ShapeError: If the number of labels is another than that of texts.
        UnknownNameError: If the first label is none of the classifier's.
    """
    if not texts:
        raise DataError("there is no text to look at; give some")
    if len(labels) != len(texts):
        raise ShapeError(f"{len(labels)} labels came for {len(texts)} texts")
    subject = text_subject(classifier, texts[0], labels[0])
    return {
        **looked_into(subject, str(labels[0]), texts[0][:_CHARACTERS], seed),
        "memory": _memory(classifier, texts, seed),
        "negation": _negation(classifier),
    }


def looked_into(subject: Subject, label: str, text: str, seed: int = 0) -> dict[str, Any]:
    """Return the parts of `network_insight` that come of one input of any network.

    Args:
        subject: The input, ready to be looked at; its target is the true label.
        label: That label.
        text: What to call the input.
        seed: Fixes what steps are exchanged for, and fresh weights.
    """
    with use_kernels("auto"):
        trace = look(subject, ("states", "flows"), seed)
        (attribution,) = attributions(subject, methods=[_METHOD], seed=seed)
    return {
        "example": {
            "text": text,
            "label": label,
            "steps": list(subject.labels),
            "explained": subject.explained,
            "answer": [[name, _rounded(value)] for name, value in subject.answer],
        },
        "attribution": _attribution(attribution),
        "layers": [_layer(layer) for layer in trace.layers],
        "flows": [_flow(flow) for flow in trace.flows if flow.cell == trace.flows[0].cell],
    }


def memory_values(curve: ContextCurve) -> dict[str, Any]:
    """Return the `memory` of `network_insight`."""
    return {
        "distances": curve.distances.tolist(),
        "change": _rounded(curve.change),
        "effective_context": curve.effective_context,
        "length": curve.length,
        "inputs": curve.inputs,
    }


def _attribution(attribution: Attribution) -> dict[str, Any]:
    return {
        "method": attribution.method,
        "scores": _rounded(attribution.scores),
        "completeness_error": _rounded(attribution.completeness_error),
        "faithfulness": _rounded(attribution.faithfulness),
    }


def _layer(layer: LayerTrace) -> dict[str, Any]:
    shares = layer.saturation()
    return {
        "name": layer.name,
        "cell": layer.cell,
        "backwards": layer.backwards,
        "gates": {
            name: {
                "mean": _rounded(gate[layer.valid].mean()),
                "low": _rounded(shares[name]["low"]),
                "high": _rounded(shares[name]["high"]),
                "steps": _rounded(gate.mean(axis=1)),
            }
            for name, gate in layer.gates.items()
        },
    }


def _flow(flow: GradientFlow) -> dict[str, Any]:
    return {
        "model": flow.model,
        "cell": flow.cell,
        "trained": flow.trained,
        "norms": _rounded(flow.norms),
        "half_life": _rounded(flow.half_life),
        "growth": _rounded(flow.growth),
    }


def _memory(classifier: TextClassifier, texts: Sequence[str], seed: int) -> dict[str, Any] | None:
    if classifier.specification_.cell == "dense":
        return None
    predictor = classifier.predictor_
    encoded = EncodedTexts.from_sequences(predictor.encoder.encode(list(texts)))
    weights = named_weights(classifier.model_)
    rows = np.arange(len(texts))
    return memory_values(classifier_context(predictor.predict_ids, encoded, rows, weights, seed))


def _negation(classifier: TextClassifier) -> dict[str, Any] | None:
    found = negation_control(classifier)
    if found is None:
        return None
    return {
        "praise": found.praise,
        "negations_right": found.negations_right,
        "swapped_right": found.swapped_right,
        "negations": [asdict(answer) for answer in found.negations],
        "swapped": [asdict(answer) for answer in found.swapped],
    }


def _rounded(values: NDArray[Any] | float | None) -> Any:
    """Return figures with five significant digits, a list of an array, None of None."""
    if values is None:
        return None
    if isinstance(values, np.ndarray):
        return [_rounded(value) for value in values.tolist()]
    return float(f"{float(values):.{_DIGITS}g}")
