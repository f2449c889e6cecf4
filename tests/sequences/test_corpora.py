import gzip
import json
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import Tokenizer, _documents, corpora, read_corpus
from recurra.sequences.corpora import TextRange


def text_of(corpus, part=None):
    return "".join(chunk.text for chunk in corpus.iter_chunks(part))


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(_documents, "BLOCK", 8)
    monkeypatch.setattr(corpora, "BLOCK", 8)


def test_a_text_file_is_one_document_with_plain_line_ends(tmp_path):
    corpus = read_corpus(written(tmp_path / "plays.txt", b"\xef\xbb\xbfTo be\r\nor\rnot\n"))
    assert text_of(corpus) == "To be\nor\nnot\n"
    assert (corpus.name, corpus.documents, corpus.characters) == ("plays", 1, 13)
    assert [chunk.ends_document for chunk in corpus.iter_chunks()] == [False]


def test_a_gzipped_file_and_one_without_an_ending_are_read(tmp_path):
    assert text_of(read_corpus(written(tmp_path / "a.txt.gz", gzip.compress(b"ab c")))) == "ab c"
    assert read_corpus(written(tmp_path / "LICENSE", "ab c")).name == "LICENSE"


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "below").mkdir()
    written(tmp_path / "b.txt", "second")
    written(tmp_path / "a.txt.gz", gzip.compress(b"first"))
    written(tmp_path / "below" / "c.txt", "third")
    written(tmp_path / "d.txt", " \n")
    written(tmp_path / "e.md", "not this")
    corpus = read_corpus(tmp_path)
    chunks = list(corpus.iter_chunks())
    assert [chunk.text for chunk in chunks] == ["first", "second", "third"]
    assert all(chunk.ends_document for chunk in chunks)
    assert corpus.documents == 3
    assert corpus.empty_documents == (str(tmp_path / "d.txt"),)
    assert corpus.name == tmp_path.name


def test_tables_give_a_document_a_row(tmp_path):
    rows = [{"id": i, "body": body} for i, body in enumerate(["one", "", "two", None])]
    path = written(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows)))
    corpus = read_corpus(path)
    assert [chunk.text for chunk in corpus.iter_chunks()] == ["one", "two"]
    assert corpus.empty_documents == ("line 2", "line 4")
    csv = written(tmp_path / "t.csv", 'a,b\n"x\ny",2\n')
    assert text_of(read_corpus(csv, text="a")) == "x\ny"
    with pytest.raises(UnknownNameError, match="unknown column 'c'"):
        read_corpus(csv, text="c")
    with pytest.raises(UsageError, match="cannot tell which column holds the texts"):
        read_corpus(csv)
    with pytest.raises(RowError, match=r"line 1: the text \(column 'id'\) is of type int"):
        read_corpus(path, text="id")


def test_texts_from_python_are_documents():
    corpus = read_corpus(["one", "two"])
    assert corpus.documents == 2
    assert corpus.sha256 == read_corpus(["one", "two"]).sha256 != read_corpus(["onetwo"]).sha256
    with pytest.raises(DataError, match="text 2 is of type int, expected a string"):
        read_corpus(["one", 2])
    with pytest.raises(UsageError, match="no columns in texts from Python; leave out the"):
        read_corpus(["one"], text="body")


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", SourceError, "holds no text"),
        (b" \n\t\n", SourceError, "holds no text"),
        (b"one\ntwo\0three", SourceError, "no text file: it has a zero byte on line 2"),
        (b"one\ntwo\nf\xfcr", RowError, "line 3: byte 0xfc at position 2 is not UTF-8"),
        (b"one two three\nfour five si\xe2\x82", RowError, "line 2: byte 0xe2 at position 13 is"),
        ("one".encode("utf-16"), RowError, "line 1: the file is UTF-16"),
        (gzip.compress(b"one"), SourceError, "gzip-compressed; let its name end in .gz"),
    ],
)
def test_what_is_no_text_is_refused_by_line(tmp_path, small_blocks, content, error, message):
    with pytest.raises(error, match=message):
        read_corpus(written(tmp_path / "a.txt", content))


