"""Dates in words and formats of many locales to ISO 8601, and what the network looked at.

Usage: python examples/translate_dates.py [EPOCHS]
"""

import sys

from recurra import Translator

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else None
translator = Translator(epochs=epochs, seed=1)
translator.fit_source("dates")  # made offline; split, tokenized by characters, measured
figures = translator.metrics_
print(f"exact match on {figures['rows']:,} held-out dates: {figures['exact_match']:.4f}")
for part in figures["by_length"]["bins"]:
    print(f"  {part['shortest']} to {part['longest']} characters: {part['exact_match']:.4f}")

text = "söndag 13 mars 1977"
print(f"{text} -> {translator.predict([text])[0]}")
matrix = translator.attention(text)
for row, token in enumerate(matrix.target_tokens):
    looked_at = matrix.source_tokens[int(matrix.weights[row].argmax())]
    print(f"  {token!r} looked most at {looked_at!r}")
translator.save("dates.recurra")
