"""Stacked, bidirectional and attention models: plain Keras models, for your own training loop.

Token ids go in (0 is padding), class probabilities come out; padding never changes a result.
Import Recurra before Keras, or set KERAS_BACKEND=jax: Keras alone would look for TensorFlow.
"""

import numpy as np

from recurra.models import (
    attention_classifier,
    attention_weights_model,
    bidirectional_classifier,
    deep_classifier,
    stacked_classifier,
)
from recurra.sequences import TextEncoder, pad_sequences

texts = ["The movie was not bad", "The movie was bad", "not a bad film", "a bad film"] * 8
labels = np.array([1, 0, 1, 0] * 8)

encoder = TextEncoder(vocabulary=1000, max_length=20).fit(texts)
ids = pad_sequences(encoder.encode(texts))

models = {
    "stacked LSTM 32 -> 16": stacked_classifier(encoder.vocabulary_size, 2, units=(32, 16)),
    "bidirectional GRU": bidirectional_classifier(
        encoder.vocabulary_size, 2, cell="gru", units=(16,), recurrent_dropout=0.1
    ),
    "deep, normalised, dense head": deep_classifier(
        encoder.vocabulary_size, 2, units=(16, 16), head=(8,)
    ),
    "bidirectional LSTM with attention": attention_classifier(
        encoder.vocabulary_size, 2, units=(16,)
    ),
}

for name, model in models.items():
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(ids, labels, epochs=40, verbose=0)
    print(f"{name}: {model.count_params():,} parameters, {history.history['accuracy'][-1]:.2f}")

weights = attention_weights_model(models["bidirectional LSTM with attention"])(ids[:1])
for token, weight in zip(encoder.decode(ids[0]), np.asarray(weights)[0, :, 0], strict=False):
    print(f"{token:>8} {weight:.2f}")
