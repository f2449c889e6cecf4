from __future__ import annotations

from typing import Any

import pytest

from recurra.errors import UsageError
from recurra.study.summary import summarise
from recurra.study.verdict import Verdict, verdict

NAMES = {"linear": "Linear", "dense": "Dense", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def judged(shuffled: dict[str, float] | None = None, **accuracies: Any) -> Verdict:
    """The verdict on 1000 test rows; a tuple of accuracies stands for repeats."""
    records = []
    for model, values in accuracies.items():
        for repeat, value in enumerate(values if isinstance(values, tuple) else (values,)):
            records.append(
                {
                    "model": model,
                    "name": NAMES[model],
                    "repeat": repeat,
                    "accuracy": value,
                    "accuracy_shuffled": (shuffled or {}).get(model),
                    "data": {"rows": {"test": 1000}},
                }
            )
    return verdict(summarise(records))


def plain(sentences: str | tuple[str, ...]) -> str:
    joined = sentences if isinstance(sentences, str) else " ".join(sentences)
    return joined.replace("\u00a0", " ")


def test_clear_leader_leads() -> None:
    assert plain(judged(lstm=0.9, rnn=0.8).headline) == (
        "LSTM leads with 90.0 % accuracy (95 % interval 88.0 to 91.7 %); its interval overlaps no "
        "other, the next is SimpleRNN at 80.0 %."
    )


def test_overlapping_models_are_not_ranked() -> None:
    one = plain(judged(gru=0.90, lstm=0.89, rnn=0.7).headline)
    assert one.endswith("its interval overlaps that of LSTM: this run does not rank them.")
    two = plain(judged(gru=0.90, lstm=0.89, rnn=0.885).headline)
    assert two.endswith("overlaps those of LSTM and SimpleRNN: this run does not rank them.")
    assert "leads" not in one + two


def test_single_model_is_not_called_best() -> None:
    told = judged(lstm=0.9)
    assert plain(told.headline).endswith("no other model was run beside it.")
    assert "No linear baseline was run" in plain(told.findings)
    assert "overlap" not in plain(told.limits)


@pytest.mark.parametrize(
    ("linear", "words"),
    [
        (0.80, "GRU, is 10.0 points above the linear baseline (80.0 %); their intervals do not"),
        (0.89, "GRU, is 1.0 points above the linear baseline (89.0 %) and their intervals overlap"),
        (0.91, "GRU, is 1.0 points below the linear baseline (91.0 %) and their intervals overlap"),
        (0.97, "No network reaches the linear baseline: GRU is 7.0 points below its 97.0 %"),
    ],
)
def test_best_network_is_held_against_the_linear_baseline(linear: float, words: str) -> None:
    assert words in plain(judged(gru=0.9, rnn=0.7, linear=linear).findings)


def test_only_the_baseline_is_said_so() -> None:
    assert "no network stands beside it" in plain(judged(linear=0.9).findings)


def test_recurrent_networks_are_held_against_the_order_blind_one() -> None:
    found = plain(judged(gru=0.9, lstm=0.82, rnn=0.6, dense=0.8).findings)
    assert (
        "reaches 80.0 %: GRU is above it; LSTM is level with it (intervals overlap); "
        "SimpleRNN is below it. So reading the order of the tokens pays here." in found
    )
    assert "has been shown to gain from the order" in plain(judged(gru=0.8, dense=0.8).findings)


def test_word_order_is_explained() -> None:
    told = judged({"gru": 0.7, "dense": 0.8}, gru=0.9, dense=0.8, rnn=0.85)
    assert plain(told.order) == (
        "With the tokens of each test text in random order, GRU falls from 90.0 % to 70.0 %: that "
        "much of its accuracy rests on the order. Dense stays at 80.0 %: it pools the tokens of a "
        "text without regard to their order."
    )
    assert "in which tokens occur" in plain(judged({"gru": 0.89}, gru=0.9).order)
    assert judged(gru=0.9).order == ()


def test_limits_say_what_the_intervals_are_about() -> None:
    once = plain(judged(gru=0.9, rnn=0.8).limits)
    assert "Every model ran once" in once
    assert "1,000 test rows leave about ± 1.9 points" in once
    repeated = plain(judged(gru=(0.9, 0.91, 0.9, 0.9, 0.9), rnn=(0.8,) * 5, linear=0.85).limits)
    assert "Student t, 5 seeds" in repeated
    assert "Linear ran once" in repeated
    assert "SimpleRNN gave the same result in every repeat" in repeated
    assert "very wide" not in repeated
    assert "With 2 repeats a t interval is very wide" in plain(judged(gru=(0.9, 0.91)).limits)
    for told in (once, repeated):
        assert told.startswith("One data set, one split and one training budget")
        assert told.endswith("Times and memory belong to the machine that ran the comparison.")


def test_verdict_reads_as_one_paragraph() -> None:
    told = judged(gru=0.9, linear=0.8)
    assert str(told).startswith(told.headline)
    assert str(told).endswith(told.limits[-1])


def test_nothing_cannot_be_judged() -> None:
    with pytest.raises(UsageError, match="no summaries to judge"):
        verdict([])
