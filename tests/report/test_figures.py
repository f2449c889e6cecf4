from __future__ import annotations

import copy
import io
from itertools import pairwise
from types import ModuleType
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from insides import inside
from matplotlib import image
from matplotlib.figure import Figure

from recurra.report.canvas import png_bytes, styled, svg_markup
from recurra.report.figures.log_axis import round_ticks
from recurra.report.figures.size import spread
from recurra.report.texts.figures import confusion, curves, lengths, order
from recurra.report.texts.figures.lengths import shown_bins
from recurra.report.texts.pictures import PICTURES
from recurra.report.theme import COLOURS, model_colours

Records = list[dict[str, Any]]


def sizes(figure: Figure) -> list[float]:
    texts = [text for axes in figure.axes for text in axes.texts]
    labels = [label for axes in figure.axes for label in axes.get_xticklabels()]
    return [text.get_fontsize() for text in [*texts, *labels] if text.get_text()]


@styled
def overflowing(figure: Figure) -> list[str]:
    """Texts that leave the picture."""
    figure.draw_without_rendering()
    outer = figure.bbox
    texts = [text for axes in figure.axes for text in axes.texts]
    found = []
    for text in texts:
        box = text.get_window_extent()
        if box.x0 < outer.x0 - 1 or box.x1 > outer.x1 + 1 or box.y1 > outer.y1 + 1:
            found.append(text.get_text())
    return found


def edge_case(factory: ModuleType, kind: str) -> Records:
    if kind == "one model, one epoch, nothing shuffled":
        (record,) = factory.imdb_like(("lstm",))
        history = {key: values[:1] for key, values in record["history"].items()}
        return [record | {"history": history, "best_epoch": 1, "accuracy_shuffled": None}]
    if kind == "15 classes, long names":
        records = factory.names_like(15, 1, ("linear", "gru", "bigru"))
        return [record | {"name": f"{record['name']} of a remarkable length"} for record in records]
    if kind == "names in other scripts":
        data = factory.data_of("imdb", ["肯定的", "مثبت", "$\\frac{1}{$", "\x00\n"], 100)
        return [factory.record(model, 0, 0.5, data) for model in ("linear", "中文")]
    data = factory.data_of("imdb", ["a", "b"], 2)
    perfect = factory.record("gru", 0, 1.0, data)
    worthless = factory.record("rnn", 0, 0.0, data, parameters=0)
    return [perfect, worthless]


CASES = ["one model, one epoch, nothing shuffled", "15 classes, long names"]
CASES += ["names in other scripts", "perfect and worthless"]


@pytest.mark.parametrize("kind", CASES)
def test_edge_cases_are_drawn_inside_the_picture(factory: ModuleType, kind: str) -> None:
    records = edge_case(factory, kind)
    for picture in PICTURES:
        figure = picture.draw(records)
        if figure is None:
            continue
        assert overflowing(figure) == [], picture.slug
        assert svg_markup(figure, picture.slug, picture.describe(records)).startswith("<svg ")


def test_pictures_that_have_nothing_to_show_are_left_out(factory: ModuleType) -> None:
    records = edge_case(factory, CASES[0])
    drawn = {picture.slug for picture in PICTURES if picture.draw(records) is not None}
    assert drawn == {"comparison", "curves", "losses", "lengths", "padding", "confusion"}


def test_text_stays_readable_on_a_phone(imdb: Records) -> None:
    records = [record | {"insight": inside(record["model"])} for record in imdb]
    for picture in PICTURES:
        figure = picture.draw(records)
        assert figure is not None
        width = figure.get_figwidth() * 72
        scale = 340 / width if width <= 440 else 1.0
        assert min(sizes(figure)) * scale >= (10 if width <= 440 else 11)


def test_png_shows_something(imdb: Records) -> None:
    figure = confusion.figure(imdb)
    content = png_bytes(figure, "A title")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    pixels = image.imread(io.BytesIO(content))
    assert pixels.shape[1] == (440 + 40) * 2
    assert pixels[..., :3].std() > 0.1


