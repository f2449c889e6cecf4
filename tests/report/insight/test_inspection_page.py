"""The page and the pictures of a look into a network."""

from __future__ import annotations

import itertools
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from traces import characters, forecast, sentiment, simple

from recurra.errors import OutputError
from recurra.report import write_inspection
from recurra.report.insight.pictures import PICTURES, layer_pictures


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_inspection(sentiment(30), tmp_path_factory.mktemp("look")).parent


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "inspect.html").read_text(encoding="utf-8")


def test_page_holds_every_picture_and_nothing_from_elsewhere(folder: Path, page: str) -> None:
    slugs = {picture.slug for picture in [*PICTURES, *layer_pictures(sentiment(30))]}
    assert {path.name for path in folder.iterdir()} == {
        "inspect.html",
        *(f"{slug}.png" for slug in slugs),
    }
    assert page.count("<svg role=") == len(PICTURES)
    assert not re.search(r"@import|url\((?!#)|@font-face|https?://(?!www\.w3\.org)", page)
    assert "default-src 'none'; style-src" in page


def test_tokens_are_shown_and_not_obeyed(page: str) -> None:
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_every_picture_is_told_in_words(page: str) -> None:
    for picture in [*PICTURES, *layer_pictures(sentiment(30))]:
        words = picture.describe(sentiment(30))
        assert len(words) > 40
        assert "None" not in words
    assert page.count('role="img" aria-label="') == len(PICTURES)


def test_figures_stand_in_tables_too(page: str) -> None:
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for words in ("Effective context 43 of 30 steps", "faithfulness 0.61", "Half-life", "Shut Open",
                  "their sum is off by 0.42", "log-odds of &#39;pos&#39;"):  # fmt: skip
        assert words in text
    rows = re.findall(r'<tr><th scope="row">', page)
    assert len(rows) > 30  # a row for each step


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "flows.png").write_bytes(b"of an earlier look")
    page = write_inspection(simple(), tmp_path).read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {
        "inspect.html", "unrolled.png", "layer-1.png", "units.png",
    }  # fmt: skip
    for section in ("gradients", "memory", "attribution"):
        assert f'id="{section}"' not in page
    assert '"note":"gradients were not asked for"' in page


@pytest.mark.parametrize("make", [forecast, characters])
def test_other_tasks_have_their_steps(make, tmp_path: Path) -> None:
    page = write_inspection(make(30), tmp_path).read_text(encoding="utf-8")
    assert ("2024-03-01 00 h" in page) == (make is forecast)
    assert ("\u21b5" in page) == (make is characters)


def test_a_decoder_is_drawn_without_the_steps_of_the_input() -> None:
    trace = sentiment(12)
    short = sentiment(9).layers[:2]
    pictures = {one.slug: one for one in PICTURES}
    labels = tuple("abcdefghi")
    mixed = replace(
        trace, layers=(*(replace(one, labels=labels) for one in short), *trace.layers[2:])
    )
    assert pictures["unrolled"].draw(mixed) is not None


def test_two_hundred_names_do_not_touch() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from recurra.report.insight import scores
    from recurra.report.insight.step_ticks import StepNames

    drawing = scores.figure(replace(sentiment(200), attributions=sentiment(200).attributions[:1]))
    assert drawing is not None
    drawing.draw_without_rendering()
    (names,) = (one for one in drawing.artists if isinstance(one, StepNames))
    boxes = names.boxes(FigureCanvasAgg(drawing).get_renderer())
    assert len(boxes) == 200
    assert all(left.x1 <= right.x0 + 0.5 for left, right in itertools.pairwise(boxes))
    assert min(box.y0 for box in boxes) >= 0  # none is cut off at the edge of the picture
    assert max(box.y1 for box in boxes) <= drawing.axes[-1].get_window_extent().y0


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="the report cannot be written"):
        write_inspection(simple(), tmp_path / "file")


@pytest.mark.parametrize("size", [1e-7, 1, 3e4])
def test_scores_of_any_size_stay_inside_their_picture(size: float) -> None:
    from recurra.report.insight import scores

    trace = sentiment(12)
    shown = tuple(replace(one, scores=one.scores * size) for one in trace.attributions)
    drawing = scores.figure(replace(trace, attributions=shown))
    assert drawing is not None
    drawing.draw_without_rendering()
    box = drawing.get_tightbbox().padded(-0.01)  # inches
    width, height = drawing.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height
