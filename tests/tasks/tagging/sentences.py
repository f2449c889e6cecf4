"""A made language: endings tell the tag, and a name's neighbour whether it goes on."""

from __future__ import annotations

import numpy as np

__all__ = ["made_sentences", "quick"]


def made_sentences(count: int, seed: int = 0, *, bio: bool = False):
    """Return sentences and tags: words in -a are nouns, in -o verbs, after `not` the opposite."""
    generator = np.random.default_rng(seed)
    X, y = [], []
    for _ in range(count):
        words, tags, turned = [], [], False
        for _ in range(int(generator.integers(2, 7))):
            stem = "".join(generator.choice(list("bdgkt"), 2))
            kind = generator.choice(["not", "a", "o"])
            words.append("not" if kind == "not" else stem + str(kind))
            noun = (kind == "a") != turned
            tags.append("NEG" if kind == "not" else "NOUN" if noun else "VERB")
            turned = kind == "not"
        X.append(words)
        y.append(_as_entities(tags) if bio else tags)
    return X, y


def _as_entities(tags):
    found = ["O" if tag == "VERB" else f"B-{tag}" for tag in tags]
    for i in range(1, len(found)):
        if found[i] == "B-NOUN" and found[i - 1][2:] == "NOUN":
            found[i] = "I-NOUN"
    return found


def quick(**options):
    """Return settings that learn it in seconds."""
    return {
        "units": 12, "embedding": 6, "character_embedding": 6, "character_units": 8,
        "batch_size": 16, "learning_rate": 0.02, "epochs": 8, "input_dropout": 0.0,
        "head_dropout": 0.0, "character_dropout": 0.0, "decay": "plateau", **options,
    }  # fmt: skip
