"""Synthetic records that look like real comparisons of translators."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

NAMES = {
    "nearest": "Nearest source",
    "copy": "Copy of the source",
    "rnn": "SimpleRNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "noattention": "GRU without attention",
}
EXACT = {
    "nearest": 0.11, "copy": 0.04, "rnn": 0.72, "lstm": 0.97, "gru": 0.985, "noattention": 0.81,
}  # fmt: skip
BASELINES = ("nearest", "copy")
HOSTILE = "<script>alert('x')</script> <img src=https://evil.example/x.png onerror=alert(1)>"
PAIRS = (
    ("Samstag, 3. April 2021", "2021-04-03", "2021-04-03"),
    ("le 14 juillet 1987", "1987-07-14", "1987-07-14"),
    ("5/6/09", "2009-05-06", "2009-06-05"),
    ("lunes, 1 de enero de 2035", "2035-01-01", "2035-01-07"),
)


def matrix(source: str, target: str) -> dict[str, Any]:
    rng = np.random.default_rng(len(source))
    centre = np.linspace(len(source) - 1, 0, len(target))[:, None]
    scores = -((np.arange(len(source)) - centre) ** 2) / 3 + rng.normal(0, 0.5, (len(target), 1))
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return {
        "source_tokens": list(source),
        "target_tokens": list(target),
        "weights": weights.round(4).tolist(),
    }


def by_length(exact: float, *, bleu: bool) -> dict[str, Any]:
    edges = [5, 9, 12, 17, 23, 38]
    bins = [
        {
            "shortest": low + 1,
            "longest": high,
            "rows": 240,
            "bleu": 100 * exact * (1 - 0.05 * place) if bleu else None,
            "chrf": 100 * exact**0.5 if bleu else None,
            "exact_match": max(0.0, exact * (1 - 0.04 * place)),
        }
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    return {"unit": "characters", "bins": bins}


def record(
    model: str,
    repeat: int = 0,
    *,
    exact: float | None = None,
    name: str = "",
    bleu: bool = True,
) -> dict[str, Any]:
    baseline = model in BASELINES
    exact = EXACT.get(model, 0.5) - 0.01 * repeat if exact is None else exact
    epochs = 6
    val = (1.2 * (1 - exact) + 1.5 * np.exp(-np.arange(epochs))).tolist()
    examples = [
        {"source": source, "reference": reference, "translation": found, "similarity": 0.8}
        for source, reference, found in PAIRS
    ]
    attends = not baseline and model != "noattention"
    return {
        "task": "translate",
        "model": model,
        "name": name or NAMES.get(model, model),
        "repeat": repeat,
        "seed": repeat,
        "kernel": "numpy" if baseline else "native (avx2)",
        "training": {
            "epochs": epochs,
            "batch_size": 64,
            "learning_rate": 0.002,
            "preset_settings": {"level": "char", "beam": 1},
        },
        "data": {
            "name": "dates",
            "source": "babel",
            "sha256": "77aa01c2" * 8,
            "rows": {"train": 9_600, "validation": 1_200, "test": 1_200},
        },
        "metrics": {
            "rows": 1_200,
            "bleu": 100 * exact**0.5 if bleu else None,
            "bleu_signature": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp" if bleu else "",
            "chrf": 100 * exact**0.4 if bleu else None,
            "chrf_signature": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0" if bleu else "",
            "exact_match": exact,
            "perplexity": None if baseline else 1 + (1 - exact),
            "by_length": by_length(exact, bleu=bleu),
        },
        "attention": [matrix(source, found) for source, _, found in PAIRS[:2]] if attends else [],
        "examples": {"best": examples[:2], "worst": examples[2:]},
        "parameters": 400_000 if model == "nearest" else None if baseline else 510_000,
        "epochs": None if baseline else epochs,
        "best_epoch": None if baseline else 5,
        "stopped_early": False,
        "seconds_per_epoch": None if baseline else 9.1,
        "training_seconds": 0.9 if model == "nearest" else None if baseline else 55.0 + repeat,
        "pairs_per_second": 900.0,
        "peak_memory_mb": 800.0,
        "history": None if baseline else {"loss": [v + 0.05 for v in val], "val_loss": val},
        "specification": {} if baseline else {"cell": model, "units": 128},
        "versions": {"recurra": "0.1.0", "keras": "3.15.0"},
        "created": "2026-11-22T10:00:00+00:00",
    }


def comparison(
    models: tuple[str, ...] = tuple(NAMES), repeats: int = 1, **options: Any
) -> list[dict[str, Any]]:
    return [
        record(model, repeat, **options)
        for model in models
        for repeat in range(1 if model in BASELINES else repeats)
    ]
