"""Synthetic records that look like real comparisons of language models."""

from __future__ import annotations

from typing import Any

import numpy as np

NAMES = {"ngram": "8-gram", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
BITS = {"ngram": 2.31, "rnn": 2.6, "lstm": 2.12, "gru": 2.18}
HOSTILE = "<script>alert('x')</script> <img src=https://evil.example/x.png onerror=alert(1)>"
TEXT = (
    "The loop ends when the list is empty.\n\n   for item in items:\n       print(item)\n\n"
    "A function that has no statement of return gives None, which is an object of its own. "
    "See also section Assignment statements.\n"
) * 3
STARTS = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]


def surprise(model: str) -> dict[str, Any]:
    rng = np.random.default_rng([*model.encode()])
    nats = np.round(rng.gamma(0.7, 1.9, len(TEXT)), 3).tolist()
    expected = [[" ", 0.42] if place % 3 else None for place in range(len(TEXT))]
    return {"tokens": list(TEXT), "nats": nats, "expected": expected}


def record(
    model: str,
    repeat: int = 0,
    *,
    bits: float | None = None,
    name: str = "",
    text: str = TEXT,
) -> dict[str, Any]:
    baseline = model == "ngram"
    bits = BITS.get(model, 2.0) + 0.01 * repeat if bits is None else bits
    nats = bits * float(np.log(2))
    epochs = 6
    val = (nats + 0.9 * np.exp(-np.arange(epochs))).tolist()
    falling = nats * (1 + 1.2 * 0.45 ** np.arange(len(STARTS)))
    return {
        "task": "generate",
        "model": model,
        "name": name or NAMES.get(model, model),
        "repeat": repeat,
        "seed": repeat,
        "kernel": "numpy" if baseline else "native (avx2)",
        "training": {
            "epochs": epochs,
            "batch_size": 32,
            "learning_rate": 0.002,
            "preset_settings": {"level": "char", "sequence_length": 128},
        },
        "data": {
            "name": "python-docs",
            "source": "pydoc_data.topics",
            "sha256": "5a1c9e7f" * 8,
            "documents": 79,
            "level": "char",
            "vocabulary": 104,
            "unknown": {"train": 0, "validation": 1, "test": 3},
            "characters": {"train": 370_000, "validation": 46_000, "test": 46_500},
            "rows": {"train": 370_063, "validation": 46_008, "test": 46_508},
        },
        "metrics": {
            "bits_per_character": bits,
            "nats_per_token": nats,
            "perplexity": float(np.exp(nats)),
            "accuracy": min(1.0, 0.9 - 0.15 * bits) if bits < 6 else 0.0,
            "tokens": 46_507,
            "characters": 46_500,
        },
        "positions": {"starts": STARTS, "nats": falling.tolist()},
        "samples": {
            "prompt": "The value of",
            "texts": [
                {"temperature": temperature, "text": f" {text[: 260 + 20 * place]}"}
                for place, temperature in enumerate((0.5, 0.8, 1.0))
            ],
        },
        "surprise": surprise(model),
        "parameters": 109_125 if baseline else 412_000 + 1000 * len(model),
        "epochs": None if baseline else epochs,
        "best_epoch": None if baseline else 5,
        "stopped_early": False,
        "seconds_per_epoch": None if baseline else 7.3,
        "training_seconds": 0.6 if baseline else 44.0 + 5 * repeat,
        "tokens_per_second": 610_000.0 if baseline else 51_000.0,
        "generated_per_second": 9_100.0 if baseline else 12_400.0,
        "peak_memory_mb": 700.0,
        "history": None if baseline else {"loss": [v - 0.05 for v in val], "val_loss": val},
        "specification": {"order": 8} if baseline else {"cell": model, "units": [256]},
        "versions": {"recurra": "0.1.0", "keras": "3.15.0"},
        "created": "2026-11-22T10:00:00+00:00",
    }


def comparison(
    models: tuple[str, ...] = ("ngram", "rnn", "lstm", "gru"), repeats: int = 1, **options: Any
) -> list[dict[str, Any]]:
    return [
        record(model, repeat, **options)
        for model in models
        for repeat in range(1 if model == "ngram" else repeats)
    ]
