"""What a tagger's answers are worth: by token, on unknown words, by entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import MissingDependencyError
from recurra.runtime.tagging import TaggingPredictor
from recurra.sequences import EncodedTexts
from recurra.sequences.tagging import EncodedSentences
from recurra.tasks.metrics import classification_metrics

__all__ = ["entity_metrics", "measure_tags", "token_figures"]

_SMALLEST = 1e-7


def token_figures(
    predictor: TaggingPredictor, encoded: EncodedSentences, answers: EncodedTexts
) -> dict[str, float]:
    """Return `loss`, the log loss in nats by token, and `accuracy` of the best tags.

    Args:
        predictor: A tagger.
        encoded: Sentences.
        answers: Numbers of their true tags.
    """
    right, nats = 0, 0.0
    for rows, tags, shares in predictor.computed(encoded):
        valid = np.arange(tags.shape[1]) < encoded.lengths[rows][:, None]
        true = answers.batch(rows, tags.shape[1])
        right += int((tags == true)[valid].sum())
        likely = np.take_along_axis(shares, true[..., None].astype(np.int64), axis=-1)[..., 0]
        nats -= float(np.log(np.maximum(likely[valid], _SMALLEST)).sum(dtype=np.float64))
    tokens = max(1, int(encoded.lengths.sum()))
    return {"loss": nats / tokens, "accuracy": right / tokens}


def measure_tags(
    true: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    probabilities: NDArray[np.float32],
    known: NDArray[np.bool_],
    tags: Sequence[str],
    *,
    bio: bool,
) -> dict[str, Any]:
    """Measure tags.

    Args:
        true: Tags of each sentence.
        predicted: As `true`.
        probabilities: Of every tag at every token of all sentences, shape `(tokens, tags)`.
        known: Whether the word was in the training, shape `(tokens,)`.
        tags: All tags of the model.
        bio: Whether they are entities in BIO.

    Returns:
        `accuracy`, `known_accuracy`, `unknown_accuracy` (`None` without such words),
        `unknown_tokens`, `sentence_accuracy`; with `bio` those of `entity_metrics`; and those of
        `classification_metrics` for the most probable tag of each token but for its accuracy.
    """
    right = np.array([a == b for x, y in zip(true, predicted, strict=True) for a, b in
                      zip(x, y, strict=True)])  # fmt: skip
    numbers = {tag: number for number, tag in enumerate(tags)}
    codes = np.array([numbers[tag] for row in true for tag in row], dtype=np.int32)
    return {
        **classification_metrics(codes, probabilities, np.asarray(tags)),
        "accuracy": float(right.mean()),
        "known_accuracy": _share(right[known]),
        "unknown_accuracy": _share(right[~known]),
        "unknown_tokens": int((~known).sum()),
        "sentence_accuracy": _share(
            np.array([list(x) == list(y) for x, y in zip(true, predicted, strict=True)])
        ),
        **(entity_metrics(true, predicted) if bio else {}),
    }


def entity_metrics(
    true: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Measure whole entities: right is one whose beginning, end and kind are right.

    Args:
        true: Tags of each sentence in BIO.
        predicted: As `true`.

    Returns:
        `entity_precision`, `entity_recall`, `entity_f1` (micro averages) and `per_entity`.

    Raises:
        MissingDependencyError: If seqeval is not installed.
    """
    try:
        from seqeval.metrics import classification_report
        from seqeval.scheme import IOB2
    except ImportError:
        raise MissingDependencyError("seqeval", "tag", "the F1 of entities") from None
    report = classification_report(
        [list(row) for row in true],
        [list(row) for row in predicted],
        output_dict=True,
        zero_division=0,
        mode="strict",
        scheme=IOB2,
    )
    micro = report["micro avg"]
    kinds = {name: row for name, row in report.items() if not name.endswith(" avg")}
    return {
        "entity_precision": float(micro["precision"]),
        "entity_recall": float(micro["recall"]),
        "entity_f1": float(micro["f1-score"]),
        "per_entity": {
            name: {
                "precision": float(row["precision"]),
                "recall": float(row["recall"]),
                "f1": float(row["f1-score"]),
                "support": int(row["support"]),
            }
            for name, row in kinds.items()
        },
    }


def _share(right: NDArray[np.bool_]) -> float | None:
    return float(right.mean()) if right.size else None
