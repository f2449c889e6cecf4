"""Decoding agrees with brute force over all alignments."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from alignments import random_frames, text_of, text_probabilities
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import ShapeError, UsageError
from recurra.runtime.speech import BeamDecoder, GreedyDecoder, log_likelihood
from recurra.runtime.speech.likelihood import fewest_steps, first_steps, log_likelihoods

seeds = st.integers(0, 10_000)
few = settings(max_examples=40, deadline=None)


@few
@given(seeds, st.integers(1, 5), st.integers(2, 4))
def test_likelihoods_are_sums_over_all_alignments(seed, frames, outputs):
    scores = random_frames(np.random.default_rng(seed), frames, outputs)
    expected = text_probabilities(scores)
    assert sum(expected.values()) == pytest.approx(1)
    for text, share in expected.items():
        assert np.exp(log_likelihood(scores, text)) == pytest.approx(share, rel=1e-9)


def test_a_text_longer_than_its_frames_is_impossible():
    scores = random_frames(np.random.default_rng(0), 2, 3)
    assert log_likelihood(scores, (1, 2, 1)) == -np.inf
    assert log_likelihood(scores, (1, 1)) == -np.inf  # a repetition needs a blank between


@few
@given(seeds, st.integers(1, 5), st.integers(2, 4))
def test_a_wide_beam_finds_every_text_and_its_probability(seed, frames, outputs):
    scores = random_frames(np.random.default_rng(seed), frames, outputs)
    expected = text_probabilities(scores)
    decoder = BeamDecoder(5000)
    decoder.push(scores)
    found = {h.symbols: np.exp(h.score) for h in decoder.hypotheses()}
    assert found == pytest.approx(expected, rel=1e-9)


@few
@given(seeds)
def test_a_length_bonus_is_added_for_every_symbol(seed):
    scores = random_frames(np.random.default_rng(seed), 4, 3)
    expected = {t: np.log(p) + 0.7 * len(t) for t, p in text_probabilities(scores).items()}
    decoder = BeamDecoder(500, length_bonus=0.7)
    decoder.push(scores)
    best = decoder.hypotheses()[0]
    assert best.symbols == max(expected, key=expected.get)
    assert best.score == pytest.approx(expected[best.symbols])


@few
@given(seeds, st.integers(1, 6))
def test_a_narrow_beam_never_overrates_a_text(seed, width):
    scores = random_frames(np.random.default_rng(seed), 6, 3)
    exact = text_probabilities(scores)
    decoder = BeamDecoder(width)
    decoder.push(scores)
    found = decoder.hypotheses()
    assert len(found) <= width
    assert all(np.exp(h.score) <= exact[h.symbols] * (1 + 1e-9) for h in found)
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)


def test_the_beam_finds_what_the_best_alignment_misses():
    # All blank is the best alignment (0.36), but symbol 1 has 0.64 over its three alignments.
    scores = np.log(np.array([[0.6, 0.4], [0.6, 0.4]]))
    greedy, beam = GreedyDecoder(), BeamDecoder(2)
    for decoder in (greedy, beam):
        decoder.push(scores)
    assert greedy.hypotheses()[0].symbols == ()
    assert beam.hypotheses()[0].symbols == (1,)
    assert np.exp(beam.hypotheses()[0].score) == pytest.approx(0.64)


@few
@given(seeds, st.integers(1, 12))
def test_greedy_takes_the_best_alignment(seed, frames):
    scores = random_frames(np.random.default_rng(seed), frames, 3)
    decoder = GreedyDecoder()
    decoder.push(scores)
    alignment = scores.argmax(axis=1)
    assert tuple(decoder.symbols) == text_of(alignment)
    assert [alignment[frame] for frame in decoder.frames] == decoder.symbols
    assert decoder.hypotheses()[0].score == pytest.approx(scores.max(axis=1).sum())


@few
@given(seeds, st.lists(st.integers(0, 4), max_size=6))
def test_frames_in_pieces_are_the_whole(seed, sizes):
    scores = random_frames(np.random.default_rng(seed), sum(sizes), 4)
    for make in (GreedyDecoder, lambda: BeamDecoder(3, length_bonus=0.3)):
        whole, pieces = make(), make()
        whole.push(scores)
        for part in np.split(scores, np.cumsum(sizes)[:-1] if sizes else []):
            pieces.push(part)
        assert [h.symbols for h in whole.hypotheses()] == [h.symbols for h in pieces.hypotheses()]
        scored = [[h.score for h in decoder.hypotheses()] for decoder in (whole, pieces)]
        assert scored[0] == pytest.approx(scored[1])


def test_certain_frames_leave_one_text():
    scores = np.log(np.eye(3)[[0, 1, 1, 0, 1, 2, 0]] + 1e-300)
    scores[scores < -600] = -np.inf
    decoder = BeamDecoder(4)
    decoder.push(scores)
    assert [h.symbols for h in decoder.hypotheses()] == [(1, 1, 2)]


@pytest.mark.parametrize("width", [0, -1, 1.5, True, "2"])
def test_a_beam_must_be_a_whole_number(width):
    with pytest.raises(UsageError, match="beam must be a whole number from 1 up"):
        BeamDecoder(width)


def test_other_shapes_and_bonuses_are_refused():
    with pytest.raises(UsageError, match="length bonus must be a finite number"):
        BeamDecoder(length_bonus=float("nan"))
    with pytest.raises(ShapeError, match=r"expected \(steps, outputs\)"):
        GreedyDecoder().push(np.zeros(3))


def test_likelihoods_of_a_batch_are_those_of_its_rows():
    generator = np.random.default_rng(4)
    texts, steps = [(1, 1), (), (3, 2, 1), (2,)], np.array([4, 1, 5, 3])
    scores = np.stack([random_frames(generator, 5, 4) for _ in texts])
    symbols = np.array([[*text, *[0] * (3 - len(text))] for text in texts])
    together = log_likelihoods(scores, steps, symbols, np.array([len(text) for text in texts]))
    apart = [log_likelihood(s[:n], t) for s, n, t in zip(scores, steps, texts, strict=True)]
    np.testing.assert_allclose(together, apart)


@few
@given(seeds, st.sampled_from([(1, 2), (1, 1), (2,), (), (1, 2, 1)]))
def test_symbols_begin_where_the_best_alignment_of_the_text_has_them(seed, text):
    scores = random_frames(np.random.default_rng(seed), 5, 3)
    alignments = [a for a in product(range(3), repeat=5) if text_of(a) == text]
    best = max(alignments, key=lambda a: scores[np.arange(5), a].sum())
    changes = [t for t in range(5) if best[t] and (t == 0 or best[t] != best[t - 1])]
    assert list(first_steps(scores, text)) == changes


@pytest.mark.parametrize(("text", "steps"), [((), 0), ((1,), 1), ((1, 2), 2), ((1, 1, 1), 5)])
def test_equal_neighbours_need_a_blank_between(text, steps):
    assert fewest_steps(text) == steps
