"""Your own pairs: train on a file of two columns, measure, translate with the saved file alone.

Usage: python examples/translate_own_pairs.py
"""

import csv
from pathlib import Path

import recurra
from recurra import Translator

path = Path("numbers.csv")
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
ONES = [*ONES.split(), *(f"{word}teen" for word in ["fif", "six", "seven", "eigh", "nine"])]
TENS = [f"{word}ty" for word in ["twen", "thir", "for", "fif", "six", "seven", "eigh", "nine"]]


def in_words(number):
    if number < 20:
        return ONES[number]
    if number < 100:
        rest = f"-{ONES[number % 10]}" if number % 10 else ""
        return TENS[number // 10 - 2] + rest
    rest = f" {in_words(number % 100)}" if number % 100 else ""
    return f"{ONES[number // 100]} hundred{rest}"


with path.open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(["words", "digits"])
    writer.writerows((in_words(number), number) for number in range(1000))

translator = Translator(units=64, embedding=32, epochs=40, learning_rate=0.01, seed=1)
translator.fit_source(path, source_column="words", target_column="digits")
print(f"exact match on held-out pairs: {translator.metrics_['exact_match']:.2f}")
translator.save("numbers.recurra")

predictor = recurra.load_predictor("numbers.recurra")  # NumPy alone: no Keras, no JAX
for text in ("forty-two", "seven hundred eleven"):
    best = predictor.translate([text], beam=3)[0][0]
    print(f"{text} -> {best.text}")
