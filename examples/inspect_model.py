"""Look into a trained network while it reads one text: states, gates, memory, what decided.

Usage: python examples/inspect_model.py [FILE-OR-DATASET] [TEXT]
"""

import sys

import recurra
from recurra import TextClassifier

source = sys.argv[1] if len(sys.argv) > 1 else "names"
text = sys.argv[2] if len(sys.argv) > 2 else "Papadopoulos"

classifier = TextClassifier(cell="lstm", seed=1, watch_gradients=True).fit_source(source)
norms = classifier.history_["gradient_norm/recurrent_0/recurrent_kernel"]
print(f"gradient of the recurrent kernel: {norms[0]:.2g} in the first epoch, {norms[-1]:.2g} last")

trace = recurra.inspect(classifier, text)
name, probability = trace.answer[0]
print(f"answer: {name} ({probability:.0%})")

layer = trace.layers[0]  # every array has time first: layer.hidden is (time, units)
print(f"{layer.name}: states {layer.hidden.shape}, gates {', '.join(layer.gates)}")
for gate, share in layer.saturation().items():
    print(f"  {gate}: {share['low']:.0%} shut, {share['high']:.0%} open")

print(f"effective context: {trace.memory.effective_context:.0f} of {trace.memory.length} steps")
decided = trace.attributions[0]
print(f"{decided.method}, {trace.explained}, error of the sum {decided.completeness_error:.2%}:")
for label, score in zip(trace.labels, decided.scores, strict=True):
    print(f"  {label!r:>14} {score:+.3f}")

trace.save("inspected.trace")  # recurra.study.insight.Trace.load reads it again
