"""Makes the golden artifact and what it must predict; run it once for a format version.

    python tests/runtime/golden/make.py

A golden file is never made again for a version that has been released: it stands for the files
that people have.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent
TEXTS = [
    "a fine warm film",
    "dull, cold and far too long",
    "Warm heart, fine cast - a film to keep!",
    "nothing here is known zzz",
    "",
]
LABELS = ["bad", "good"]
WARM = ["a warm and fine film", "fine cast, warm heart", "keep this fine film", "warm and kind"]
COLD = ["a cold and dull film", "dull cast, cold heart", "far too long and dull", "cold and long"]


def make() -> None:
    """Train a tiny network and write down what it answers."""
    from recurra import TextClassifier

    classifier = TextClassifier(
        "gru",
        units=3,
        embedding=4,
        bidirectional=True,
        pooling="attention",
        level="word",
        ngram_orders=(2,),
        embedding_dropout=0.0,
        head=(3,),
        head_dropout=0.0,
        batch_normalization=True,
        epochs=12,
        learning_rate=0.05,
        batch_size=8,
        patience=12,
        seed=1,
    ).fit((WARM + COLD) * 3, (["good"] * 4 + ["bad"] * 4) * 3)
    classifier.evaluate(TEXTS[:3], ["good", "bad", "good"])
    classifier.save(FOLDER / "text-classifier-1.0.recurra")
    expected = {
        "texts": TEXTS,
        "classes": LABELS,
        "probabilities": classifier.predict_proba(TEXTS).tolist(),
        "attention": classifier.attention(TEXTS[2]),
    }
    text = json.dumps(expected, indent=1) + "\n"
    (FOLDER / "text-classifier-1.0.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make()
