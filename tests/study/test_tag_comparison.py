"""Taggers are compared on the same sentences, beside the most frequent tag of each word."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import UsageError
from recurra.sequences.tagging import Sentence
from recurra.study._tag_baseline import FrequentTags
from recurra.study.tag_comparison import compare_taggers

TAGS = ("DET", "NOUN", "PROPN")


def test_each_word_has_the_tag_it_had_most_often():
    training = [Sentence(1, ("the", "May", "may", "may"), ("DET", "PROPN", "NOUN", "NOUN"))]
    validation = [Sentence(1, ("Bob", "the"), ("PROPN", "DET"))]
    fitted = FrequentTags(training, validation, TAGS)
    numbers, shares = fitted.answer(["The", "may", "May", "Zoe"])
    # As written, then in lower case, then as unseen words of the validation sentences.
    assert [TAGS[number] for number in numbers] == ["DET", "NOUN", "PROPN", "PROPN"]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert (shares > 0).all()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("tags") / "a.conll"
    path.write_text("bob NAME\nruns VERB\n\nthe DET\ndog NOUN\nruns VERB\n\n" * 15)
    return path


@pytest.mark.slow
def test_records_have_the_same_sentences_and_the_baseline(source):
    small = {"units": 3, "embedding": 3, "character_units": 2, "character_embedding": 2}
    records = compare_taggers(source, cells="dense", epochs=1, batch_size=8, **small)
    assert [record["model"] for record in records] == ["frequent", "dense"]
    assert records[0]["accuracy"] == 1.0
    assert records[0]["data"] == records[1]["data"]
    assert records[0]["data"]["rows"]["test"] == sum(
        row["support"] for row in records[1]["per_class"].values()
    )
    assert len(records[1]["history"]["val_accuracy"]) == 1
    again = compare_taggers(
        source, cells="dense", epochs=1, batch_size=8, finished=records, **small
    )
    assert again == records


def test_what_is_compared_cannot_be_given_twice(source):
    with pytest.raises(UsageError, match="cells says what to compare; leave out cell"):
        compare_taggers(source, cell="gru")
