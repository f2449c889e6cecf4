"""Your own CSV: name the columns, train on a file of any size, use the saved model without Keras.

Usage: python examples/own_csv.py
"""

import csv
from pathlib import Path

import recurra
from recurra import TextClassifier

path = Path("tickets.csv")
subjects = ["invoice", "refund", "payment", "login", "password", "screen"]
with path.open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "message", "team"])
    for number in range(240):
        subject = subjects[number % len(subjects)]
        team = "billing" if number % len(subjects) < 3 else "support"
        writer.writerow([number, f"Question {number} about my {subject}, please help", team])

classifier = TextClassifier(cell="lstm", units=16, epochs=6, learning_rate=0.01, seed=1)
classifier.fit_source(path, text="message", label="team", test_share=0.2)
print(f"accuracy on held-out rows: {classifier.metrics_['accuracy']:.2f}")
classifier.save("tickets.recurra")

predictor = recurra.load_predictor("tickets.recurra")  # NumPy alone: no Keras, no JAX
for answer in predictor.answer(["Where is my refund?", "I forgot my password"]):
    print(f"{answer.label} ({answer.probability:.0%})")
