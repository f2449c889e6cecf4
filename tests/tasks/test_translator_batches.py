"""Batches of pairs, the loss over them, and the two passes of scheduled sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from recurra.models import build_translator, named_weights
from recurra.runtime import TranslatorSpecification
from recurra.sequences import BOS_ID, EOS_ID, EncodedTexts
from recurra.tasks._translation_batches import (
    EncodedPairs,
    PairBatches,
    choose_shapes,
    full_batches,
)
from recurra.tasks._translation_loss import ParallelSampling, SmoothedCrossEntropy

LENGTHS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=60)


def encoded(lengths, seed=0, vocabulary=20):
    generator = np.random.default_rng(seed)
    sources = [generator.integers(4, vocabulary, n) for n, _ in lengths]
    targets = [np.append(generator.integers(4, vocabulary, n), EOS_ID) for _, n in lengths]
    return EncodedPairs(EncodedTexts.from_sequences(sources), EncodedTexts.from_sequences(targets))


def batches_of(pairs, **options):
    options = {"batch_size": 8, "seed": 1, **options}
    batches = PairBatches(pairs, choose_shapes(pairs), **options)
    return [batches[index] for index in range(len(batches))]


@given(LENGTHS)
def test_an_epoch_holds_every_pair_once_and_every_end_is_learnt(lengths):
    pairs = encoded(lengths)
    seen = []
    for inputs, answers, weights in batches_of(pairs):
        counted = weights.any(axis=1)
        for source, answer in zip(inputs["source"][counted], answers[counted], strict=True):
            seen.append((*source[source != 0], -1, *answer[answer != 0]))
        assert ((answers == EOS_ID).sum(axis=1) == 1).all()
        assert (weights[counted][answers[counted] == EOS_ID] == 1).all()
    wanted = [(*pairs.sources[row], -1, *pairs.targets[row]) for row in range(len(lengths))]
    assert sorted(seen) == sorted(wanted)


@given(LENGTHS)
def test_the_decoder_reads_the_answers_one_step_late_and_padding_weighs_nothing(lengths):
    for inputs, answers, weights in batches_of(encoded(lengths)):
        target = inputs["target"]
        assert (target[:, 0] == BOS_ID).all()
        counted = answers != 0
        assert ((target != 0) == counted).all()
        late = counted[:, 1:]
        assert (target[:, 1:][late] == answers[:, :-1][late]).all()
        assert (weights[~counted] == 0).all()


@given(LENGTHS)
def test_shapes_are_few_and_hold_every_pair(lengths):
    pairs = encoded(lengths)
    shapes = choose_shapes(pairs)
    assert 1 <= len(shapes.shapes) <= 2
    found = {inputs["source"].shape + answers.shape for inputs, answers, _ in batches_of(pairs)}
    assert len(found) <= 2
    rows = [rows for rows, _, _ in full_batches(pairs, shapes, 8)]
    assert sorted(np.concatenate(rows)) == list(range(len(lengths)))


def test_targets_of_one_length_are_never_padded():
    """As with dates: what the sources need does not widen the targets."""
    pairs = encoded([(n, 10) for n in range(3, 40)])
    shapes = choose_shapes(pairs)
    assert {time for _, time in shapes.shapes.values()} == {11}
    plan = shapes.plan(pairs, 8)
    assert shapes.padding_share(pairs, plan) == 0


@given(LENGTHS, LENGTHS)
def test_pairs_of_any_lengths_can_be_measured_in_the_shapes_of_others(lengths, others):
    pairs = encoded(others)
    seen = []
    for rows, inputs, answers in full_batches(pairs, choose_shapes(encoded(lengths)), 4):
        assert len(answers) == min(4, len(others))
        for row, source, answer in zip(rows, inputs["source"], answers, strict=False):
            assert source[source != 0].tolist() == pairs.sources[row].tolist()
            assert answer[answer != 0].tolist() == pairs.targets[row].tolist()
            seen.append(row)
    assert sorted(seen) == list(range(len(others)))


def test_epochs_differ_and_are_functions_of_their_number():
    pairs = encoded([(5, 5)] * 40)
    one, two = (PairBatches(pairs, choose_shapes(pairs), batch_size=8, seed=3) for _ in range(2))
    one.start_epoch(4)
    assert not np.array_equal(one[0][1], two[0][1])
    two.start_epoch(4)
    for index in range(len(one)):
        for a, b in zip(one[index][1:], two[index][1:], strict=True):
            np.testing.assert_array_equal(a, b)


def test_scheduled_sampling_rises_from_none_and_spares_begin_and_padding():
    pairs = encoded([(n % 7 + 1, n % 9 + 1) for n in range(400)])
    batches = PairBatches(
        pairs, choose_shapes(pairs), batch_size=32, seed=0, scheduled_sampling=0.5
    )
    shares = []
    for epoch in (0, 2, 5, 9):
        batches.start_epoch(epoch)
        replaced = total = 0
        for index in range(len(batches)):
            inputs, _, _ = batches[index]
            assert not inputs["replaced"][:, 0].any()
            assert not inputs["replaced"][inputs["target"] == 0].any()
            replaced += inputs["replaced"].sum()
            total += (inputs["target"][:, 1:] != 0).sum()
        shares.append(replaced / total)
    assert shares[0] == 0
    assert shares[1:] == pytest.approx([0.2, 0.5, 0.5], abs=0.04)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_the_loss_is_the_cross_entropy_of_smoothed_labels(smoothing):
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(3, 4, 7)).astype(np.float32) * 3
    answers = generator.integers(0, 7, (3, 4))
    weights = np.array([[1, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]], dtype=np.float32)
    labels = (1 - smoothing) * np.eye(7)[answers] + smoothing / 7
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    wanted = (-(labels * logs).sum(-1) * weights).sum() / weights.sum()
    loss = SmoothedCrossEntropy(smoothing)
    assert float(loss(answers, logits, sample_weight=weights)) == pytest.approx(wanted, rel=1e-5)
    again = SmoothedCrossEntropy.from_config(loss.get_config())
    assert float(again(answers, logits, sample_weight=weights)) == pytest.approx(wanted, rel=1e-5)


class TestParallelSampling:
    def setup_method(self):
        spec = TranslatorSpecification(20, 20, embedding=8, units=8, attention="dot")
        self.model = build_translator(spec, seed=2)
        weights = [array * 3 for array in self.model.get_weights()]
        self.model.set_weights(weights)
        pairs = encoded([(5, 6), (4, 6), (6, 3)])
        inputs, _, _ = batches_of(pairs, scheduled_sampling=0.5)[0]
        self.inputs = {name: ops.convert_to_tensor(array) for name, array in inputs.items()}
        self.plain = {name: self.inputs[name] for name in ("source", "target")}

    def logits(self, replaced, training=True):
        sampled = ParallelSampling(self.model)
        inputs = {**self.inputs, "replaced": ops.convert_to_tensor(replaced)}
        return np.asarray(sampled(inputs, training=training))

    def test_nothing_replaced_is_teacher_forcing(self):
        none = np.zeros(self.inputs["target"].shape, bool)
        np.testing.assert_array_equal(self.logits(none), np.asarray(self.model(self.plain)))

    def test_marked_steps_read_the_most_probable_token_of_the_first_pass(self):
        target = np.asarray(self.inputs["target"]).copy()
        first = np.asarray(self.model(self.plain)).argmax(-1)
        marked = np.zeros(target.shape, bool)
        marked[:, 2] = target[:, 2] != 0
        target[marked] = first[:, 1][marked[:, 2]]
        assert (target != np.asarray(self.inputs["target"])).any()
        wanted = np.asarray(self.model({**self.plain, "target": ops.convert_to_tensor(target)}))
        np.testing.assert_array_equal(self.logits(marked), wanted)

    def test_outside_training_it_is_the_translator(self):
        every = np.ones(self.inputs["target"].shape, bool)
        wanted = np.asarray(self.model(self.plain))
        np.testing.assert_array_equal(self.logits(every, training=False), wanted)

    def test_its_weights_have_the_translators_names(self):
        sampled = named_weights(ParallelSampling(self.model))
        assert sampled.keys() == named_weights(self.model).keys()
