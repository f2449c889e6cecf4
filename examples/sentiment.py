"""Sentiment of film reviews: train, measure, predict, save.

Usage: python examples/sentiment.py [FILE-OR-DATASET]
"""

import sys

from recurra import TextClassifier

source = sys.argv[1] if len(sys.argv) > 1 else "imdb"

classifier = TextClassifier(cell="gru", seed=1)
classifier.fit_source(source, test_share=0.2)  # the data's own test split comes first
print(f"accuracy on held-out texts: {classifier.metrics_['accuracy']:.3f}")

for text in ["The movie was not bad at all!", "A dull, endless mess."]:
    label, probability = classifier.predict([text])[0], classifier.predict_proba([text]).max()
    print(f"{label} ({probability:.0%}): {text}")

classifier.save("sentiment.recurra")  # preprocessing and network in one file
