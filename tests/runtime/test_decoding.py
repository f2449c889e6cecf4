"""Greedy and beam search against a slow, obvious decoder."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from translation_networks import SOURCES, drawn_weights, random_rows

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.runtime import TranslatorSpecification
from recurra.runtime._largest import largest
from recurra.runtime._translation_network import (
    Memory,
    TranslationNetwork,
    log_softmax,
    translator_shapes,
)
from recurra.runtime.decoding import DecodingOptions, decode

BOS, EOS = 2, 3


class Expected(NamedTuple):
    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool


def slow_decode(logs_after, options):
    """Search for one sentence; `logs_after(tokens)` gives the next token's log-probabilities."""
    alive, found = [((), 0.0)], []
    for _ in range(options.max_length):
        extensions = []
        for rank, (tokens, total) in enumerate(alive):
            for token, log in enumerate(logs_after((BOS, *tokens))):
                if token >= EOS and math.isfinite(log):
                    extensions.append((-(total + float(log)), rank, token, tokens))
        extensions.sort(key=lambda extension: extension[:3])
        found += [
            (t, -cost, True) for cost, _, token, t in extensions[: options.beam] if token == EOS
        ]
        going_on = [((*t, token), -cost) for cost, _, token, t in extensions if token != EOS]
        alive = going_on[: options.beam]
        if len(found) >= options.beam:
            alive = []
            break
    found += [(tokens, total, False) for tokens, total in alive]
    return sorted(
        (Expected(t, p, p / penalty(len(t) + ended, options), ended) for t, p, ended in found),
        key=lambda one: (not one.ended, -one.score),
    )[: options.n_best]


def penalty(length, options):
    return ((5 + length) / 6) ** options.length_penalty


class Automaton:
    """A network without arithmetic: each token leads to another state, each state has a row.

    Log-probabilities are multiples of a half: sums are exact, and ties are everywhere.
    """

    def __init__(self, seed, vocabulary, states=7, impossible=0.2, easy_end=0):
        generator = np.random.default_rng(seed)
        self.logs = -generator.integers(1, 5, (states, vocabulary)).astype(np.float32) / 2
        self.logs[generator.random(self.logs.shape) < impossible] = -np.inf
        self.logs[:, EOS] = np.maximum(self.logs[:, EOS], -6) + easy_end
        self.next = generator.integers(0, states, (states, vocabulary))
        self.rows = []

    def memory(self, starts):
        starts = np.asarray(starts)
        mask = np.ones((len(starts), 3), bool)
        return Memory(mask, (starts[:, None],), starts[:, None], None, None)

    def step(self, tokens, states, memory):
        assert len(tokens) == len(memory.mask)
        self.rows.append(tokens.size)
        state = self.next[states[0][..., 0], tokens]
        attention = np.stack([state, tokens, tokens + state], axis=-1).astype(np.float32)
        return self.logs[state], (state[..., None],), attention

    def logs_after(self, start):
        def logs(tokens):
            state = start
            for token in tokens:
                state = self.next[state, token]
            return self.logs[state]

        return logs


def assert_same(found, expected):
    assert [tuple(h.tokens.tolist()) for h in found] == [e.tokens for e in expected]
    assert [h.ended for h in found] == [e.ended for e in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.log_probability == pytest.approx(other.log_probability, abs=1e-4)
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.tokens.dtype == np.int32


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 10**6),
    vocabulary=st.integers(5, 12),
    starts=st.lists(st.integers(0, 6), max_size=5),
    beam=st.integers(1, 5),
    alpha=st.sampled_from([0, 0.6, 1.0, 2.0]),
    max_length=st.integers(1, 7),
    easy_end=st.sampled_from([0, 1.5]),
)
def test_search_equals_the_slow_decoder(
    seed, vocabulary, starts, beam, alpha, max_length, easy_end
):
    options = DecodingOptions(beam, alpha, beam, max_length)
    automaton = Automaton(seed, vocabulary, easy_end=easy_end)
    found = decode(automaton.step, automaton.memory(starts), options)
    assert len(found) == len(starts)
    for start, hypotheses in zip(starts, found, strict=True):
        assert_same(hypotheses, slow_decode(automaton.logs_after(start), options))


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    cell=st.sampled_from(["rnn", "lstm", "gru"]),
    attention=st.sampled_from(["additive", "dot", "none"]),
    beam=st.sampled_from([1, 2, 4]),
    layers=st.integers(1, 2),
)
def test_search_with_networks_equals_the_slow_decoder(seed, cell, attention, beam, layers):
    """The slow decoder reads every prefix from its start and one sentence at a time."""
    spec = TranslatorSpecification(
        SOURCES, 9, 4, cell=cell, units=5, attention=attention, decoder_layers=layers
    )
    network = TranslationNetwork(spec, drawn_weights(translator_shapes(spec), seed))
    options = DecodingOptions(beam, 0.7, beam, 6)
    source = random_rows([4, 1, 3], SOURCES, seed)
    for row, hypotheses in zip(
        source, decode(network.step, network.encode(source), options), strict=True
    ):
        alone = row[row > 0][None]
        expected = slow_decode(
            lambda tokens, alone=alone: log_softmax(network.full(alone, np.array([tokens])))[0, -1],
            options,
        )
        assert_same(hypotheses, expected)


def test_greedy_takes_the_most_probable_token_at_every_step():
    automaton = Automaton(3, 9, easy_end=1.5)
    found = decode(automaton.step, automaton.memory(range(7)), DecodingOptions(max_length=9))
    for start, (hypothesis,) in enumerate(found):
        tokens, logs_after = [BOS], automaton.logs_after(start)
        while len(tokens) < 10:
            tokens.append(EOS + int(logs_after(tokens)[EOS:].argmax()))
            if tokens[-1] == EOS:
                break
        assert hypothesis.tokens.tolist() == [t for t in tokens[1:] if t != EOS]
        assert hypothesis.ended == (tokens[-1] == EOS)
    assert len({h.ended for (h,) in found}) == 2


