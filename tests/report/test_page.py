from __future__ import annotations

import base64
import copy
import hashlib
import re
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest

from recurra.report.page import render_page
from recurra.report.theme import COLOURS

Records = list[dict[str, Any]]
SECTIONS = ("comparison", "meaning", "training", "size", "data", "order", "confusion")
SECTIONS += ("mistakes", "cells", "reproduce")


class Outline(HTMLParser):
    """Every start tag with its attributes, and the text between tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


DRAWING = {"svg": "<svg></svg>", "title": "A title", "caption": "A caption", "width": 440}


def bare(records: Records, *slugs: str) -> str:
    """A page without the seconds of drawing."""
    return render_page(records, dict.fromkeys(("comparison", "confusion", *slugs), DRAWING))


def test_page_asks_nothing_of_the_network(page: str) -> None:
    outline = Outline(page)
    for tag, attributes in outline.tags:
        for name in ("src", "href", "xlink:href", "srcset", "data", "action", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith("#"), (tag, name, value)
    assert not re.search(r"@import|url\((?!#)|@font-face", page)
    assert {"script", "link", "iframe", "img", "object"} & {tag for tag, _ in outline.tags} == {
        "script"
    }


def test_page_stays_far_below_three_megabytes(page: str) -> None:
    assert len(page.encode()) < 1_000_000


def test_only_the_pages_own_script_may_run(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = (meta["content"] for meta in Outline(page).all("meta") if "http-equiv" in meta)
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy


def test_hostile_texts_are_shown_and_not_obeyed(page: str, factory: ModuleType) -> None:
    assert "<script>alert" not in page
    assert not [attributes for _, attributes in Outline(page).tags if "onerror" in attributes]
    assert factory.HOSTILE in "".join(Outline(page).text)


def test_hostile_names_are_shown_and_not_obeyed(factory: ModuleType) -> None:
    from recurra.report.canvas import svg_markup
    from recurra.report.texts.figures import comparison, confusion

    bad = '"><script>alert(1)</script>$x_$ #1b2026'
    records = [
        factory.record("lstm", 0, 0.8, factory.data_of(bad, [bad, "good"], 50)) | {"name": bad}
    ]
    drawn = {
        module.__name__.rpartition(".")[2]: {
            **DRAWING,
            "svg": svg_markup(module.figure(records), "a", module.describe(records)),
        }
        for module in (comparison, confusion)
    }
    page = render_page(records, drawn)
    assert "<script>alert" not in page
    assert "#1b2026" in drawn["comparison"]["svg"]  # text keeps what only looks like a colour
    assert len(Outline(page).all("script")) == 1


def test_every_section_has_a_heading_and_is_linked(page: str) -> None:
    outline = Outline(page)
    assert tuple(section["id"] for section in outline.all("section")) == SECTIONS
    headings = {heading.get("id") for heading in outline.all("h2")}
    assert headings == {f"{section}-title" for section in SECTIONS}
    links = [anchor["href"] for anchor in outline.all("a")][1:]
    assert links == [f"#{section}" for section in SECTIONS]


def test_sections_without_figures_are_left_out(imdb: Records) -> None:
    records = [copy.deepcopy(imdb[0])]
    records[0]["mistakes"] = []
    sections = [section["id"] for section in Outline(bare(records)).all("section")]
    assert sections == ["comparison", "meaning", "data", "confusion", "cells", "reproduce"]


def test_ids_are_unique_and_references_hold(page: str) -> None:
    outline = Outline(page)
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    used = re.findall(r"url\(#([^)]+)\)", page)
    used += [a["xlink:href"][1:] for a in outline.all("use") if a["xlink:href"]]
    assert used
    assert set(used) <= set(ids)


def test_every_colour_of_the_drawings_follows_the_mode(page: str) -> None:
    drawn = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    styles = " ".join(re.findall(r'style="([^"]*)"', " ".join(drawn)))
    assert "var(--ink)" in styles
    assert not re.search(r"#[0-9a-fA-F]{6}\b|rgb\(", styles)
    assert set(re.findall(r"var\(--([\w-]+)\)", styles)) <= {c.name for c in COLOURS} | {"font"}


def test_drawings_have_words_for_those_who_cannot_see_them(page: str) -> None:
    drawings = Outline(page).all("svg")
    assert len(drawings) == 10
    assert all(drawing["role"] == "img" for drawing in drawings)
    assert all(len(drawing["aria-label"] or "") > 40 for drawing in drawings)


def test_tables_have_captions_and_scopes(page: str) -> None:
    outline = Outline(page)
    assert len(outline.all("table")) == len(outline.all("caption")) == 4
    assert all("scope" in heading for heading in outline.all("th"))


def test_best_of_each_column_is_marked_and_baselines_are(imdb: Records) -> None:
    page = bare(imdb)
    (table,) = re.findall(r'<table class="models".*?</table>', page, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)[1:]
    assert [('class="base"' in row, "Linear" in row or "Dense" in row) for row in rows] in (
        [(is_base, is_base) for is_base in (True, False, False, False, False, True, False)],
    )
    assert re.search(r'class="best"><span class="figure">90.0\u00a0%</span>', rows[0])
    assert table.count("(best)") >= 9


def test_single_model_gets_no_marks(imdb: Records) -> None:
    page = bare([imdb[3]])
    assert "(best)" not in page
    assert "Shaded" not in page
    assert "1 model on imdb" in page
    assert "The only model here" in page


def test_tokens_are_shown_as_read(imdb: Records) -> None:
    records = copy.deepcopy(imdb[:1])
    records[0]["data"]["examples"] = [
        {"text": "a b", "label": "x", "tokens": ["a", " ", "[UNK]", *["b"] * 200]}
    ]
    page = bare(records)
    assert '<mark class="token">[UNK]</mark> ' in page
    assert '<span class="token">␣</span>' in page
    assert "and 113 more" in page


def test_page_says_how_to_reproduce(imdb: Records) -> None:
    text = "".join(Outline(bare(imdb)).text)
    for fact in ("9f2c4b1e", "1234", "keras (jax), scikit-learn", "batch_size 64", "jax 0.10.2"):
        assert fact in text
    assert "preset_settings" not in text
    assert "recurra compare imdb" in "".join(
        Outline(bare([imdb[0] | {"command": "recurra compare imdb"}])).text
    )


def test_mixed_intervals_are_explained(names: Records) -> None:
    text = "".join(Outline(bare(names)).text)
    assert "Student t over the repeats; Wilson over the 4,800 test rows for models run once" in text
    assert "Means over up to 2 repeats" in text


@pytest.mark.parametrize("key", ["length", "vocabulary", "classes", "examples", "max_length"])
def test_page_stands_without_optional_data(imdb: Records, key: str) -> None:
    data = {name: value for name, value in imdb[0]["data"].items() if name != key}
    page = bare([record | {"data": data} for record in imdb[:2]])
    assert "</html>" in page
    assert "None" not in "".join(Outline(page).text)
