"""The named datasets for generation and translation."""

import datetime as dt
import re

import numpy as np
import pytest
from scipy.io import savemat

from recurra.errors import DatasetUnavailable, SourceError, UnknownNameError, UsageError
from recurra.sequences import (
    corpus_dataset_names,
    dataset_kind,
    dataset_names,
    dataset_path,
    dates,
    get_dataset,
    load_dataset,
    load_pairs_dataset,
    load_rolls,
    make_dates,
    pairs_dataset_names,
    read_corpus,
    read_pairs,
    resolve_pairs,
)


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without data and without a network."""

    def fetch(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setenv("RECURRA_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))
    monkeypatch.setattr("pooch.retrieve", fetch)
    return tmp_path


def placed(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_all_are_listed_with_their_kind():
    kinds = {name: dataset_kind(name) for name in dataset_names()}
    assert [name for name in kinds if kinds[name] == "corpus"] == corpus_dataset_names()
    assert [name for name in kinds if kinds[name] == "pairs"] == pairs_dataset_names()
    assert kinds["jsb-chorales"] == "rolls"
    with pytest.raises(UsageError, match="'dates' holds pairs of texts, expected texts with lab"):
        load_dataset("dates")


def test_pythons_documentation_is_here_offline(nowhere):
    corpus = read_corpus("python-docs")
    assert dataset_path("python-docs") is None
    assert 60 < corpus.documents < 120
    assert corpus.characters > 300_000
    assert corpus.sha256 == read_corpus("python-docs").sha256
    text = "".join(chunk.text for chunk in corpus.iter_chunks())
    paragraphs = [p for p in re.split(r"\n\n+", text) if len(p) >= 60]
    assert len(set(paragraphs)) > 0.98 * len(paragraphs)


def test_what_cannot_be_fetched_says_where_it_goes(nowhere):
    for name, file in (("fra-eng", "fra.txt"), ("multi30k-de-en", "val.de")):
        for call in (dataset_path, get_dataset, resolve_pairs):
            with pytest.raises(
                DatasetUnavailable, match=f"'{name}' is not on this machine: put.*{file}"
            ):
                call(name)
    with pytest.raises(DatasetUnavailable, match=r"JSB_Chorales\.mat of https"):
        load_rolls()
    with pytest.raises(DatasetUnavailable, match="recurra data get tinyshakespeare"):
        dataset_path("tinyshakespeare")
    with pytest.raises(DatasetUnavailable, match=r"no route to host\); put input\.txt into"):
        read_corpus("tinyshakespeare")


def test_a_cached_corpus_is_found(nowhere):
    path = placed(nowhere / "cache" / "tinyshakespeare" / "input.txt", "To be")
    assert dataset_path("tinyshakespeare") == path
    assert read_corpus("tinyshakespeare").characters == 5


def test_parts_of_a_dataset_stay_apart_and_may_be_turned_round(nowhere):
    for part in ("train", "val", "test_2016_flickr"):
        for language in ("de", "en"):
            placed(nowhere / "data" / "multi30k" / f"{part}.{language}", f"{part} {language}\n")
    dataset = load_pairs_dataset("multi30k-de-en")
    found = [[(r.source, r.target) for r in part] for part in (dataset.train, dataset.validation)]
    assert found == [[("train de", "train en")], [("val de", "val en")]]
    assert next(iter(dataset.test)).target == "test_2016_flickr en"
    turned = resolve_pairs("multi30k-de-en", source_column="en")
    assert next(iter(turned.validation)).source == "val en"
    with pytest.raises(UnknownNameError, match="unknown column 'fr'"):
        load_pairs_dataset("multi30k-de-en", "fr")
    with pytest.raises(UnknownNameError, match="did you mean 'dates'"):
        load_pairs_dataset("date")


def test_dates_are_distinct_plain_and_the_same_each_time(nowhere):
    pairs = make_dates(3000)
    assert pairs == make_dates(3000) != make_dates(3000, seed=1)
    assert len({written for written, _ in pairs}) == 3000
    for written, iso in pairs:
        date = dt.date.fromisoformat(iso)
        assert 1900 <= date.year <= 2099
        assert str(date.year) in written
        assert re.search(rf"(?<!\d)0?{date.day}(?!\d)", written)
    years = {iso[:4] for _, iso in pairs}
    assert len(years) == 200
    with pytest.raises(UsageError, match="must be 1 or more, not 0"):
        make_dates(0)


def test_numeric_dates_have_the_day_or_the_year_first():
    numeric = [(w, iso) for w, iso in make_dates(5000) if re.fullmatch(r"[\d./ -]+", w)]
    assert len(numeric) > 300
    for written, iso in numeric:
        year, month, day = (int(part) for part in iso.split("-"))
        found = [int(part) for part in re.findall(r"\d+", written)]
        assert found in ([day, month, year], [year, month, day])


@pytest.mark.parametrize(
    ("pattern", "tells"),
    [
        ("d MMMM y", True),
        ("EEEE, d 'de' MMMM 'de' y", True),
        ("MMM d, y", True),
        ("dd/MM/y", True),
        ("y-MM-dd", True),
        ("M/d/y", False),
        ("dd.MM.yy", False),
        ("MMMM d", False),
        ("MMMM y 'd'", False),
    ],
)
def test_only_patterns_that_tell_the_date_are_used(pattern, tells):
    assert dates._tells(pattern) == tells


def test_the_dataset_of_dates_is_large_enough(nowhere):
    table = read_pairs("dates")
    assert table.rows >= 12_000
    assert table.empty_lines == ()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", next(iter(table)).target)


def rolls(*lengths):
    found = np.empty((1, len(lengths)), dtype=object)
    for i, length in enumerate(lengths):
        found[0, i] = np.eye(88, dtype=np.uint8)[:length]
    return found


def test_piano_rolls_are_checked(nowhere):
    path = placed(nowhere / "data" / "poly_music" / "JSB_Chorales.mat", "")
    parts = {"traindata": rolls(5, 3), "validdata": rolls(4), "testdata": rolls(2)}
    savemat(path, parts)
    dataset = load_rolls()
    assert [roll.shape for roll in dataset.train] == [(5, 88), (3, 88)]
    assert dataset.test[0].dtype == np.uint8
    broken = rolls(2)
    broken[0, 0] = broken[0, 0] * 3
    savemat(path, {**parts, "testdata": broken})
    with pytest.raises(SourceError, match="piece 1 of testdata has shape"):
        load_rolls()
    savemat(path, {"traindata": rolls(1)})
    with pytest.raises(SourceError, match="no pieces of music named 'validdata'"):
        load_rolls()
    path.write_bytes(b"no matrix")
    with pytest.raises(SourceError, match="is not a sound MATLAB file"):
        load_rolls()
    with pytest.raises(UnknownNameError, match=r"piano rolls 'jsb' \(known: jsb-chorales\)"):
        load_rolls("jsb")


def test_the_real_files_have_the_published_sizes(real_data):
    corpus = read_corpus("tinyshakespeare")
    parts = corpus.split(0.1)
    assert (parts.train.characters, parts.validation.characters) == (1_003_854, 111_540)
    multi30k = load_pairs_dataset("multi30k-de-en")
    parts = (multi30k.train, multi30k.validation, multi30k.test)
    assert [part.rows for part in parts] == [29_000, 1_014, 1_000]
    assert read_pairs("fra-eng").rows == 76_037
    chorales = load_rolls()
    assert [len(p) for p in (chorales.train, chorales.validation, chorales.test)] == [229, 76, 77]
