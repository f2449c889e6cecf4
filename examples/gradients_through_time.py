"""Gradients through time of SimpleRNN, LSTM and GRU side by side, before and after training.

Usage: python examples/gradients_through_time.py [FILE-OR-DATASET] [TEXT]
"""

import sys

import matplotlib.pyplot as plt

import recurra
from recurra import TextClassifier

source = sys.argv[1] if len(sys.argv) > 1 else "imdb"
text = sys.argv[2] if len(sys.argv) > 2 else "I had hoped for more . " * 20

figure, panels = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
panels[0].set(title="Fresh weights", xlabel="steps back", ylabel="norm, the last step is 1")
panels[1].set(title="Trained", xlabel="steps back")


def draw(panel, flow):
    """Draw one curve and print its half-life."""
    half = f"{flow.half_life:.1f} steps" if flow.half_life else "none"
    print(f"{flow.model}: half-life {half}, factor {flow.growth:.3f} a step")
    panel.semilogy(flow.norms / flow.norms[0], label=flow.model)


for cell in ("rnn", "lstm", "gru"):
    classifier = TextClassifier(cell=cell, level="word", seed=1).fit_source(source)
    trained, *fresh = recurra.inspect(classifier, text, what="flows").flows
    draw(panels[1], trained)
    draw(panels[0], next(flow for flow in fresh if flow.cell == cell))

for panel in panels:
    panel.legend()
figure.savefig("gradients.png", dpi=150)
