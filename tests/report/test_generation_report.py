"""The report of a comparison of language models: page, tables, pictures, refusals."""

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
from recurra.report.generations.figures import bits, curves, positions, size
from recurra.report.generations.pictures import PICTURES
from recurra.report.generations.surprise import shaded_text, surprises
from recurra.report.results import check_results
from recurra.study import write_results


def bare(records: Records) -> str:
    return without_drawings(records, PICTURES)


@pytest.fixture(scope="module")
def written(generations: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = generations.comparison(("ngram", "gru"))
    return write_report(records, tmp_path_factory.mktemp("report")).parent


def test_report_is_a_page_and_its_pictures(written: Path) -> None:
    check_report_folder(written, PICTURES)


def test_page_has_every_figure_of_every_model(generations: ModuleType) -> None:
    page = bare(generations.comparison())
    (table,) = re.findall(r'<table class="models.*?</table>', page, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)
    assert len(rows) == 5
    assert words(rows[1]).startswith("LSTM 2.120 (best) 1.469 (best)")
    assert ['class="base"' in row for row in rows[1:]] == [False, False, True, False]
    for fact in ("46,507 tokens of the test text", "79 documents", "holds 104 characters",
                 "3 tokens of the test text are not in it", "128; the state is carried over",
                 "5a1c9e7f", "temperature 0.5", "The value of"):  # fmt: skip
        assert fact in words(page)


def test_samples_of_networks_come_first(generations: ModuleType) -> None:
    page = bare(generations.comparison())
    names = re.findall(r'class="sampler"><span[^>]*></span>([^<]*)<', page)
    assert names == ["LSTM", "GRU", "SimpleRNN", "8-gram"]
    assert page.count('class="sample" tabindex="0"') == 12


def test_repeats_are_told_with_their_intervals(generations: ModuleType) -> None:
    records = generations.comparison(("ngram", "lstm"), repeats=3)
    text = words(bare(records))
    assert "Means over 3 repeats of each network" in text
    assert "2.105–2.155" in text
    assert any("± 0.025" in line for line in printed(records))


def test_texts_of_users_are_escaped(generations: ModuleType) -> None:
    records = generations.comparison(("ngram", "gru"), text=generations.HOSTILE)
    for record in records:
        record["surprise"]["tokens"][:3] = [generations.HOSTILE, "</div>", "\x00"]
        record["surprise"]["nats"][0] = 30.0
        record["data"] = {**record["data"], "name": generations.HOSTILE}
    page = bare(records)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert") >= 5


def test_shades_are_of_the_bits() -> None:
    shown = {"tokens": list("abcd"), "nats": [0.1, 0.2, 1.0, 9.0]}
    assert shaded_text(shown) == [(0, "ab"), (1, "c"), (5, "d")]


def test_surprises_are_the_largest_losses_and_can_be_seen() -> None:
    tokens = ["The", " end", "\n", "<b>", " "]
    shown = {
        "tokens": tokens,
        "nats": [1.0, 2.0, 5.0, 0.5, 4.0],
        "expected": [["A", 0.25], None, [" ", 0.5], ["x", 1.0], ["\n", 0.125]],
    }
    first, second, *_ = surprises(shown)
    assert first == ("The end", "↵", "7.2", "␣", "50.0\u00a0%")
    assert second == ("The end↵<b>", "␣", "5.8", "↵", "12.5\u00a0%")
    long = {"tokens": ["x"] * 50, "nats": [0.0] * 49 + [1.0], "expected": [None] * 50}
    assert surprises(long)[0].before == "…" + "x" * 32
    assert surprises(long)[0].expected == ""


def test_little_to_show_makes_a_page_all_the_same(generations: ModuleType) -> None:
    (record,) = generations.comparison(("gru",))
    bare_record = {
        **record,
        "history": None,
        "positions": None,
        "surprise": None,
        "samples": {"prompt": "", "texts": []},
        "generated_per_second": None,
    }
    assert positions.figure([bare_record]) is None
    assert curves.LOSS.figure([bare_record]) is None
    assert size.SIZE.figure([bare_record]) is None
    page = without_drawings([bare_record], PICTURES[:1])
    for section in ("samples", "surprise", "training", "size"):
        assert f'id="{section}"' not in page
    assert "None" not in words(re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL))


def test_pictures_say_what_they_show(generations: ModuleType) -> None:
    records = generations.comparison(repeats=2)
    assert bits.figure(records).axes
    assert bits.describe(records).startswith("Bars of bits per character, lower is better: LSTM")
    found = positions.describe(records)
    assert "by the tokens read before, from 1 to 256 and more" in found
    assert "8-gram from 2.47 to 1.60" in found
    assert "GRU 415" in size.SIZE.describe(records)


def test_table_for_the_terminal_fits(generations: ModuleType) -> None:
    lines = printed(generations.comparison())
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line[1:2].isalnum()][1:-1] == [
        "LSTM", "GRU", "8-gram", "SimpleRNN",
    ]  # fmt: skip
    assert "8-gram *" in "".join(lines)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (broken("metrics", 3), "'metrics' should be an object"),
        (broken("bits_per_character", -1, "metrics"), "'bits_per_character' from 0 up"),
        (broken("tokens", 0, "metrics"), "a count of 'tokens'"),
        (broken("perplexity", "x", "metrics"), "'perplexity' should be a number or null"),
        (broken("positions", []), "'positions' should be an object or null"),
        (broken("starts", [1, 1], "positions"), "rising whole numbers under 'starts'"),
        (broken("nats", [1], "positions"), "a number for each start"),
        (broken("samples", None), "an object with a 'prompt'"),
        (broken("texts", "abc", "samples"), "a list under 'texts'"),
        (broken("texts", [{}], "samples"), "objects with a 'text'"),
        (broken("texts", [{"text": "", "temperature": -1}], "samples"), "from 0 up, got -1"),
        (broken("surprise", 1), "'surprise' should be an object or null"),
        (broken("tokens", [1], "surprise"), "a list of texts under 'tokens'"),
        (broken("nats", [1], "surprise"), "a number for each token"),
        (broken("expected", [], "surprise"), "a guess for each token"),
        (broken("rows", {}, "data"), "a count of the 'test' part"),
        (broken("data", 1), "'data' should be an object"),
        (broken("parameters", "x"), "'parameters' should be a number or null"),
        (broken("history", {"loss": []}), "a list of numbers under 'loss'"),
    ],
)
def test_records_of_another_form_are_refused(
    generations: ModuleType, spoil: Callable[[dict[str, Any]], None], expected: str
) -> None:
    records = copy.deepcopy(generations.comparison(("ngram", "gru")))
    spoil(records[1])
    with pytest.raises(DataError, match=re.escape(expected)):
        check_results(records)


def test_results_come_back_from_their_file(generations: ModuleType, tmp_path: Path) -> None:
    records = generations.comparison(("ngram", "gru"))
    assert load_results(write_results(records, tmp_path / "results.json")) == records
