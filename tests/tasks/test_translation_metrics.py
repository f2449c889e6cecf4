"""Figures of translations."""

from __future__ import annotations

import itertools
import sys

import pytest

from recurra.errors import DataError, ShapeError
from recurra.tasks.translation_metrics import translation_examples, translation_metrics

SOURCES = [f"ein Satz mit {'vielen ' * n}Wörtern" for n in range(10)]
REFERENCES = [f"a sentence with {'many ' * n}words" for n in range(10)]


def test_perfect_translations_have_the_highest_figures():
    found = translation_metrics(SOURCES, REFERENCES, REFERENCES)
    assert found["bleu"] == pytest.approx(100)
    assert found["chrf"] == pytest.approx(100)
    assert found["exact_match"] == 1
    assert found["rows"] == 10
    assert found["note"] == ""
    assert found["bleu_signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a")
    assert "nc:6" in found["chrf_signature"]


def test_the_figures_are_those_of_sacrebleu():
    import sacrebleu

    ours = [text.replace("many", "few", 1) for text in REFERENCES]
    found = translation_metrics(SOURCES, REFERENCES, ours)
    assert found["bleu"] == sacrebleu.corpus_bleu(ours, [REFERENCES]).score
    assert found["chrf"] == sacrebleu.corpus_chrf(ours, [REFERENCES]).score
    assert found["exact_match"] == 0.1


def test_without_sacrebleu_the_rest_is_measured_and_the_package_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    found = translation_metrics(SOURCES, REFERENCES, REFERENCES)
    assert found["bleu"] is found["chrf"] is None
    assert found["bleu_signature"] == ""
    assert found["exact_match"] == 1
    assert "pip install 'recurra[translate]'" in found["note"]
    assert all(part["bleu"] is None for part in found["by_length"]["bins"])


def test_bins_by_length_hold_every_row_once_and_do_not_overlap():
    by_length = translation_metrics(SOURCES, REFERENCES, REFERENCES)["by_length"]
    bins = by_length["bins"]
    assert by_length["unit"] == "words"
    assert sum(part["rows"] for part in bins) == 10
    assert bins[0]["shortest"] == 4
    assert bins[-1]["longest"] == 13
    assert all(a["longest"] < b["shortest"] for a, b in itertools.pairwise(bins))


def test_short_sources_are_measured_in_characters():
    by_length = translation_metrics(["1.2.2020", "12.11.2020"], ["a", "b"], ["a", "c"])["by_length"]
    assert by_length["unit"] == "characters"
    assert [(part["longest"], part["exact_match"]) for part in by_length["bins"]] == [
        (8, 1.0),
        (10, 0.0),
    ]


def test_space_at_the_ends_is_no_error():
    assert translation_metrics(["a b c"], ["x y"], [" x y\n"])["exact_match"] == 1


def test_errors_are_the_rows_least_like_their_references():
    ours = [*REFERENCES[:7], "a sentence with many words", "nothing", REFERENCES[9]]
    found = translation_examples(SOURCES, REFERENCES, ours, count=3)
    assert [row["translation"] for row in found["errors"]] == [
        "nothing",
        "a sentence with many words",
    ]
    assert [row["source"] for row in found["examples"]] == SOURCES[:3]
    assert found["examples"][0]["similarity"] == 1
    assert set(found["errors"][0]) == {"source", "reference", "translation", "similarity"}


def test_what_cannot_be_compared_is_named():
    with pytest.raises(ShapeError, match="2 sources, 1 references and 2 translations"):
        translation_metrics(["a", "b"], ["c"], ["d", "e"])
    with pytest.raises(DataError, match="no pairs to evaluate on"):
        translation_metrics([], [], [])
