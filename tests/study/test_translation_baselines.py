"""What translators stand beside."""

from __future__ import annotations

from recurra.study._translation_baselines import NearestSource, share_of_shared_words


def test_nearest_source_gives_its_target():
    nearest = NearestSource(["ein kleiner Hund", "zwei Katzen", "ein Haus"], ["dog", "cats", "x"])
    assert nearest.translate(["ein kleine Hund", "drei Katzen", "ein Haus"]) == ["dog", "cats", "x"]
    assert nearest.parameters > 20


def test_nothing_in_common_still_gives_a_target():
    assert NearestSource(["abc", "abd"], ["1", "2"]).translate(["ξψ", ""]) == ["1", "1"]


def test_more_texts_than_a_piece_keep_their_order():
    sources = [f"word{n} {n * n}" for n in range(150)]
    assert NearestSource(sources, sources).translate(sources) == sources


def test_shared_words_tell_one_language_from_two():
    assert share_of_shared_words(["on 3 May 2021"], ["2021-05-03"]) == 1 / 3
    assert share_of_shared_words(["Ein Hund"], ["A dog"]) == 0
    assert share_of_shared_words([], []) == 0
    assert share_of_shared_words(["teh Cat"] * 5000, ["the cat"] * 5000) == 0.5
