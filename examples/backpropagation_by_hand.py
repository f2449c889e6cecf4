"""Backpropagation through time of a trained SimpleRNN in three lines, beside what inspect shows.

Usage: python examples/backpropagation_by_hand.py [MODEL.recurra] [TEXT]
"""

import sys

import numpy as np

import recurra
from recurra import TextClassifier

if len(sys.argv) > 1:
    model = TextClassifier.load(sys.argv[1])
else:
    model = TextClassifier(cell="rnn", seed=1).fit_source("names")
text = sys.argv[2] if len(sys.argv) > 2 else "Papadopoulos"

trace = recurra.inspect(model, text, what=("states", "gradients"))
layer = trace.layers[0]  # of one SimpleRNN with tanh that reads the text once
recurrent = model.model_.get_layer(layer.name).cell.recurrent_kernel.numpy()  # U, (units, units)

gradient = layer.hidden_gradient[-1]  # dL/dh at the last step: all that the loss asks for
print("word, gradient by hand, by inspect")
for step in range(len(trace.labels) - 1, 0, -1):
    before_tanh = gradient * (1 - layer.hidden[step] ** 2)  # through tanh: 1 - tanh(a)²
    gradient = before_tanh @ recurrent.T  # through h(t-1) U: one step back in time
    shown = layer.hidden_gradient[step - 1]
    assert np.allclose(gradient, shown, rtol=1e-3, atol=1e-6)
    norms = f"{np.linalg.norm(gradient):.4f}  {np.linalg.norm(shown):.4f}"
    print(f"{trace.labels[step - 1]:>12}  {norms}")
