import gzip
import json

import polars as pl
import pytest

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import PairRow, read_pairs, resolve_pairs


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sides(table):
    return [(row.source, row.target) for row in table]


@pytest.mark.parametrize("ending", ["txt", "tsv", "txt.gz", "pairs"])
def test_lines_with_tabs_need_no_header(tmp_path, ending):
    content = b'Go.\tVa !\tCC-BY\n\n"Hi" he said\tSalut\tCC-BY\r\n'
    path = tmp_path / f"fra.{ending}"
    table = read_pairs(written(path, gzip.compress(content) if ending.endswith("gz") else content))
    assert list(table) == [PairRow("Go.", "Va !", 1), PairRow('"Hi" he said', "Salut", 3)]
    assert (table.name, table.rows, len(table), table.empty_lines) == ("fra", 2, 2, ())


def test_columns_of_a_file_without_header_have_numbers(tmp_path):
    path = written(tmp_path / "a.tsv", "1\tone\tun\n2\ttwo\tdeux\n")
    assert sides(read_pairs(path, source_column="2", target_column="3"))[0] == ("one", "un")
    assert sides(read_pairs(path, source_column="2"))[0] == ("one", "1")
    assert sides(read_pairs(path, target_column="1"))[0] == ("one", "1")
    with pytest.raises(UsageError, match="column 3 cannot be both the source and the target"):
        read_pairs(path, source_column="3", target_column="3")
    with pytest.raises(UnknownNameError, match="unknown column 'eng'"):
        read_pairs(path, source_column="eng")


@pytest.mark.parametrize(
    "header", ["source\ttarget", "src\ttgt", "en\tfr", "English\tFrench", "input\toutput"]
)
def test_a_header_with_known_names_is_no_pair(tmp_path, header):
    table = read_pairs(written(tmp_path / "a.tsv", f"{header}\none\tun\n"))
    assert list(table) == [PairRow("one", "un", 2)]


def test_a_header_is_known_by_the_names_asked_for(tmp_path):
    path = written(tmp_path / "a.tsv", "q\ta\none\tun\n")
    assert sides(read_pairs(path, source_column="a")) == [("un", "one")]


def test_a_line_with_too_few_fields_is_named(tmp_path):
    path = written(tmp_path / "a.tsv", "one\tun\ntwo\n")
    with pytest.raises(RowError, match=r"a\.tsv, line 2: 1 field, expected 2 or more with a tab"):
        read_pairs(path)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_tables_give_two_columns(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    rows = [{"de": "eins", "id": "1", "en": "one"}, {"de": "z,wei", "id": "2", "en": ""}]
    if kind == "csv":
        written(path, 'de,id,en\neins,1,one\n"z,wei",2,\n')
    elif kind == "jsonl":
        written(path, "\n".join(map(json.dumps, rows)))
    else:
        pl.DataFrame(rows).write_parquet(path)
    table = read_pairs(path)
    assert sides(table) == [("eins", "one")]
    assert table.empty_lines == ({"csv": 3}.get(kind, 2),)
    assert sides(read_pairs(path, source_column="en", target_column="de")) == [("one", "eins")]
    with pytest.raises(UsageError, match=r"which column holds the translations \(--target COLUMN"):
        read_pairs(path, source_column="en")
    with pytest.raises(UsageError, match="cannot be both the source and the target"):
        read_pairs(path, source_column="en", target_column="en")


def test_numbers_are_no_texts(tmp_path):
    path = written(tmp_path / "a.jsonl", '{"source": "a", "target": 1}')
    with pytest.raises(RowError, match="line 1: column 'target' is of type int"):
        read_pairs(path)


def test_parallel_files_pair_line_by_line(tmp_path):
    source = written(tmp_path / "train.de", "eins\n\nzwei\n   \nvier")
    target = written(tmp_path / "train.en.gz", gzip.compress(b"one\nnothing\ntwo\n\nfour\n"))
    table = read_pairs(source, target_file=target)
    assert sides(table) == [("eins", "one"), ("zwei", "two"), ("vier", "four")]
    assert table.empty_lines == (2, 4)
    assert [row.line for row in table] == [1, 3, 5]
    assert table.source == f"{source} and {target}"


@pytest.mark.parametrize(("source", "target"), [(5, 3), (3, 5), (4, 3)])
def test_parallel_files_of_different_length_are_refused(tmp_path, source, target):
    first = written(tmp_path / "a.de", "x\n" * source)
    second = written(tmp_path / "a.en", "y\n" * target)
    message = rf"a\.de has {source} lines and .*a\.en has {target}; line i"
    with pytest.raises(DataError, match=message):
        read_pairs(first, target_file=second)


def test_parallel_files_are_no_tables(tmp_path):
    source = written(tmp_path / "a.de", "x\n")
    table = written(tmp_path / "a.csv", "x\n")
    with pytest.raises(UsageError, match=r"a\.csv is a table; parallel files hold one text a line"):
        read_pairs(source, target_file=table)
    with pytest.raises(UsageError, match="'dates' has its own translations; name no other file"):
        read_pairs("dates", target_file=source)
    with pytest.raises(UsageError, match="parallel files have no columns"):
        read_pairs(source, target_file=source, source_column="de")
    with pytest.raises(SourceError, match=r"a\.em' does not exist; did you mean .*a\.de"):
        read_pairs(source, target_file=tmp_path / "a.em")


def test_pairs_from_python():
    pairs = [("one", "un"), ["two", "deux"], ("", "rien")]
    table = read_pairs(pairs)
    assert sides(table) == [("one", "un"), ("two", "deux")]
    assert table.empty_lines == (3,)
    assert sides(read_pairs((["one", "two"], ["un", "deux"]))) == sides(table)
    assert table.sha256 == read_pairs(pairs).sha256 != read_pairs(pairs[:2]).sha256
    with pytest.raises(UsageError, match="2 sources but 1 targets"):
        read_pairs((["one", "two"], ["un"]))
    with pytest.raises(DataError, match="pair 1 is 'ab', expected a source and a target"):
        read_pairs(["ab"])
    with pytest.raises(DataError, match="pair 2 holds a value of type int"):
        read_pairs([("a", "b"), ("c", 1)])


def test_files_without_pairs_are_refused(tmp_path):
    for name in ("a.tsv", "a.csv"):
        with pytest.raises(SourceError, match="is empty"):
            read_pairs(written(tmp_path / name, ""))
    with pytest.raises(SourceError, match="has no pairs of texts: 2 lines with an empty side"):
        read_pairs(written(tmp_path / "b.tsv", "a\t\n \tb\n"))
    with pytest.raises(SourceError, match="is a folder; name a file in it"):
        read_pairs(tmp_path)
    with pytest.raises(RowError, match="line 2: byte 0xfc"):
        read_pairs(written(tmp_path / "c.tsv", b"a\tb\nf\xfcr\tc\n"))


def test_a_file_has_no_parts_of_its_own(tmp_path):
    dataset = resolve_pairs(written(tmp_path / "a.tsv", "a\tb\n"))
    assert (dataset.name, dataset.validation, dataset.test) == ("a", None, None)
