"""Which steps of a sequence decided? A classifier finds a dip, and integrated gradients show where.

Usage: python examples/inspect_series.py
"""

import numpy as np

import recurra
from recurra import SequenceClassifier
from recurra.report import write_inspection

generator = np.random.default_rng(0)
STEPS, WIDTH = 30, 4


def measure(place):
    """Return a noisy signal `(time, 1)`, with a dip at a place or, for `None`, without one."""
    values = generator.normal(scale=0.5, size=(STEPS, 1))
    if place is not None:
        values[place : place + WIDTH] -= 3
    return values


places = [int(generator.integers(STEPS - WIDTH)) if k % 2 else None for k in range(200)]
sequences = [measure(place) for place in places]
labels = ["sound" if place is None else "faulty" for place in places]
classifier = SequenceClassifier(cell="gru", units=16, epochs=20, seed=1).fit(sequences, labels)

trace = recurra.inspect(classifier, measure(12), target="faulty")
name, probability = trace.answer[0]
print(f"answer: {name} ({probability:.0%}); explained: {trace.explained}")
decided = trace.attributions[0]
best = np.argsort(-decided.scores)[:WIDTH]
print(f"the dip is at steps 13 to {12 + WIDTH}")
print(f"steps that speak most for it: {', '.join(trace.labels[k] for k in sorted(best))}")
print(f"the scores sum to the difference within {decided.completeness_error:.2%}")
print(f"page: {write_inspection(trace, 'inspected-series')}")
