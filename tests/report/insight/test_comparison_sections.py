"""What a report of classifiers shows of the inside of its networks, and what is left out."""

from __future__ import annotations

import copy
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from insides import inside
from records import imdb_like
from report_reading import BLANK

from recurra.errors import UnknownNameError
from recurra.report import sections_without, write_report, writer
from recurra.report.kinds import KINDS
from recurra.report.page import render_page
from recurra.report.texts import pictures
from recurra.report.texts.figures import inside as figures
from recurra.report.texts.figures import openness

Records = list[dict[str, Any]]
DRAWING = {"svg": "<svg></svg>", "title": "A title", "caption": "A caption", "width": 440}
DRAWN = ("comparison", "confusion", "gradient_flows", "memory", "gates", "gates_by_token")


@pytest.fixture(scope="module")
def seen() -> Records:
    records = copy.deepcopy(imdb_like())
    for record, growth in zip(records, (1, 1, 0.7, 0.99, 1.01), strict=False):
        if record["model"] != "linear":
            record["insight"] = inside(record["model"], growth, record["model"] != "dense")
    return records


def page_of(records: Records, shown: set[str] | None = None) -> str:
    return render_page(records, dict.fromkeys(DRAWN, DRAWING), shown)


def sections(page: str) -> list[str]:
    return re.findall(r'<section id="([\w-]+)"', page)


def words(page: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL).split())


@pytest.mark.parametrize("name", ["flows", "memory", "gates"])
def test_pictures_show_every_network_that_has_an_order(seen: Records, name: str) -> None:
    drawing = getattr(figures, name)(seen)
    told = getattr(figures, f"describe_{name}")(seen)
    drawing.canvas.draw()
    texts = {text.get_text() for axes in drawing.axes for text in axes.texts}
    for record in seen:
        if record["model"] in ("rnn", "lstm", "gru"):
            assert record["name"] in texts
            assert record["name"] in told
    assert "Dense" not in told


def test_names_at_logarithmic_lines_do_not_touch(seen: Records) -> None:
    drawing = figures.flows(seen)
    assert drawing is not None
    drawing.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in drawing.axes[0].texts), key=lambda b: b.y0)
    assert len(boxes) >= 3
    assert all(low.y1 <= high.y0 + 6 for low, high in pairwise(boxes))


def test_gates_are_drawn_token_by_token_without_candidates(seen: Records) -> None:
    records = copy.deepcopy(seen)
    (layer,) = next(one for one in records if one["model"] == "lstm")["insight"]["layers"]
    steps = [0.5, 0.5, 0.9, 0.5, 0.2, 0.5]
    layer["gates"] = {
        name: layer["gates"]["forget"] | {"steps": steps} for name in ("forget", "candidate")
    }
    drawing = openness.figure(records)
    assert drawing is not None
    panel = next(one for one in drawing.axes if one.get_title(loc="left") == "LSTM")
    assert [line.get_ydata().tolist() for line in panel.lines] == [steps]
    names = [label.get_text() for label in drawing.axes[-1].get_xticklabels()]
    assert [names[place] for place in (0, 1, 3, 4, 5)] == ["not", "bad", "at", "all", "wonderful"]
    told = openness.describe(records)
    assert "LSTM, forget: from 20\u00a0% at all to 90\u00a0% at <script>" in told
    assert "candidate" not in told


def test_gates_of_another_text_are_not_drawn_beside(seen: Records) -> None:
    records = copy.deepcopy(seen)
    first = next(one for one in records if one["model"] == "gru")["insight"]
    other = next(one for one in records if one["model"] == "rnn")["insight"]
    other["example"]["steps"] = other["example"]["steps"][::-1]
    drawing = openness.figure(records)
    assert drawing is not None
    titles = {panel.get_title(loc="left") for panel in drawing.axes}
    assert "GRU" in titles
    assert "SimpleRNN" not in titles
    first["example"]["steps"] = []
    assert openness.figure([one for one in records if one["model"] == "gru"]) is None


