"""Made-up speech: each word is a beep of its own pitch."""

from __future__ import annotations

import numpy as np

RATE = 4000
PITCHES = {"low": 300, "mid": 800, "high": 1600}


def beep(word, seconds=0.15):
    time = np.arange(round(seconds * RATE)) / RATE
    return 0.4 * np.sin(2 * np.pi * PITCHES[word] * time) * np.hanning(len(time))


def beeps(count, seed=0):
    """Return sounds, float32 `(time,)`, and their transcripts."""
    generator = np.random.default_rng(seed)
    sounds, transcripts = [], []
    for _ in range(count):
        words = generator.choice(list(PITCHES), generator.integers(1, 4))
        parts = []
        for word in words:
            parts += [np.zeros(generator.integers(100, 500)), beep(word)]
        sound = np.concatenate([*parts, np.zeros(200)])
        sound += 0.003 * generator.standard_normal(len(sound))
        sounds.append(sound.astype(np.float32))
        transcripts.append(" ".join(words))
    return sounds, transcripts
