"""The report of a comparison of translators: page, tables, pictures, refusals."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from report_reading import Records, broken, check_report_folder, printed, without_drawings, words

from recurra.errors import DataError
from recurra.report import load_results, write_report
from recurra.report.results import check_results
from recurra.report.translations.figures import attention, lengths, quality, size
from recurra.report.translations.pictures import PICTURES
from recurra.study import write_results


def bare(records: Records) -> str:
    return without_drawings(records, PICTURES)


@pytest.fixture(scope="module")
def written(translations: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = translations.comparison(("nearest", "gru"))
    return write_report(records, tmp_path_factory.mktemp("report")).parent


def test_report_is_a_page_and_its_pictures(written: Path) -> None:
    check_report_folder(written, PICTURES)


def test_attention_takes_its_colours_from_the_page(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    (drawing,) = re.findall(r'<svg role="img" aria-label="Attention of.*?</svg>', page, re.DOTALL)
    assert "var(--accent)" in drawing
    colours = set(re.findall(r"fill: (#[0-9a-f]{6})", drawing))
    assert not colours  # each of them would look wrong in one of the two modes


def test_page_has_every_figure_of_every_model(translations: ModuleType) -> None:
    page = bare(translations.comparison())
    (table,) = re.findall(r'<table class="models.*?</table>', page, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)
    assert len(rows) == 7
    assert words(rows[1]).startswith("GRU 99.2 (best) 99.4 (best) 98.5 % (best)")
    assert ['class="base"' in row for row in rows[1:]].count(True) == 2
    for fact in ("1,200 test pairs. Ranked by exact match", "9,600 pairs to train on",
                 "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp", "Attention of GRU",
                 "lunes, 1 de enero de 2035", "reference 2009-05-06 translation 2009-06-05",
                 "Tokens characters"):  # fmt: skip
        assert fact in words(page)


def test_bleu_ranks_where_answers_are_sentences(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "gru"), repeats=3, exact=0.2)
    for n, record in enumerate(records):
        record["metrics"]["bleu"] = 20.0 + n
    text = words(bare(records))
    assert "under each BLEU its 95 % interval" in text
    assert "Ranked by BLEU" in text
    assert any("22.0 ± 2.5" in line for line in printed(records))
    assert quality.describe(records).startswith("Bars of BLEU, higher is better: GRU 22.0")


def test_page_without_sacrebleu_says_what_is_missing(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "gru"), bleu=False)
    text = words(bare(records))
    assert "pip install 'recurra[translate]'" in text.replace("&#39;", "'")
    assert "Signature" not in text
    assert "BLEU and chrF need" in " ".join(printed(records))


def test_attention_is_of_the_best_network_that_has_some(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "noattention", "rnn"))
    assert "Translations of GRU without attention" in words(bare(records))
    assert "Attention of SimpleRNN" in words(bare(records))
    assert attention.figure([r for r in records if r["model"] != "rnn"]) is None


def test_attention_says_where_it_looks(translations: ModuleType) -> None:
    (record,) = translations.comparison(("gru",))
    record["attention"] = [
        {
            "source_tokens": [" ein", " Hund", "[EOS]"],
            "target_tokens": [" a", "\n"],
            "weights": [[0.9, 0.1, 0.0], [0.0, 0.25, 0.75]],
        }
    ]
    found = attention.describe([record])
    assert "where a looks at ein, ↵ looks at ∎" in found
    figure = attention.figure([record])
    assert figure is not None
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["ein", "Hund", "∎"]
    assert len(figure.axes[0].patches) == 6 + 4  # a place for each pair, ink where there is weight


def test_long_sources_make_a_wide_figure(translations: ModuleType) -> None:
    (record,) = translations.comparison(("gru",))
    record["attention"] = [translations.matrix("a" * 60, "b" * 9)]
    figure = attention.figure([record])
    assert figure is not None
    assert figure.get_figwidth() * figure.dpi > 900


def test_lengths_are_drawn_where_they_differ(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "gru"), repeats=2)
    assert lengths.figure(records) is not None
    assert "from 6–9 to 24–38 characters: GRU from 98.0" in lengths.describe(records)
    for record in records:
        record["metrics"]["by_length"]["bins"] = record["metrics"]["by_length"]["bins"][:1]
    assert lengths.figure(records) is None
    for record in records:
        record["metrics"]["by_length"] = None
    assert lengths.figure(records) is None


def test_costs_are_of_the_score(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "gru"))
    assert size.SIZE.figure(records) is not None
    assert size.SIZE.describe(records).startswith("Exact match over parameters: GRU 510")


def test_texts_of_users_are_escaped(translations: ModuleType) -> None:
    records = translations.comparison(("nearest", "gru"), name=translations.HOSTILE)
    for record in records:
        hostile = dict.fromkeys(("source", "reference", "translation"), translations.HOSTILE)
        record["examples"] = {"best": [hostile], "worst": [{**hostile, "translation": ""}]}
    page = bare(records)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "(nothing)" in page


def test_table_for_the_terminal_fits(translations: ModuleType) -> None:
    lines = printed(translations.comparison(repeats=2))
    assert max(map(len, lines)) <= 80
    assert "Copy of the source *" in "".join(lines)


BIN = ("metrics", "by_length", "bins", 0)
MAP = ("attention", 0)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (broken("metrics", 3), "'metrics' should be an object"),
        (broken("exact_match", 1.2, "metrics"), "'exact_match' from 0 to 1, got 1.2"),
        (broken("rows", 0, "metrics"), "a count of 'rows'"),
        (broken("bleu", "x", "metrics"), "'bleu' should be a number or null"),
        (broken("by_length", 1, "metrics"), "'by_length' should be an object with a 'unit'"),
        (broken("bins", [1], "metrics", "by_length"), "a list of objects under 'bins'"),
        (broken("shortest", -1, *BIN), "counts of 'shortest', 'longest' and 'rows'"),
        (broken("exact_match", None, *BIN), "'by_length' should hold 'exact_match'"),
        (broken("chrf", [], *BIN), "'chrf' should be a number or null"),
        (broken("attention", None), "'attention' should be a list"),
        (broken("attention", [1]), "'attention' should hold objects"),
        (broken("source_tokens", [], *MAP), "tokens under 'source_tokens'"),
        (broken("weights", [[1.0]], *MAP), "a row of 'weights' for each target token"),
        (broken("weights", [[1.0]] * 10, *MAP), "a weight for each source token"),
        (broken("weights", [[2.0] * 22] * 10, *MAP), "weights from 0 to 1"),
        (broken("examples", []), "an object with 'best' and 'worst'"),
        (broken("best", 1, "examples"), "a list under 'best'"),
        (broken("worst", [{"source": 1}], "examples"), "'source', 'reference' and 'translation'"),
        (broken("rows", {}, "data"), "a count of the 'test' part"),
        (broken("pairs_per_second", "x"), "'pairs_per_second' should be a number or null"),
        (broken("history", {"loss": [1.0]}), "a list of numbers under 'val_loss'"),
    ],
)
def test_records_of_another_form_are_refused(
    translations: ModuleType, spoil: Callable[[dict[str, Any]], None], expected: str
) -> None:
    records = copy.deepcopy(translations.comparison(("nearest", "gru")))
    spoil(records[1])
    with pytest.raises(DataError, match=re.escape(expected)):
        check_results(records)


def test_results_come_back_from_their_file(translations: ModuleType, tmp_path: Path) -> None:
    records = translations.comparison(("nearest", "gru"))
    assert load_results(write_results(records, tmp_path / "results.json")) == records