def test_context_is_a_column_where_it_is_known(seen: Records) -> None:
    page = page_of(seen)
    (table,) = re.findall(
        r'<table class="models"[^>]*models-note.*?</table>', page, flags=re.DOTALL
    )
    rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)
    last = [re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.DOTALL)[-1] for row in rows]
    assert "Context" in last[0]
    for row, cell in zip(rows[1:], last[1:], strict=True):
        seen_inside = re.search(r"<span>(SimpleRNN|LSTM|GRU)</span>", row)
        assert words(cell) == ("8" if seen_inside else "–")
    assert page_of([one | {"insight": None} for one in seen]).count(">Context<") == 0


def test_page_colours_the_example_as_each_network_read_it(seen: Records) -> None:
    page = page_of(seen)
    assert {"memory", "words"} <= set(sections(page))
    assert page.count('<span class="up much" style="--share:55%">wonderful</span>') == 4
    assert page.count('<span class="down much" style="--share:28%">bad</span>') == 4
    assert "<script>alert" not in page
    text = words(page)
    assert "says positive 80.0\u00a0%" in page
    assert "miss their sum by 0.29" in text
    assert "does not halve" in text


def test_pairs_say_which_networks_use_order(seen: Records) -> None:
    (table,) = re.findall(r'<table class="pairs".*?</table>', page_of(seen), flags=re.DOTALL)
    assert table.count("wrong way round") == 1  # the dense network takes "not" for praise
    assert table.count(">the same<") == 1  # and cannot tell the same words in another order


def test_without_insight_there_is_no_section(seen: Records) -> None:
    records = [record | {"insight": None} for record in seen]
    page = render_page(records, dict.fromkeys(("comparison", "confusion"), DRAWING))
    assert not {"memory", "words"} & set(sections(page))
    assert figures.flows(records) is None
    assert figures.memory(records) is None
    assert figures.gates(records) is None


def template_sections(name: str) -> list[str]:
    """Return the sections of a template and of those that it extends, down to the frame."""
    if name == "page.html.jinja":
        return []
    text = (Path(writer.__file__).parent / name).read_text(encoding="utf-8")
    (parent,) = re.findall(r'{% extends "(.*?)" %}', text)
    return [*template_sections(parent), *sections(text)]


@pytest.mark.parametrize("task", KINDS)
def test_every_section_of_a_page_can_be_left_out(task: str) -> None:
    there = template_sections(KINDS[task].template)
    assert there[0] == "comparison"
    assert sorted([*there[1:], "reproduce"]) == sorted(KINDS[task].sections)
    homes = {picture.section for picture in KINDS[task].pictures}
    assert homes <= {"comparison", *KINDS[task].sections}


def test_sections_left_out_are_neither_drawn_nor_written(
    seen: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tuple(one for one in pictures.PICTURES if one.slug in (*DRAWN, "word_order"))
    monkeypatch.setattr(pictures, "PICTURES", chosen)
    monkeypatch.setattr(writer, "png_sheet", lambda figure, title: BLANK)
    kept = sections_without("classify", ["memory", "confusion", "order", "reproduce"])
    page = write_report(seen, tmp_path, sections=kept).read_text(encoding="utf-8")
    gone = {"memory", "confusion", "order", "reproduce"}
    assert not gone & set(sections(page))
    assert not gone & set(re.findall(r'<a href="#([\w-]+)"', page))
    assert {"comparison", "words", "data"} <= set(sections(page))
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "comparison.png"}


def test_an_unknown_section_is_named(seen: Records, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown section 'memroy'; did you mean 'memory'"):
        sections_without("classify", ["memroy"])
    with pytest.raises(UnknownNameError, match="unknown section 'surprise'"):
        write_report(seen, tmp_path / "new", sections=["surprise"])
    assert not (tmp_path / "new").exists()
