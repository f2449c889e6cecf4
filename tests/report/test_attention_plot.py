"""Pictures of attention: readable from 1 to 60 tokens, in any script, whole or not there."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import OutputError, ShapeError, UsageError
from recurra.report import write_attention_plot
from recurra.report.attention_plot import AttentionMap, attention_figure, token_label
from recurra.runtime import AttentionMatrix


def matrix(sources: list[str], targets: list[str]) -> AttentionMatrix:
    weights = np.random.default_rng(0).dirichlet(np.ones(len(sources)), len(targets))
    return AttentionMatrix(tuple(sources), tuple(targets), weights.astype(np.float32))


SIDES = {
    "one": (["a"], ["b"]),
    "words": ([" ein", " orangefarbener", " Hut"], [" an", " orange", " hat", "[EOS]"]),
    "scripts": ([*"Привет", "你好", "مرحبا", "שלום", "ไทย"], [*"日本語", "한국어", "$x$", "_y^2"]),
    "signs": (["\n", "\t", " ", "", "\x00", "\x1b[1m", "\ud800"], ["\u202e", "�", "e\u0301"]),
}


@pytest.mark.parametrize("name", SIDES)
def test_every_script_can_be_drawn(tmp_path, name):
    for ending in ("png", "svg", "pdf"):
        path = write_attention_plot(matrix(*SIDES[name]), tmp_path / f"a.{ending}")
        assert path.stat().st_size > 1000
    assert len(list(tmp_path.iterdir())) == 3


def test_sixty_tokens_are_all_named_and_do_not_overlap():
    words = [f"word{number}" for number in range(60)]
    drawn = attention_figure([AttentionMap(words, words[:55], np.eye(55, 60).tolist())])
    drawn.draw_without_rendering()
    (axes,) = drawn.axes
    for labels, side in ((axes.get_xticklabels(), "x0"), (axes.get_yticklabels(), "y0")):
        boxes = [label.get_window_extent() for label in labels]
        places = np.array([getattr(box, side) for box in boxes])
        sizes = [box.width if side == "x0" else box.height for box in boxes]
        assert np.abs(np.diff(places)).min() > max(sizes) - 2
        assert all(box.x0 >= 0 and box.y1 <= drawn.bbox.height for box in boxes)
    assert [label.get_text() for label in axes.get_xticklabels()] == words


def test_a_cell_is_as_dark_as_its_weight():
    drawn = attention_figure([AttentionMap(["a", "b"], ["c"], [[0.25, 0.0]])])
    alphas = [patch.get_alpha() for patch in drawn.axes[0].patches]
    assert alphas == [0.5, 0.25, 0.5]  # a pale cell below each, and one that is read


def test_labels_show_what_cannot_be_seen():
    labels = [token_label(token) for token in (" cat", " ", "\n", "", "\x00", "a" * 40)]
    assert labels[:5] == ["cat", "␣", "↵", "∅", "\\x00"]
    assert len(labels[5]) == 14
    assert token_label("0.25 s") == "0.25 s"
    assert token_label("  ") == "␣␣"


def test_what_cannot_be_drawn_or_written_leaves_nothing(tmp_path):
    good = matrix(["a"], ["b", "c"])
    with pytest.raises(ShapeError, match=r"have shape \(2, 1\); 1 target and 1 source tokens"):
        write_attention_plot(AttentionMatrix(("a",), ("b",), good.weights), tmp_path / "a.png")
    empty = AttentionMatrix((), ("b",), np.zeros((1, 0), np.float32))
    with pytest.raises(ShapeError, match="at least one of each"):
        write_attention_plot(empty, tmp_path / "a.png")
    with pytest.raises(UsageError, match=r"a\.gif must end in \.png, \.svg or \.pdf"):
        write_attention_plot(good, tmp_path / "a.gif")
    with pytest.raises(OutputError, match="cannot write"):
        write_attention_plot(good, tmp_path / "none" / "a.png")
    assert not list(tmp_path.iterdir())
