"""Training batches: full-size always, every row counted once, fillers without weight."""

from __future__ import annotations

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.models import build_classifier, named_weights
from recurra.runtime import ClassifierSpecification
from recurra.sequences import UNK_ID, EncodedTextsWriter, NgramVocabulary
from recurra.tasks._text_batches import TextBatches, TextInputs, choose_boundaries
from recurra.tasks._text_training import predict_rows

PROPERTY = {"max_examples": 60, "deadline": None, "derandomize": True, "database": None}
LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=60)


def inputs_of(lengths: list[int], seed: int = 0, ngrams: bool = False) -> TextInputs:
    """Encode row `k` as tokens that begin with `k + 2`, so that rows can be told apart."""
    generator = np.random.default_rng(seed)
    with EncodedTextsWriter(None, np.dtype(np.uint16)) as writer:
        rows = [
            np.concatenate([[row + 2], generator.integers(2, 99, n - 1)]).astype(np.int32)
            for row, n in enumerate(lengths)
        ]
        writer.append(rows)
        encoded = writer.close()
    vocabulary = None
    if ngrams:
        indices = np.arange(len(lengths))
        vocabulary = NgramVocabulary.fit(
            encoded, indices, vocabulary_size=120, orders=(2,), minimum_count=1, maximum=99
        )
    return TextInputs(encoded, choose_boundaries(encoded.lengths), vocabulary)


@settings(**PROPERTY)
@given(LENGTHS, st.integers(1, 9), st.integers(0, 5), st.data())
def test_every_row_counts_exactly_once_in_an_epoch(lengths, batch_size, epoch, data):
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, len(lengths) - 1), min_size=1))))
    codes = (np.arange(len(lengths)) % 3).astype(np.int32)
    inputs = inputs_of(lengths)
    batches = TextBatches(inputs, rows, codes, batch_size=batch_size, seed=1)
    batches.start_epoch(epoch)
    counted = np.zeros(len(lengths))
    assert len(batches) == batches.num_batches == -(-len(rows) // min(batch_size, len(rows)))
    for k in range(len(batches)):
        ids, labels, weights = batches[k]
        assert len(ids) == len(labels) == len(weights) == min(batch_size, len(rows))
        assert set(np.unique(weights)) <= {0.0, 1.0}
        numbers = ids[:, 0] - 2
        np.testing.assert_array_equal(labels, codes[numbers])
        np.testing.assert_array_equal((ids > 0).sum(axis=1), inputs.encoded.lengths[numbers])
        np.add.at(counted, numbers, weights)
    assert (counted[rows] == 1).all()
    assert counted.sum() == len(rows)


def test_epochs_differ_and_repeat_by_their_number():
    def order(seed: int, epoch: int) -> list[int]:
        inputs, rows = inputs_of([3] * 30), np.arange(30)
        batches = TextBatches(
            inputs, rows, np.zeros(30, np.int32), batch_size=8, seed=seed, word_dropout=0.3
        )
        batches.start_epoch(epoch)
        return np.concatenate([batches[k][0].ravel() for k in range(len(batches))]).tolist()

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_word_dropout_reads_tokens_as_unknown_and_leaves_padding():
    inputs, rows = inputs_of([12, 2] * 200), np.arange(400)
    codes = np.zeros(400, np.int32)
    plain = TextBatches(inputs, rows, codes, batch_size=50, seed=1)
    dropped = TextBatches(inputs, rows, codes, batch_size=50, seed=1, word_dropout=0.25)
    changed = tokens = 0
    for k in range(len(plain)):
        before, after = plain[k][0], dropped[k][0]
        assert (after[before == 0] == 0).all()
        assert (after[after != before] == UNK_ID).all()
        changed += int((after != before).sum())
        tokens += int((before != 0).sum())
    assert 0.2 < changed / tokens < 0.3


@settings(**PROPERTY)
@given(LENGTHS, st.integers(1, 9))
def test_batches_for_prediction_hold_every_row_once_and_are_full(lengths, batch_size):
    inputs, rows = inputs_of(lengths), np.arange(len(lengths))
    seen: list[int] = []
    for indices, ids in inputs.full_batches(rows, batch_size):
        assert len(ids) == min(batch_size, len(rows))
        np.testing.assert_array_equal(ids[: len(indices), 0] - 2, indices)
        seen.extend(indices.tolist())
    assert sorted(seen) == rows.tolist()


def test_n_grams_ride_along_and_read_what_word_dropout_left():
    inputs = inputs_of([4, 6, 3], ngrams=True)
    batches = TextBatches(inputs, np.arange(3), np.zeros(3, np.int32), batch_size=3, seed=0)
    (ids, ngrams), _, _ = batches[0]
    np.testing.assert_array_equal(ngrams, inputs.ngrams.transform(ids, unique=True))
    assert (ngrams > 0).any()


def test_a_row_longer_than_every_boundary_is_still_read():
    inputs = inputs_of([3, 3, 9])
    short = TextInputs(inputs.encoded, (4,), None)
    assert {batch.time for batch in short.plan(np.arange(3), 3)} == {9}
    assert choose_boundaries(np.zeros(0, np.int64)) == (1,)


def small_model() -> keras.Model:
    model = build_classifier(ClassifierSpecification(120, 3, embedding=3, cell="dense", units=(3,)))
    model.compile(
        optimizer=keras.optimizers.SGD(0.5),
        loss=keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"),
        weighted_metrics=["accuracy"],
    )
    return model


def test_fillers_change_neither_loss_nor_gradient():
    inputs, codes = inputs_of([4] * 11), np.arange(11).astype(np.int32) % 3
    batches = TextBatches(inputs, np.arange(11), codes, batch_size=8, seed=2)
    partial = next(b for b in (batches[k] for k in range(2)) if b[2].sum() < 8)
    real = int(partial[2].sum())
    assert real == 3
    filled, bare = small_model(), small_model()
    loss = filled.train_on_batch(*partial, return_dict=True)
    wanted = bare.train_on_batch(partial[0][:real], partial[1][:real], return_dict=True)
    np.testing.assert_allclose(loss["loss"], wanted["loss"], rtol=1e-6)
    np.testing.assert_allclose(loss["accuracy"], wanted["accuracy"], rtol=1e-6)
    theirs = named_weights(bare)
    for name, values in named_weights(filled).items():
        np.testing.assert_allclose(values, theirs[name], rtol=0, atol=1e-6)


def test_predictions_come_back_in_the_order_that_was_asked_for():
    inputs, model = inputs_of([4, 7, 2, 7, 5, 1, 3]), small_model()
    rows = np.array([5, 0, 3])
    found = predict_rows(model, inputs, rows)
    everything = predict_rows(model, inputs, np.arange(7))
    np.testing.assert_allclose(found, everything[rows], rtol=0, atol=1e-6)
    assert predict_rows(model, inputs, np.zeros(0, np.int64)).shape == (0, 3)


def test_few_padded_lengths_do_where_padding_is_skipped(monkeypatch):
    lengths = np.repeat([5, 10, 20, 40], [1, 1, 2, 60]).astype(np.int64)
    scattered = np.repeat([1, 40], [60, 6]).astype(np.int64)
    monkeypatch.setattr("recurra.tasks._inputs.runs_native", lambda kernels: kernels == "auto")
    assert choose_boundaries(lengths) == (40,)
    assert len(choose_boundaries(lengths, "keras")) == 2
    assert choose_boundaries(scattered) == (1, 40)
