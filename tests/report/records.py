"""Synthetic records that look like real comparisons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

NAMES = {
    "linear": "Linear n-grams",
    "dense": "Dense (order-blind)",
    "rnn": "SimpleRNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "bilstm": "Bidirectional LSTM",
    "bigru": "Bidirectional GRU",
}
HOSTILE = (
    "<script>alert('x')</script> <img src=https://evil.example/x.png onerror=alert(1)> & \"quoted\""
)
REVIEW = (
    "I went in expecting very little, and for the first half hour the film gave me exactly "
    "that: a slow, talky set-up, a score that never stops and a hero nobody could like. Then, "
    "somehow, it turns. The last act is not bad at all; in fact it is nearly great, and I cannot "
    "remember when a film so clumsy moved me so much. Would I see it again? No. Am I glad that I "
    "saw it? Yes."
)


def history(rng: np.random.Generator, epochs: int, reached: float) -> dict[str, list[float]]:
    steps = np.arange(1, epochs + 1)
    val = reached - 0.16 * np.exp(-steps / 1.2) - 0.006 * np.maximum(0, steps - 4)
    val = val + rng.normal(0, 0.003, epochs)
    train = np.minimum(0.995, reached - 0.12 * np.exp(-steps / 1.4) + 0.012 * steps)
    val_loss = 0.9 * (1 - val) + 0.24 + 0.03 * np.maximum(0, steps - 3)
    return {
        "loss": (2.1 * (1 - train) + 0.04).round(4).tolist(),
        "accuracy": train.round(4).tolist(),
        "val_loss": val_loss.round(4).tolist(),
        "val_accuracy": val.round(4).tolist(),
        "learning_rate": [0.001] * epochs,
    }


def matrix(rng: np.random.Generator, classes: int, rows: int, accuracy: float) -> list[list[int]]:
    share = rng.dirichlet(np.full(classes, 12.0)) if classes > 2 else np.full(2, 0.5)
    result = np.zeros((classes, classes), int)
    for true in range(classes):
        wrong = rng.dirichlet(np.full(classes - 1, 0.6)) * (1 - accuracy)
        chances = np.insert(wrong, true, accuracy)
        result[true] = rng.multinomial(round(rows * share[true]), chances / chances.sum())
    return result.tolist()


def scores(confusion: list[list[int]], classes: list[str]) -> dict[str, dict[str, float]]:
    table = np.array(confusion, float)
    right, true, predicted = np.diag(table), table.sum(1), table.sum(0)
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(true, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    rows = zip(classes, precision, recall, f1, true, strict=True)
    return {
        c: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
        for c, p, r, f, n in rows
    }


def histogram(
    rng: np.random.Generator, median: float, spread: float, longest: int
) -> dict[str, Any]:
    lengths = np.clip(np.exp(rng.normal(math.log(median), spread, 20000)).round(), 1, longest)
    bins = min(60, longest)
    counts, edges = np.histogram(lengths, bins=bins, range=(0, longest))
    return {"edges": edges.round(2).tolist(), "counts": counts.tolist()}


def data_of(name: str, classes: list[str], test: int, *, level: str = "word") -> dict[str, Any]:
    rng = np.random.default_rng(3)
    words = level == "word"
    texts = [REVIEW, HOSTILE, REVIEW[200:]] if words else ["Nakamura", "O'Sullivan", "Przybylski"]
    tokens = [
        ["[UNK]" if len(word) > 9 else word for word in text.lower().split()]
        if words
        else list(text)
        for text in texts
    ]
    cut = 250 if words else 20
    return {
        "name": name,
        "source": name,
        "sha256": "9f2c4b1e0d7a6835" * 4,
        "rows": {"train": test * 9 // 10, "validation": test // 10, "test": test},
        "test_is_official": words,
        "classes": {label: test // len(classes) + 7 * i for i, label in enumerate(classes)},
        "level": level,
        "vocabulary": 20000 if words else 58,
        "max_length": cut,
        "length": {"mean": 233.1, "median": 174, "p95": 590, "max": 2470}
        if words
        else {"mean": 7.1, "median": 7, "p95": 11, "max": 19},
        "length_histogram": histogram(rng, 174, 0.65, 2470)
        if words
        else histogram(rng, 7, 0.28, 19),
        "padding_share": 0.061,
        "padding_share_unbucketed": 0.412,
        "truncated_share": 0.291 if words else 0.0,
        "unknown_share": 0.021 if words else 0.0004,
        "examples": [
            {"text": text, "label": classes[i % len(classes)], "tokens": pieces}
            for i, (text, pieces) in enumerate(zip(texts, tokens, strict=True))
        ],
    }


def record(
    model: str,
    repeat: int,
    accuracy: float,
    data: dict[str, Any],
    *,
    epochs: int = 6,
    parameters: int = 1_300_000,
    shuffled: float | None = 0.7,
) -> dict[str, Any]:
    rng = np.random.default_rng([repeat, *model.encode()])
    classes = list(data["classes"])
    confusion = matrix(rng, len(classes), data["rows"]["test"], accuracy)
    linear = model == "linear"
    texts = (
        [HOSTILE, REVIEW, REVIEW[90:]] * 3 if data["level"] == "word" else ["Lee", "Park", "Rossi"]
    )
    past = None if linear else history(rng, epochs, accuracy)
    seconds = 2.0 + parameters / 3e5
    return {
        "task": "classify",
        "model": model,
        "name": NAMES.get(model, model),
        "repeat": repeat,
        "seed": 1234 + repeat,
        "kernel": "scikit-learn" if linear else "keras (jax)",
        "accuracy": accuracy,
        "macro_f1": accuracy - 0.002,
        "log_loss": 1.9 * (1 - accuracy) + 0.07,
        "calibration_error": 0.012 + 0.2 * (1 - accuracy) * (repeat + 1) / 9,
        "accuracy_shuffled": accuracy if model == "dense" else shuffled,
        "per_class": scores(confusion, classes),
        "classes": classes,
        "confusion_matrix": confusion,
        "parameters": parameters,
        "epochs": None if linear else epochs,
        "best_epoch": None if past is None else int(np.argmin(past["val_loss"])) + 1,
        "stopped_early": not linear,
        "seconds_per_epoch": None if linear else seconds,
        "training_seconds": 14.2 if linear else seconds * epochs + 3,
        "prediction_milliseconds": 0.61 if linear else 1.1 + seconds / 3,
        "peak_memory_mb": 640.0 + parameters / 5e3,
        "history": past,
        "mistakes": [
            {
                "text": text,
                "label": classes[i % len(classes)],
                "predicted": classes[(i + 1) % len(classes)],
                "probability": 0.999 - 0.004 * i,
            }
            for i, text in enumerate(texts)
        ],
        "specification": {}
        if linear
        else {
            "cell": model,
            "units": 64,
            "layers": 1,
            "bidirectional": model.startswith("bi"),
            "pooling": "last",
            "embedding": 64,
            "dropout": 0.2,
        },
        "training": {
            "epochs": 6,
            "batch_size": 64,
            "learning_rate": 0.001,
            "patience": 2,
            "preset_settings": {"level": data["level"], "units": 64},
        },
        "data": data,
        "versions": {
            "recurra": "0.1.0",
            "python": "3.11.7",
            "keras": "3.15.1",
            "jax": "0.10.2",
            "numpy": "2.3.0",
        },
        "created": "2026-11-22T10:00:00+00:00",
    }


def imdb_like(models: tuple[str, ...] = tuple(NAMES), repeats: int = 1) -> list[dict[str, Any]]:
    data = data_of("imdb", ["negative", "positive"], 25000)
    plan = {
        "linear": (0.8996, 400_002, None),
        "dense": (0.8604, 1_284_226, 0.8603),
        "rnn": (0.8062, 1_292_418, 0.701),
        "lstm": (0.8731, 1_317_250, 0.786),
        "gru": (0.8812, 1_309_186, 0.803),
        "bilstm": (0.8789, 1_350_402, 0.795),
        "bigru": (0.8841, 1_334_274, 0.812),
    }
    rng = np.random.default_rng(1)
    return [
        record(
            model,
            repeat,
            round(plan[model][0] + (rng.normal(0, 0.003) if repeat else 0.0), 4),
            data,
            parameters=plan[model][1],
            shuffled=plan[model][2],
        )
        for model in models
        for repeat in range(1 if model == "linear" else repeats)
    ]


CULTURES = (
    "Arabic",
    "Chinese",
    "Czech",
    "Dutch",
    "English",
    "French",
    "German",
    "Greek",
    "Irish",
    "Italian",
    "Japanese",
    "Polish",
    "Portuguese",
    "Scottish",
    "Vietnamese, with a very long description",
)


def names_like(
    classes: int = 12, repeats: int = 5, models: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    data = data_of("names", list(CULTURES[:classes]), 4800, level="char")
    plan = {
        "linear": (0.842, 61_212, None),
        "dense": (0.583, 14_860, 0.583),
        "rnn": (0.779, 19_340, 0.402),
        "lstm": (0.836, 41_612, 0.431),
        "gru": (0.844, 33_676, 0.440),
        "bigru": (0.861, 58_636, 0.452),
    }
    rng = np.random.default_rng(2)
    return [
        record(
            model,
            repeat,
            round(accuracy + (rng.normal(0, 0.006) if model != "linear" else 0.0), 4),
            data,
            epochs=9 + int(rng.integers(0, 4)),
            parameters=size,
            shuffled=shuffled,
        )
        for model, (accuracy, size, shuffled) in plan.items()
        if not models or model in models
        for repeat in range(1 if model == "linear" else repeats)
    ]
