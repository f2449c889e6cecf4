"""Writing, streaming, scoring and measuring with a language model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from generators import TEXTS, fitted_tokenizer, greedy_reference, tiny_generator
from hypothesis import given, settings
from hypothesis import strategies as st
from language_networks import language_weights

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UsageError
from recurra.runtime import GeneratorPredictor, LanguageModelSpecification, SamplingOptions, choose
from recurra.runtime._language_network import LanguageNetwork
from recurra.runtime._measuring import _streams, token_log_probabilities
from recurra.sequences import EOS_ID, Tokenizer, TokenStream

GREEDY = SamplingOptions(0)
LEVELS = ("char", "word", "subword")
CHECK = settings(max_examples=25, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def predictor() -> GeneratorPredictor:
    return tiny_generator()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("prompt", ["", "the cat"])
def test_greedy_writing_equals_reading_all_again_for_each_token(cell, prompt):
    predictor = tiny_generator(cell=cell)
    (written,) = predictor.generate(prompt, length=40, options=GREEDY)
    text, log_probability = greedy_reference(predictor, prompt, 40)
    assert written.text == text
    assert written.log_probability == pytest.approx(log_probability, abs=1e-3)
    assert (written.finished, len(written.tokens)) == ("length", 40)
    assert "".join(written.tokens) == text


@pytest.mark.parametrize("prompt", ["the ", "a cat, a dog. " + TEXTS[0] * 2])
def test_sampled_writing_equals_a_plain_loop(predictor, prompt):
    options = SamplingOptions(0.8, top_k=9, top_p=0.95, repetition_penalty=1.3)
    ids, generator = [3, *predictor.tokenizer.encode(prompt).tolist()], np.random.default_rng(7)
    for _ in range(90):  # longer than the penalty looks back
        logits = predictor._network.run(np.array([ids]))[0][:, -1]
        logits[:, :3] = -np.inf
        ids += choose(logits, options, generator, np.array([ids[1:][-64:]])).tolist()
    (written,) = predictor.generate(prompt, length=90, options=options, seed=7)
    assert written.text == predictor.tokenizer.decode(ids[-90:])


def test_a_text_is_as_probable_as_its_score_says(predictor):
    (written,) = predictor.generate("", length=30, seed=2)
    assert predictor.score(written.text).nats == pytest.approx(-written.log_probability, abs=1e-3)


@CHECK
@given(
    level=st.sampled_from(LEVELS),
    stop=st.lists(st.text("theas. ä🙂", min_size=1, max_size=3), max_size=3),
    seed=st.integers(0, 1000),
)
def test_streamed_pieces_are_the_generated_text_and_end_at_a_stop(level, stop, seed):
    predictor = tiny_generator(level)
    whole = predictor.generate("the", length=40, seed=seed)[0]
    (written,) = predictor.generate("the", length=40, seed=seed, stop=stop)
    pieces, result = drained(predictor.stream("the", length=40, seed=seed, stop=stop))
    assert "".join(pieces) == written.text
    assert result == written
    assert all(pieces)
    assert not [text for text in stop if text in written.text]
    assert whole.text.startswith(written.text) or whole.text.endswith("\ufffd")
    found = [text for text in stop if text in whole.text]
    assert written.finished == ("stop" if found else "length")
    if not found:
        assert written == whole


def drained(stream):
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


def test_text_is_streamed_as_soon_as_it_is_certain(predictor):
    whole = predictor.generate(length=30, seed=1)[0].text
    pieces, _ = drained(predictor.stream(length=30, seed=1))
    assert pieces == list(whole)
    pieces, _ = drained(predictor.stream(length=30, seed=1, stop=whole[5:8] + "never"))
    assert pieces[5].startswith(whole[5:8])  # held back until it was no stop


def test_the_first_of_several_stops_counts(predictor):
    whole = predictor.generate(length=30, seed=1)[0].text
    stops = [whole[20:23], whole[9:11]]
    first = min(whole.find(text) for text in stops)
    (written,) = predictor.generate(length=30, seed=1, stop=stops)
    assert written.text == whole[:first]
    assert predictor.generate(length=30, seed=1, stop=whole[9:11])[0].finished == "stop"


def test_the_seed_fixes_the_texts_and_the_texts_of_one_call_differ(predictor):
    first, again, other = (
        [text.text for text in predictor.generate("a", length=30, seed=seed, count=3)]
        for seed in (5, 5, 6)
    )
    assert first == again
    assert len({*first, *other}) == 6


def test_one_text_of_several_may_end_before_the_others():
    predictor = tiny_generator(favour={EOS_ID: 3.0})
    written = predictor.generate(length=30, seed=3, count=8)
    assert {text.finished for text in written} == {"end", "length"}
    for text in written:
        assert (len(text.tokens) == 30) == (text.finished == "length")
        assert len(text.text) == len(text.tokens)


@pytest.mark.parametrize(("documents", "opening"), [(1, "\n"), (2, "")])
def test_without_a_prompt_a_line_of_a_single_document_begins(predictor, documents, opening):
    predictor.manifest["data"] = {"documents": documents}
    found = predictor.generate(length=12, seed=3)
    predictor.manifest.clear()
    assert found == predictor.generate(opening, length=12, seed=3)


def test_without_a_prompt_an_end_of_line_that_is_not_known_is_not_read():
    tokenizer = Tokenizer().fit(["one line"])
    specification = LanguageModelSpecification(tokenizer.vocabulary_size, 3, "gru", (4,))
    weights = language_weights(specification)
    many = GeneratorPredictor(tokenizer, specification, weights)
    one = GeneratorPredictor(tokenizer, specification, weights, {"data": {"documents": 1}})
    assert one.generate(length=12, seed=3) == many.generate(length=12, seed=3)


def test_a_model_ends_its_text():
    (written,) = tiny_generator(favour={EOS_ID: 99.0}).generate("the", options=GREEDY)
    assert (written.text, written.finished, written.tokens) == ("", "end", ())
    assert written.log_probability == pytest.approx(0, abs=1e-4)


def test_padding_unknown_and_begin_are_never_written():
    predictor = tiny_generator(favour=dict.fromkeys((0, 1, 2), 50.0))
    (written,) = predictor.generate(length=200)
    assert len(written.text) == 200
    assert not {"\ufffd", "[UNK]", "[PAD]", "[BOS]"} & set(written.tokens)
    assert written.log_probability < -200 * 40  # by the model itself they were improbable


def test_prompts_with_unknown_characters_are_read_and_reported(predictor):
    assert predictor.unknown("the ßat ßÆ") == ["ß", "Æ"]
    assert predictor.unknown("the cat") == []
    (written,) = predictor.generate("the ßat ßÆ", length=9)
    assert len(written.text) == 9


def test_nothing_is_written_where_no_length_is_given(predictor):
    (written,) = predictor.generate("the", length=0)
    assert (written.text, written.finished, written.log_probability) == ("", "length", 0.0)
    assert list(predictor.stream(length=0)) == []


def test_a_token_costs_one_step_whatever_came_before(predictor, monkeypatch):
    """After the prompt nothing is read again: only steps of one token remain."""
    stream = predictor.stream("the cat", length=500)
    next(stream)

    def refuse(*_arguments):
        raise AssertionError("a whole sequence was read")

    monkeypatch.setattr(LanguageNetwork, "outputs", refuse)
    assert len("".join(stream)) == 499


def test_long_prompts_are_read_in_pieces(predictor, monkeypatch):
    prompt = "the cat sat " * 30
    whole = predictor.generate(prompt, length=20, options=GREEDY)
    monkeypatch.setattr("recurra.runtime.generator._PROMPT_PIECE", 7)
    assert predictor.generate(prompt, length=20, options=GREEDY)[0].text == whole[0].text


@pytest.mark.parametrize("scale", [1e4, 1e30])
@pytest.mark.parametrize("temperature", [0, 1e-12, 1e-5, 1.0, 1e300])
def test_extreme_weights_and_temperatures_still_write(scale, temperature):
    good = tiny_generator()
    weights = {k: v * np.float32(scale) for k, v in good._network._weights.items()}
    with np.errstate(all="ignore"):
        predictor = GeneratorPredictor(good.tokenizer, good.specification, weights)
        (written,) = predictor.generate("t", length=20, options=SamplingOptions(temperature))
    assert len(written.tokens) <= 20


def test_weights_that_are_no_numbers_are_reported():
    good = tiny_generator()
    weights = {k: np.full_like(v, np.nan) for k, v in good._network._weights.items()}
    predictor = GeneratorPredictor(good.tokenizer, good.specification, weights)
    with pytest.raises(DataError, match="gives no finite score; its weights cannot be used"):
        predictor.generate("t")


def plain_log_probabilities(predictor, ids):
    logits = predictor._network.run(np.array([[EOS_ID, *ids]]))[0][0].astype(np.float64)
    return [row[i] - np.log(np.exp(row).sum()) for row, i in zip(logits, ids, strict=False)]


@pytest.mark.parametrize("level", LEVELS)
def test_scores_are_the_log_probabilities_of_the_tokens(level, monkeypatch):
    predictor, text = tiny_generator(level), TEXTS[0] * 3
    ids = predictor.tokenizer.encode(text)
    expected = plain_log_probabilities(predictor, ids)
    for longest in (256, 5):
        monkeypatch.setattr("recurra.runtime._measuring._LONGEST_PIECE", longest)
        score = predictor.score(text)
        np.testing.assert_allclose(score.log_probabilities, expected, rtol=0, atol=1e-4)
    assert "".join(score.tokens) == text
    assert score.nats == pytest.approx(-sum(expected), abs=1e-3)
    assert score.characters == len(text)
    assert score.bits_per_character == pytest.approx(score.nats / np.log(2) / len(text))
    assert score.perplexity == pytest.approx(np.exp(score.nats / len(ids)))


def test_unknown_characters_are_scored_as_the_unknown_token(predictor):
    assert predictor.score("aßa").tokens == ("a", "[UNK]", "a")


@pytest.mark.parametrize("level", LEVELS)
def test_a_short_text_is_measured_exactly(level):
    predictor, text = tiny_generator(level), TEXTS[1] * 5
    ids = predictor.tokenizer.encode(text)
    expected = plain_log_probabilities(predictor, ids)
    for source in (TokenStream(ids.astype(np.uint16), len(text), 0), ids):
        measured = predictor.measure(source)
        assert measured["tokens"] == len(ids)
        assert measured["characters"] == len(text)
        assert measured["nats_per_token"] == pytest.approx(-np.mean(expected), abs=1e-5)
        assert measured["perplexity"] == pytest.approx(np.exp(-np.mean(expected)), rel=1e-4)
        bits = -sum(expected) / np.log(2) / len(text)
        assert measured["bits_per_character"] == pytest.approx(bits, rel=1e-5)
    logits = predictor._network.run(np.array([[EOS_ID, *ids]]))[0][0, :-1]
    assert measured["accuracy"] == pytest.approx((logits.argmax(axis=1) == ids).mean())


def test_a_long_text_is_measured_in_streams_of_which_each_is_warmed_up(predictor):
    ids = np.random.default_rng(0).integers(4, 24, 20_001).astype(np.uint8)
    assert len(_streams(len(ids))[0]) == 7
    exact = -token_log_probabilities(predictor._network, ids).mean()
    measured = predictor.measure(ids)
    assert measured["nats_per_token"] == pytest.approx(exact, abs=1e-4)
    cold = -np.concatenate(
        [token_log_probabilities(predictor._network, part) for part in np.array_split(ids, 2000)]
    ).mean()
    assert abs(cold - exact) > 1e-3  # what the warm-up spares


@CHECK
@given(total=st.integers(1, 200_000))
def test_every_token_is_counted_once_and_after_its_warm_up(total):
    starts, counted, length = _streams(total)
    assert starts[0] == counted[0] == 0
    assert starts[-1] + length == total
    ends = starts + length
    np.testing.assert_array_equal(counted[1:], ends[:-1])
    assert (counted[1:] - starts[1:] >= 256).all()
    assert (ends > counted).all()


def test_unknown_tokens_are_counted(predictor):
    assert predictor.measure(np.array([5, 1, 6, 1]))["unknown"] == 2
    assert predictor.measure(np.array([3, 3]))["bits_per_character"] is None


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: p.generate(None), DataError, "of type NoneType, expected a string"),
        (lambda p: p.generate(length=-1), UsageError, "length must be a whole number from 0 up"),
        (lambda p: p.generate(length=2.5), UsageError, "length must be a whole number from 0 up"),
        (lambda p: p.generate(count=0), UsageError, "count must be a whole number from 1 to 10000"),
        (
            lambda p: p.generate(seed=-4),
            UsageError,
            "seed must be a whole number from 0 up, not -4",
        ),
        (lambda p: p.generate(stop=["a", ""]), UsageError, "a stop string must be a text of at le"),
        (lambda p: p.stream(stop=[3]), UsageError, "a stop string must be a text of at least one"),
        (lambda p: p.score(""), DataError, "the text is empty: there is no token to score"),
        (lambda p: p.score(7), DataError, "of type int, expected a string"),
        (lambda p: p.measure(np.zeros(0, int)), DataError, "there are no tokens to measure"),
        (lambda p: p.measure(np.zeros((2, 2), int)), ShapeError, r"shape \(2, 2\), expected"),
        (lambda p: p.measure(np.array([4, 999])), DataError, "token ids"),
    ],
)
def test_wrong_arguments_are_named(predictor, call, error, message):
    with pytest.raises(error, match=message):
        call(predictor)


def test_parts_that_do_not_fit_are_refused():
    good = tiny_generator()
    weights, spec = good._network._weights, good.specification
    with pytest.raises(CorruptArtifactError, match="tokens, the network expects"):
        GeneratorPredictor(fitted_tokenizer("word"), spec, weights)
    rolls = LanguageModelSpecification(spec.vocabulary, inputs="rolls")
    with pytest.raises(CorruptArtifactError, match="the network reads rolls, not tokens"):
        GeneratorPredictor(good.tokenizer, rolls, weights)


def test_a_stream_that_nobody_reads_to_its_end_leaves_nothing_behind(predictor):
    assert len("".join(itertools.islice(predictor.stream(length=10**9), 30))) == 30