def test_missing_sources_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "plays.txt", "a")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"'play\.txt' does not exist; did you mean 'plays\.txt'"):
        read_corpus("play.txt")
    with pytest.raises(SourceError, match="did you mean 'tinyshakespeare'"):
        read_corpus("tinyshakespear")
    with pytest.raises(SourceError, match=r"folder empty has no files \*\.txt"):
        read_corpus("empty")
    with pytest.raises(UsageError, match=r"no columns in the text file plays\.txt"):
        read_corpus("plays.txt", text="body")
    with pytest.raises(SourceError, match=r"t\.csv is empty"):
        read_corpus(written(tmp_path / "t.csv", ""))


@given(text=st.text("ab \n\u2003é", min_size=1, max_size=80).filter(str.strip), data=st.data())
def test_chunks_join_to_the_text_and_keep_its_words(text, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_documents, "BLOCK", 8)
        patch.setattr(corpora, "BLOCK", 8)
        corpus = read_corpus([text])
        assert text_of(corpus) == text
        start = data.draw(st.integers(0, len(text)))
        part = TextRange(start, data.draw(st.integers(start, len(text))))
        assert text_of(corpus, part) == text[part.start : part.stop]
        if max(map(len, text.split())) < 8:
            tokenizer = Tokenizer("word").fit([text])
            chunks = [tokenizer.encode(chunk.text) for chunk in corpus.iter_chunks()]
            assert np.concatenate(chunks).tolist() == tokenizer.encode(text).tolist()


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=40), data=st.data())
def test_parts_are_contiguous_and_end_where_documents_do(lengths, data):
    texts = ["x" * length for length in lengths]
    corpus = read_corpus(texts)
    start = data.draw(st.integers(0, corpus.characters))
    stop = data.draw(st.integers(start, corpus.characters))
    ends = np.cumsum(lengths)
    inside = sum(chunk.ends_document for chunk in corpus.iter_chunks(TextRange(start, stop)))
    expected = int(((ends > start) & (ends <= stop)).sum()) if len(lengths) > 1 else 0
    assert inside == expected
    assert len(text_of(corpus, TextRange(start, stop))) == stop - start


def test_one_text_is_cut_between_any_characters():
    corpus = read_corpus(["0123456789" * 10])
    train, validation, test = corpus.split(0.2, 0.1)
    assert [part.characters for part in (train, validation, test)] == [70, 20, 10]
    assert text_of(corpus, validation) == "0123456789" * 2
    train, validation, test = corpus.split(0.1)
    assert (train.stop, test.characters) == (90, 0)
    assert text_of(corpus, test) == ""


def test_many_documents_are_cut_between_them():
    texts = [f"{i:02d}" * (i + 1) for i in range(30)]
    corpus = read_corpus(texts)
    parts = corpus.split(0.1, 0.1)
    joined = [[chunk.text for chunk in corpus.iter_chunks(part)] for part in parts]
    assert list(chain(*joined)) == texts
    assert all(0.05 < part.characters / corpus.characters < 0.2 for part in parts[1:])


def test_one_giant_among_many_documents_is_cut_inside():
    corpus = read_corpus([*"abcdefghijklmnopqrstuvwxyz", "z" * 974])
    train, validation, _ = corpus.split(0.1)
    assert (train.characters, validation.characters) == (900, 100)


def test_impossible_shares_are_refused():
    corpus = read_corpus(["abc"])
    for shares in ((-0.1, 0), (0.5, 0.5), (0, 1.2)):
        with pytest.raises(UsageError, match="together less than 1, not"):
            corpus.split(*shares)
    with pytest.raises(DataError, match="has 3 characters, none are left for validation"):
        corpus.split(0.01, 0.3)


def test_a_large_text_is_held_in_parts(tmp_path):
    line = "a line of ten words that repeats and repeats itself\n"
    path = written(tmp_path / "large.txt", line * 100_000)
    corpus = read_corpus(path)
    sizes = [len(chunk.text) for chunk in corpus.iter_chunks()]
    assert sum(sizes) == corpus.characters == len(line) * 100_000
    assert max(sizes) <= 2 * 2**20
