"""Sounds with labels: train, measure on devices never heard, answer while the sound comes.

Usage: python examples/classify_sounds.py [FOLDER PATTERN]

Without a folder it makes its own sounds: a bell, a siren and an engine of several devices.
"""

import sys

import numpy as np

import recurra
from recurra import AudioClassifier

RATE = 8000
generator = np.random.default_rng(0)


def record(sound, device):
    """Return samples from -1 to 1 of a sound, as one device makes it."""
    time = np.arange(int(RATE * generator.uniform(0.3, 0.6))) / RATE
    pitch = 1 + 0.03 * device
    if sound == "bell":
        wave = np.sin(2 * np.pi * 900 * pitch * time) * np.exp(-6 * time)
    elif sound == "siren":
        wave = np.sin(2 * np.pi * 500 * pitch * time + 60 * np.sin(2 * np.pi * 3 * time))
    else:
        wave = np.sign(np.sin(2 * np.pi * 90 * pitch * time))
    wave = 0.3 * wave + 0.02 * generator.standard_normal(len(time))
    return wave.astype(np.float32)


if len(sys.argv) == 3:
    folder, pattern = sys.argv[1:]
    classifier = AudioClassifier().fit_source(folder, pattern=pattern, split_by="speaker",
                                              test_share=0.25)  # fmt: skip
    print(f"accuracy on speakers never heard: {classifier.metrics_['accuracy']:.2f}")
    sys.exit()

clips = [(record(sound, device), sound, device) for _ in range(6) for device in range(5)
         for sound in ("bell", "siren", "engine")]  # fmt: skip
seen = [clip for clip in clips if clip[2] != 4]
unseen = [clip for clip in clips if clip[2] == 4]

classifier = AudioClassifier(bidirectional=False, units=16, layers=1, epochs=30, rate=RATE, seed=1)
classifier.fit([clip[0] for clip in seen], [clip[1] for clip in seen])
figures = classifier.evaluate([clip[0] for clip in unseen], [clip[1] for clip in unseen])
print(f"accuracy on a device never heard: {figures['accuracy']:.2f}")
classifier.save("sounds.recurra")

stream = recurra.load_predictor("sounds.recurra").stream()  # NumPy alone: no Keras, no JAX
for piece in np.array_split(record("siren", 4), 4):
    stream.push(piece)
    print(f"after {stream.seconds:.2f} s: {stream.answer().label}")
