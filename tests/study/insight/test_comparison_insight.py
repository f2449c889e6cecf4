"""What a comparison keeps of the inside of its networks is JSON, checked, and can be left out."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import untrained

import recurra
from recurra.errors import DataError, ShapeError, UnknownNameError
from recurra.report.results import check_results
from recurra.study.insight import attributions, gradient_flows, network_insight, word_order
from recurra.study.insight._text_subject import text_subject

TEXTS = ["the film was good and the end", "a bad plot and a good end", "not good at all"]
LABELS = ["good", "bad", "mixed"]
OPTIONS = {"cells": "dense,gru", "epochs": 1, "units": 4, "embedding": 4, "level": "word"}


def reviews(rows=60):
    """Return reviews of 4 to 9 words."""
    generator = np.random.default_rng(0)
    texts, labels = [], []
    for row in range(rows):
        label = ("down", "up")[row % 2]
        words = generator.choice(["a", "b", "c"], generator.integers(2, 8))
        texts.append(" ".join([f"number{row}", *words, label]))
        labels.append(label)
    return texts, labels


@pytest.fixture(scope="module", autouse=True)
def judging():
    """Let classifiers pass that hardly tell praise from blame, as those with random weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_order, "_TELLS_APART", -1)
        yield


@pytest.fixture(scope="module")
def lstm():
    made = untrained.classifier(cell="lstm", bidirectional=True, pooling="mean_max")
    return made, network_insight(made, TEXTS, LABELS)


@pytest.fixture(scope="module")
def records():
    return recurra.compare(reviews(), **OPTIONS)


def test_it_holds_what_the_parts_find(lstm):
    made, found = lstm
    subject = text_subject(made, TEXTS[0], "good")
    assert found["example"]["steps"] == list(subject.labels)
    assert found["example"]["explained"] == "log-odds of 'good'"
    assert [name for name, _ in found["example"]["answer"]] == [name for name, _ in subject.answer]
    (gradients,) = attributions(subject, methods=["integrated_gradients"])
    np.testing.assert_allclose(found["attribution"]["scores"], gradients.scores, rtol=1e-3)
    assert found["attribution"]["completeness_error"] < 0.01
    trained, fresh = found["flows"]
    flows = gradient_flows(subject, ["lstm"])
    assert [trained["model"], fresh["model"]] == ["LSTM, trained", "LSTM, untrained"]
    assert fresh["growth"] == pytest.approx(flows[1].growth, rel=1e-3)
    np.testing.assert_allclose(trained["norms"], flows[0].norms, rtol=1e-3)


def test_it_holds_the_gates_of_both_directions(lstm):
    _, found = lstm
    assert [layer["backwards"] for layer in found["layers"]] == [False, True]
    for layer in found["layers"]:
        assert list(layer["gates"]) == ["input", "forget", "output", "candidate"]
        for gate in layer["gates"].values():
            assert len(gate["steps"]) == len(found["example"]["steps"])
            assert gate["mean"] == pytest.approx(np.mean(gate["steps"]), rel=1e-3)
            assert 0 <= gate["low"] + gate["high"] <= 1


def test_memory_is_of_several_texts(lstm):
    _, found = lstm
    memory = found["memory"]
    assert memory["inputs"] > 1
    assert len(memory["distances"]) == len(memory["change"]) == memory["length"]
    assert 1 <= memory["effective_context"] <= memory["length"]


def test_negation_is_what_the_pairs_show(lstm):
    made, found = lstm
    control, kept = word_order.negation_control(made), found["negation"]
    assert kept["praise"] == control.praise
    assert kept["negations_right"] == control.negations_right
    assert kept["swapped"][0] == {
        "good": "it was good, not bad",
        "bad": "it was bad, not good",
        "good_probability": control.swapped[0].good_probability,
        "bad_probability": control.swapped[0].bad_probability,
    }


def test_the_same_seed_finds_the_same(lstm):
    made, found = lstm
    assert network_insight(made, TEXTS, LABELS) == found
    assert network_insight(made, TEXTS, LABELS, seed=1) != found


def test_an_order_blind_network_has_less_to_show():
    made = untrained.classifier(cell="dense")
    found = network_insight(made, TEXTS, LABELS)
    assert (found["layers"], found["flows"], found["memory"]) == ([], [], None)
    assert found["attribution"]["completeness_error"] < 0.01
    assert found["negation"]["swapped_right"] == 0


def test_networks_of_a_comparison_have_it_and_the_baseline_has_not(records):
    assert ["insight" in record for record in records] == [False, True, True]
    dense, gru = (record["insight"] for record in records[1:])
    assert dense["example"]["text"] == gru["example"]["text"]
    assert dense["flows"] == []
    assert gru["flows"][0]["model"] == "GRU, trained"
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    check_results(records)


def test_it_can_be_left_out(records):
    without = recurra.compare(reviews(), insight=False, **OPTIONS)
    assert not any("insight" in record for record in without)
    assert [record["accuracy"] for record in without] == [r["accuracy"] for r in records]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ((), "seen", "'insight' should be an object or null"),
        (("example",), {"text": "a"}, "under 'example' a text with its steps"),
        (("example", "steps"), ["a"], "one score of the 'attribution' for each step"),
        (("example", "answer"), [["up"]], "under 'example'"),
        (("attribution", "scores"), ["high"], "under 'attribution' a method and its scores"),
        (("layers",), {}, "under 'layers' a list of layers with their gates"),
        (("layers", 0, "gates", "reset", "mean"), None, "under 'layers'"),
        (("flows", 0, "norms"), [None], "under 'flows' a list of norms"),
        (("flows", 0, "half_life"), "long", "under 'flows'"),
        (("memory", "change"), [1.0], "under 'memory' changes by distance"),
        (("memory", "length"), -1, "under 'memory'"),
        (("negation",), {"praise": "up"}, "under 'negation' lists of pairs of texts"),
    ],
)
def test_a_record_with_something_else_is_refused(records, path, value, problem):
    changed = copy.deepcopy(records)
    place, names = changed[2], ("insight", *path)
    for name in names[:-1]:
        place = place[name]
    place[names[-1]] = value
    with pytest.raises(DataError, match=f"record 3: .*{problem}"):
        check_results(changed)


def test_what_cannot_be_looked_at_is_refused():
    made = untrained.classifier()
    with pytest.raises(DataError, match="there is no text to look at; give some"):
        network_insight(made, [], [])
    with pytest.raises(ShapeError, match="1 labels came for 3 texts"):
        network_insight(made, TEXTS, ["good"])
    with pytest.raises(UnknownNameError, match="unknown label 'fine'"):
        network_insight(made, TEXTS, ["fine", "bad", "bad"])