def test_sentences_that_are_done_leave_the_batch():
    automaton = Automaton(3, 9, easy_end=1.5)
    decode(automaton.step, automaton.memory(range(7)), DecodingOptions(max_length=9))
    assert automaton.rows[0] == 7
    assert automaton.rows == sorted(automaton.rows, reverse=True)
    assert automaton.rows[-1] < 7


def test_a_sentence_does_not_depend_on_its_batch():
    automaton = Automaton(5, 12, easy_end=1.5)
    options = DecodingOptions(3, n_best=3, max_length=8)
    together = decode(automaton.step, automaton.memory(range(7)), options)
    for start in range(7):
        (alone,) = decode(automaton.step, automaton.memory([start]), options)
        assert [h.tokens.tolist() for h in alone] == [h.tokens.tolist() for h in together[start]]


def test_special_tokens_are_never_written():
    automaton = Automaton(1, 8, impossible=0)
    automaton.logs[:, :3] = 0
    found = decode(automaton.step, automaton.memory([0, 1]), DecodingOptions(4, n_best=4))
    assert found[0]
    assert all((h.tokens > EOS).all() for hypotheses in found for h in hypotheses)


def test_attention_follows_its_hypothesis():
    """Row by row it is what the automaton saw on the way, whichever hypotheses were dropped."""
    automaton = Automaton(8, 9, impossible=0)
    options = DecodingOptions(4, n_best=4, max_length=6)
    found = decode(automaton.step, automaton.memory(range(5)), options, attention=True)
    ends = set()
    for start, hypotheses in enumerate(found):
        for one in hypotheses:
            state, seen = start, []
            tokens = [BOS, *one.tokens.tolist()]
            for token in tokens if one.ended else tokens[:-1]:
                state = automaton.next[state, token]
                seen.append([state, token, token + state])
            np.testing.assert_array_equal(one.attention, seen)
            ends.add(one.ended)
    assert ends == {True, False}
    assert decode(automaton.step, automaton.memory([0]), options)[0][0].attention is None


def test_a_wider_beam_finds_what_greedy_search_misses():
    logs = np.full((4, 6), -np.inf, np.float32)
    logs[0, [4, 5]] = np.log([0.6, 0.4])
    logs[1, [EOS, 4]] = np.log([0.3, 0.7])
    logs[2, EOS] = 0
    logs[3, EOS] = math.log(0.1)
    automaton = Automaton(0, 6)
    automaton.logs = logs
    automaton.next = np.full((4, 6), 3)
    automaton.next[0, BOS], automaton.next[0, 4], automaton.next[0, 5] = 0, 1, 2
    greedy, wide = (
        decode(automaton.step, automaton.memory([0]), DecodingOptions(beam, 0))[0][0]
        for beam in (1, 2)
    )
    assert greedy.tokens.tolist() == [4, 4]
    assert wide.tokens.tolist() == [5]
    assert wide.log_probability == pytest.approx(math.log(0.4))


def test_a_greater_length_penalty_favours_longer_ones():
    short, long = (math.log(0.3), 1), (math.log(0.2), 5)
    assert DecodingOptions(length_penalty=0).score(*short) > DecodingOptions(
        length_penalty=0
    ).score(*long)
    assert DecodingOptions(length_penalty=1).score(*short) < DecodingOptions(
        length_penalty=1
    ).score(*long)
    assert DecodingOptions(length_penalty=0.5).score(-2.0, 7) == pytest.approx(-2 / math.sqrt(2))


@settings(deadline=None)
@given(
    values=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=90),
        elements=st.sampled_from([-np.inf, -2, -1, -0.5, 0, 3]),
    ),
    share=st.floats(0, 1),
)
def test_largest_are_the_first_of_a_stable_sort(values, share):
    count = 1 + int(share * (values.shape[1] - 1))
    found, places = largest(values, count)
    expected = np.argsort(-values, axis=1, kind="stable")[:, :count]
    np.testing.assert_array_equal(places, expected)
    np.testing.assert_array_equal(found, np.take_along_axis(values, expected, axis=1))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("beam", 0, "beam must be an integer from 1 to 1024, not 0"),
        ("beam", 1.5, "beam must be an integer"),
        ("n_best", 2, "n_best is 2, but a beam of 1 keeps no more than 1; use a beam of 2 or more"),
        ("max_length", 0, "max_length must be an integer from 1"),
        ("length_penalty", -0.1, "length_penalty must be a number from 0 to 10, not -0.1"),
        ("length_penalty", math.nan, "length_penalty must be a number from 0 to 10, not nan"),
        ("length_penalty", "1", "length_penalty must be a number from 0 to 10, not '1'"),
    ],
)
def test_options_out_of_range_are_refused(field, value, message):
    with pytest.raises(UsageError, match=message) as error:
        DecodingOptions(**{field: value})
    assert not isinstance(error.value, UnknownNameError)


def test_a_network_without_numbers_is_refused():
    spec = TranslatorSpecification(SOURCES, 9, 4, units=5)
    weights = drawn_weights(translator_shapes(spec))
    weights["readout/bias"][2] = np.nan
    network = TranslationNetwork(spec, weights)
    memory = network.encode(random_rows([3], SOURCES))
    with pytest.raises(CorruptArtifactError, match="gives no numbers; its weights are damaged"):
        decode(network.step, memory, DecodingOptions(3))
