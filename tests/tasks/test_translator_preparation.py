"""From pairs to token ids: splits, settings, what is left out and cut."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, UsageError
from recurra.sequences import EOS_ID, PairDataset, read_pairs
from recurra.tasks._translation_preparation import prepare_pairs
from recurra.tasks._translation_sources import open_pairs, pairs_in_memory, split_pairs
from recurra.tasks._translator_settings import (
    TranslatorSettings,
    resolve_translator_settings,
    settle_translator_settings,
)

PAIRS = [(f"der Baum {n}", f"the tree {n}") for n in range(60)]


def prepared(pairs=PAIRS, *, preset="fast", seed=0, **given):
    dataset = pairs if isinstance(pairs, PairDataset) else pairs_in_memory(pairs)
    settings = resolve_translator_settings(preset, {"level": "word", **given})
    split = split_pairs(dataset, validation=settings.validation, test=settings.test, seed=seed)
    return prepare_pairs(split, settings, preset=preset, seed=seed)


@given(
    st.lists(st.integers(0, 30), min_size=12, max_size=80).filter(lambda s: len(set(s)) > 8),
    st.integers(0, 5),
)
def test_equal_sources_are_never_on_two_sides_and_no_pair_is_lost(sources, seed):
    pairs = [(f"s{source}", f"t{row}") for row, source in enumerate(sources)]
    split = split_pairs(pairs_in_memory(pairs), validation=0.2, test=0.1, seed=seed)
    parts = (split.train, split.validation, split.test)
    found = [pair for part in parts for pair in zip(part.sources, part.targets, strict=True)]
    assert sorted(found) == sorted(pairs)
    for one, two in combinations(parts, 2):
        assert not set(one.sources) & set(two.sources)


@pytest.mark.parametrize(("validation", "test", "counts"), [(0.1, 0.1, (6, 6)), (7, 12, (7, 12))])
def test_shares_and_numbers_of_different_pairs_are_kept_exactly(validation, test, counts):
    split = split_pairs(pairs_in_memory(PAIRS), validation=validation, test=test, seed=1)
    assert (len(split.validation), len(split.test)) == counts
    assert len(split.train) == 60 - sum(counts)


def test_parts_of_a_datasets_own_are_kept_apart():
    tables = [read_pairs(PAIRS[a:b]) for a, b in ((0, 40), (40, 50), (50, 60))]
    split = split_pairs(PairDataset("d", *tables), validation=0.5, test=0.5, seed=0)
    assert split.train.sources == [source for source, _ in PAIRS[:40]]
    assert split.validation.sources == [source for source, _ in PAIRS[40:50]]
    assert split.test.targets == [target for _, target in PAIRS[50:]]
    assert split.facts["test_is_official"]


def test_tokenizers_know_the_training_pairs_only():
    tables = [read_pairs(PAIRS[a:b]) for a, b in ((0, 40), (40, 50), (50, 60))]
    other = read_pairs([("Zürich", "Zurich")] * 9)
    one = prepared(PairDataset("d", *tables), level="word")
    two = prepared(PairDataset("d", tables[0], other, other), level="word")
    assert one.source_tokenizer.tokens == two.source_tokenizer.tokens
    assert one.target_tokenizer.tokens == two.target_tokenizer.tokens
    assert " Zürich" not in two.source_tokenizer.tokens
    assert " 45" not in one.source_tokenizer.tokens


def test_long_texts_are_cut_counted_and_still_end():
    pairs = [*PAIRS, ("lang " * 30, "long " * 40)]
    found = prepared(pairs, level="word", max_length=20, validation=3, test=0, seed=3)
    assert found.warnings == (
        "1 of 58 training sources have more than 20 tokens (max_length) and were cut",
        "1 of 58 training targets have more than 20 tokens (max_length) and were cut",
    )
    longest = int(np.argmax(found.train.targets.lengths))
    assert len(found.train.targets[longest]) == 21
    assert found.train.targets[longest][-1] == EOS_ID
    assert found.data["lengths"]["target"]["length"]["max"] == 40
    assert all(row[-1] == EOS_ID for row in map(found.train.sources.__getitem__, range(58)))


def test_empty_sides_are_named_by_their_lines_and_left_out(tmp_path):
    path = tmp_path / "pairs.tsv"
    lines = [f"{source}\t{target}" for source, target in PAIRS]
    lines[4], lines[9] = "\tthe house", "das Haus\t "
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = prepared(open_pairs(path))
    assert found.warnings == (f"{path}: 2 pairs with an empty side were left out, lines 5, 10",)
    assert sum(found.data["rows"].values()) == 58


def test_many_empty_sides_are_all_counted():
    pairs = [*PAIRS, *[("", "x")] * 15]
    (sentence,) = prepared(pairs).warnings
    assert "15 pairs with an empty side were left out, lines 61, 62" in sentence
    assert sentence.endswith("70 and 5 more")


def test_what_a_person_wants_to_know_of_the_data_is_kept():
    data = prepared(level="word").data
    assert data["rows"] == {"train": 48, "validation": 6, "test": 6}
    assert data["level"] == "word"
    assert data["vocabulary"]["source"] == 4 + 2 + 48
    assert data["lengths"]["source"]["length"]["mean"] == 3
    assert data["shapes"] == [[4, 4]]
    assert data["padding_share"] == pytest.approx(0)
    assert data["examples"][0]["source_tokens"][-1] == "[EOS]"
    assert len(data["sha256"]) == len(data["digest"]) == 64


def test_another_pair_is_another_digest():
    changed = [*PAIRS[:30], ("der Baum 30", "the bush"), *PAIRS[31:]]
    digests = {prepared(pairs).data["digest"] for pairs in (PAIRS, changed)}
    assert len(digests) == 2
    assert prepared().data["digest"] in digests


@pytest.mark.parametrize(
    ("targets", "level"),
    [(["2021-03-01", "1999-12-31"], "char"), (["the tree is green"], "subword"), ([], "subword")],
)
def test_the_level_suits_the_targets(targets, level):
    assert resolve_translator_settings("fast", {}, targets).level == level


def test_settings_round_trip_and_defaults_stand_back():
    given = {"level": "word", "units": np.int64(32), "dropout": 0.3}
    settings = resolve_translator_settings("accurate", given)
    assert (settings.units, settings.dropout, settings.label_smoothing) == (32, 0.3, 0.1)
    assert type(settings.units) is int
    assert TranslatorSettings(**settings.to_dict()) == settings


@pytest.mark.parametrize("pairs", [10, 500, 30_000, 2_000_000])
def test_epochs_suit_the_number_of_pairs(pairs):
    settings = resolve_translator_settings("fast", {}, ["a b c"])
    settled = settle_translator_settings(settings, preset="fast", pairs=pairs)
    assert 3 <= settled.epochs <= 100
    assert 8 <= settled.batch_size <= 64
    given = settle_translator_settings(
        resolve_translator_settings("fast", {"epochs": 2}), preset="fast", pairs=pairs
    )
    assert given.epochs == 2


def test_too_much_held_out_is_an_error():
    with pytest.raises(DataError, match=r"60 pairs \(60 different sources\) are too few"):
        split_pairs(pairs_in_memory(PAIRS), validation=30, test=30, seed=0)
    with pytest.raises(UsageError, match="vocabulary"):
        prepared(level="subword", vocabulary=100)
