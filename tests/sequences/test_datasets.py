import gzip
import io
import json
import os
import tarfile
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from recurra.errors import DatasetUnavailable, RowError, SourceError, UnknownNameError
from recurra.sequences import (
    TextEncoder,
    dataset_description,
    dataset_names,
    dataset_path,
    get_dataset,
    imdb,
    label_codes,
    load_dataset,
    resolve_source,
)

REAL = Path(os.environ.get("RECURRA_DATA", "")) / "imdb"
needs_imdb = pytest.mark.skipif(
    "RECURRA_DATA" not in os.environ or not (REAL / "train.jsonl.gz").is_file(),
    reason="RECURRA_DATA does not hold imdb",
)


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without data: both places are empty folders."""
    monkeypatch.setenv("RECURRA_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(imdb, "_cache", lambda: tmp_path / "cache" / "imdb")
    return tmp_path


def test_names_are_balanced_plain_and_of_one_language_each():
    dataset = load_dataset("names")
    rows = list(dataset.train.iter_rows())
    counts = Counter(row.label for row in rows)
    assert dataset.test is None
    assert len(counts) == 12
    assert max(counts.values()) <= 500
    assert min(counts.values()) >= 300
    assert len({row.text.casefold() for row in rows}) == len(rows)
    assert all(" " not in row.text and row.text[:1].isalpha() for row in rows)
    assert not {"Doe"} & {row.text for row in rows}


def test_names_are_the_same_each_time():
    first, second = load_dataset("names"), load_dataset("names")
    assert first.train.sha256() == second.train.sha256()
    assert [r.text for r in first.train.iter_rows()] == [r.text for r in second.train.iter_rows()]


def test_datasets_are_listed_and_misspelt_ones_suggested():
    assert {"imdb", "names"} < set(dataset_names())
    assert "languages" in dataset_description("names")
    assert dataset_path("names") is None
    assert get_dataset("names") is None
    for call in (load_dataset, dataset_path, get_dataset, dataset_description):
        with pytest.raises(UnknownNameError, match="unknown dataset 'imbd'; did you mean 'imdb'"):
            call("imbd")


def test_a_source_is_a_dataset_or_a_file(tmp_path, monkeypatch):
    path = tmp_path / "my.reviews.csv.gz"
    path.write_bytes(gzip.compress(b"text,label\na,b\n"))
    dataset = resolve_source(path)
    assert (dataset.name, dataset.test) == ("my.reviews", None)
    assert resolve_source("names").name == "names"
    assert resolve_source("names", "text", "label").name == "names"
    with pytest.raises(UnknownNameError, match="column of the dataset 'names' 'body'"):
        resolve_source("names", text="body")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="'nmes' does not exist; did you mean 'names'"):
        resolve_source("nmes")
    with pytest.raises(SourceError, match=r"did you mean 'my\.reviews\.csv\.gz'"):
        resolve_source("my.review.csv")


def test_offline_the_error_says_which_file_goes_where(nowhere, monkeypatch):
    def fetch(*_, **__):
        raise OSError("no route to host\nsecond line")

    monkeypatch.setattr("pooch.retrieve", fetch)
    with pytest.raises(DatasetUnavailable) as caught:
        load_dataset("imdb")
    message = str(caught.value)
    assert "\n" not in message
    assert imdb.URL in message
    assert "no route to host" in message
    for folder in (nowhere / "data" / "imdb", nowhere / "cache" / "imdb"):
        assert str(folder) in message
    assert "train.jsonl.gz and test.jsonl.gz" in message
    with pytest.raises(DatasetUnavailable, match="recurra data get imdb"):
        dataset_path("imdb")
    assert list((nowhere / "cache" / "imdb").iterdir()) == []


def archive(path, reviews, extra=()):
    with tarfile.open(path, "w:gz") as tar:
        for name, text in [*reviews.items(), *extra]:
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("aclImdb/train/pos/9_9.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)


REVIEWS = {
    f"aclImdb/{part}/{label}/{i}_{i}.txt": f"{part} {label} café {i}"
    for part in ("train", "test")
    for label in ("neg", "pos")
    for i in (0, 1)
}


def test_the_original_archive_is_converted(nowhere, monkeypatch):
    archive(nowhere / "a.tar.gz", REVIEWS, [("../../evil.txt", "x"), ("aclImdb/README", "y")])
    monkeypatch.setattr("pooch.retrieve", lambda *_, **__: str(nowhere / "a.tar.gz"))
    monkeypatch.setattr(imdb, "_REVIEWS_PER_PART", 4)
    folder = get_dataset("imdb")
    assert folder == nowhere / "cache" / "imdb" == dataset_path("imdb")
    assert sorted(p.name for p in folder.iterdir()) == ["test.jsonl.gz", "train.jsonl.gz"]
    dataset = load_dataset("imdb")
    assert sorted((row.text, row.label) for row in dataset.test.iter_rows()) == [
        ("test neg café 0", "negative"),
        ("test neg café 1", "negative"),
        ("test pos café 0", "positive"),
        ("test pos café 1", "positive"),
    ]
    assert len(list(dataset.train.iter_rows())) == 4


def test_an_archive_with_missing_reviews_leaves_nothing(nowhere, monkeypatch):
    archive(nowhere / "a.tar.gz", REVIEWS)
    monkeypatch.setattr("pooch.retrieve", lambda *_, **__: str(nowhere / "a.tar.gz"))
    with pytest.raises(DatasetUnavailable, match="4 train reviews, expected 25000"):
        get_dataset("imdb")
    assert list((nowhere / "cache" / "imdb").iterdir()) == []


def test_files_beside_the_user_come_before_the_cache(nowhere):
    for place, text in (("data", "mine"), ("cache", "cached")):
        (nowhere / place / "imdb").mkdir(parents=True)
        for part in ("train", "test"):
            line = json.dumps({"text": text, "label": 1}).encode()
            (nowhere / place / "imdb" / f"{part}.jsonl.gz").write_bytes(gzip.compress(line))
    assert [row.text for row in load_dataset("imdb").train.iter_rows()] == ["mine"]
    (nowhere / "data" / "imdb" / "test.jsonl.gz").unlink()
    assert [row.text for row in load_dataset("imdb").train.iter_rows()] == ["cached"]


def test_other_labels_in_the_files_are_refused(nowhere):
    folder = nowhere / "data" / "imdb"
    folder.mkdir(parents=True)
    for part in ("train", "test"):
        (folder / f"{part}.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x", "label": 7}'))
    with pytest.raises(RowError, match="line 1: the label is '7', expected one of 0, 1"):
        list(load_dataset("imdb").train.iter_rows())


@needs_imdb
def test_the_real_reviews_are_read_whole():
    dataset = load_dataset("imdb")
    for part in (dataset.train, dataset.test):
        classes, codes = label_codes(part)
        assert classes == ["negative", "positive"]
        assert len(codes) == 25_000
        assert codes.sum() == 12_500


@needs_imdb
def test_real_reviews_are_encoded_as_words():
    texts = [row.text for row in islice(load_dataset("imdb").train.iter_rows(), 500)]
    encoder = TextEncoder(max_length=250).fit(texts)
    ids, lengths, unknown = encoder.encode_with_statistics(texts)
    assert unknown.sum() == 0
    assert max(map(len, ids)) == 250
    assert 200 < lengths.mean() < 260
    assert "br" not in encoder.tokens