def test_same_records_give_the_same_bytes(imdb: Records) -> None:
    first, second = (
        (svg_markup(figure, "x", "y"), png_bytes(figure, "y"))
        for figure in (order.figure(imdb), order.figure(copy.deepcopy(imdb)))
        if figure is not None
    )
    assert first == second


def test_users_matplotlib_settings_do_not_matter(imdb: Records) -> None:
    plain = svg_markup(lengths.figure(imdb), "x", "y")
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        assert svg_markup(lengths.figure(imdb), "x", "y") == plain


def test_curves_mark_the_best_epoch(imdb: Records) -> None:
    figure = curves.LOSS.figure(imdb)
    assert figure is not None
    first = figure.axes[0]
    marks = [line for line in first.lines if line.get_marker() == "o"]
    record = next(one for one in imdb if one["name"] == first.get_title(loc="left"))
    best = record["best_epoch"]
    assert [mark.get_xydata().tolist() for mark in marks] == [
        [[best, record["history"]["val_loss"][best - 1]]]
    ]


def test_curves_average_as_far_as_all_repeats_went(names: Records) -> None:
    records = [record for record in names if record["model"] == "gru"]
    figure = curves.ACCURACY.figure(records)
    assert figure is not None
    bold = [line for line in figure.axes[0].lines if line.get_linewidth() == 2]
    shortest = min(len(record["history"]["loss"]) for record in records)
    means = np.mean([record["history"]["accuracy"][:shortest] for record in records], axis=0)
    np.testing.assert_allclose(bold[0].get_ydata(), means)


def test_typical_run_of_the_best_network_is_shown(names: Records) -> None:
    data = names[0]["data"]
    template = next(record for record in names if record["model"] == "gru")
    values = (0.99, 0.90, 0.91)
    runs = [
        template | {"repeat": repeat, "accuracy": value, "data": data}
        for repeat, value in enumerate(values)
    ]
    linear = names[0] | {"accuracy": 1.0}
    assert confusion.shown_run([linear, *runs])["accuracy"] == 0.91
    assert confusion.shown_run([linear])["model"] == "linear"


def test_confusion_matrix_grows_with_its_classes(factory: ModuleType) -> None:
    assert confusion.figure(factory.imdb_like(("lstm",))).get_figwidth() * 72 == 440
    assert confusion.figure(factory.names_like(12, 1)).get_figwidth() * 72 > 600


def test_histogram_drops_only_the_last_half_per_cent() -> None:
    assert shown_bins([100, 899, 1]) == 2
    assert shown_bins([100, 890, 10]) == 3
    assert shown_bins([0, 0]) == 2


def test_labels_keep_their_distance_and_their_order() -> None:
    places = spread([0.9, 0.89, 0.5, 0.02, 0.01], 0.1)
    assert all(above - below >= 0.1 - 1e-9 for above, below in pairwise(places))
    assert min(places) >= 0
    assert spread([0.9, 0.5], 0.1) == [0.9, 0.5]


def test_models_keep_their_colours_and_differ() -> None:
    alone = model_colours(["gru"])["gru"]
    many = model_colours(["linear", "dense", "rnn", "lstm", "gru", "bilstm", "mine", "yours"])
    assert many["gru"] == alone
    assert len(set(many.values())) == len(many)


def test_light_colours_are_unique_because_they_stand_for_names() -> None:
    assert len({colour.light for colour in COLOURS}) == len(COLOURS)
    assert len({colour.name for colour in COLOURS}) == len(COLOURS)


def luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_stand_out_from_the_page(mode: str) -> None:
    colours = {colour.name: getattr(colour, mode) for colour in COLOURS}
    for name, value in colours.items():
        if name.startswith("c-"):
            assert contrast(value, colours["paper"]) >= 3, name
    for name in ("ink", "muted", "accent", "warn"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (900, 9_000, [1e3, 2e3, 5e3]),
        (600, 50_000, [1e3, 3e3, 1e4, 3e4]),
        (0.6, 2_000, [1.0, 10.0, 100.0, 1e3]),
        (1e-4, 9e3, [1e-4, 1e-2, 1.0, 100.0]),
    ],
)
def test_logarithmic_ticks_are_round_and_few(
    low: float, high: float, expected: list[float]
) -> None:
    assert round_ticks(low, high) == pytest.approx(expected)
