"""Sequences of numbers with labels: train, measure on machines never seen, answer while they come.

Usage: python examples/classify_series.py
"""

import numpy as np

import recurra
from recurra import SequenceClassifier

generator = np.random.default_rng(0)
STATES = {"calm": 0.2, "busy": 0.6, "faulty": 1.4}


def measure(state):
    """Return what two sensors say of a machine: a list of steps, of any length, with gaps."""
    steps = np.arange(generator.integers(30, 60))
    swing = np.sin(STATES[state] * steps + generator.uniform(0, 6))
    values = np.stack([swing, generator.normal(size=len(steps))], axis=1)
    values += generator.normal(scale=0.2, size=values.shape)
    values[generator.random(len(steps)) < 0.05] = np.nan  # masked, filled, and the network told
    return values


machines = [f"machine {number % 12}" for number in range(240)]
labels = [list(STATES)[number % 3] for number in range(240)]
sequences = [measure(state) for state in labels]

seen = [machine not in ("machine 3", "machine 7", "machine 8") for machine in machines]
train, test = np.flatnonzero(seen), np.flatnonzero(~np.array(seen))
# One direction, since the answers at the end come before a sequence is over.
classifier = SequenceClassifier("gru", units=24, bidirectional=False, epochs=30, seed=1)
classifier.fit([sequences[k] for k in train], [labels[k] for k in train])
figures = classifier.evaluate([sequences[k] for k in test], [labels[k] for k in test])
print(f"accuracy on three machines never seen: {figures['accuracy']:.2f}")
classifier.save("machines.recurra")

predictor = recurra.load_predictor("machines.recurra")  # NumPy alone: no Keras, no JAX
stream = predictor.stream()
for chunk in np.array_split(np.nan_to_num(measure("faulty")), 5):
    stream.push(chunk)
    answer = stream.answer()
    print(f"after {stream.steps} steps: {answer.label} ({answer.probability:.0%})")
