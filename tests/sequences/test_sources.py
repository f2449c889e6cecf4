import gzip
import json
import tracemalloc

import polars as pl
import pytest

from recurra.errors import RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import read_texts

ROWS = [("a fine film", "good"), ("a dull, long film", "bad"), ('he said "no"', "bad")]
CSV = 'text,label\na fine film,good\n"a dull, long film",bad\n"he said ""no""",bad\n'
JSONL = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in ROWS)


def write(folder, name, content):
    data = content.encode() if isinstance(content, str) else content
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def rows(table):
    return [(row.text, row.label) for row in table.iter_rows()]


def lines(table):
    return [row.line for row in table.iter_rows()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CSV),
        ("a.csv.gz", CSV),
        ("A.CSV", "\ufeff" + CSV.replace("\n", "\r\n")),
        (
            "semicolons.csv",
            CSV.replace(",good", ";good").replace(",bad", ";bad").replace("t,l", "t;l"),
        ),
        ("a.tsv", CSV.replace(",good", "\tgood").replace(",bad", "\tbad").replace("t,l", "t\tl")),
        ("a.jsonl", JSONL),
        ("a.ndjson.gz", JSONL.replace("\n", "\r\n\r\n")),
        ("bom.jsonl", "\ufeff" + JSONL.rstrip()),
    ],
)
def test_every_text_format_gives_the_same_rows(tmp_path, name, content):
    table = read_texts(write(tmp_path, name, content))
    assert rows(table) == ROWS
    assert rows(table) == ROWS  # again from the beginning
    assert (table.text_column, table.label_column) == ("text", "label")


def test_parquet_gives_the_same_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("recurra.sequences.formats._PARQUET_SLICE", 2)
    path = tmp_path / "a[1].parquet"
    pl.DataFrame(ROWS, schema=["text", "label"], orient="row").write_parquet(path)
    table = read_texts(path)
    assert rows(table) == ROWS
    assert lines(table) == [1, 2, 3]


def test_line_numbers_are_exact_through_quoted_line_breaks(tmp_path):
    content = 'text,label\r\n"one\r\ntwo\r\nthree",a\r\n\r\nfour,b\r\n"five\nsix",c'
    table = read_texts(write(tmp_path, "a.csv", content))
    assert rows(table)[0][0] == "one\r\ntwo\r\nthree"
    assert lines(table) == [2, 6, 7]


def test_the_hash_is_that_of_the_file(tmp_path):
    import hashlib

    path = write(tmp_path, "a.csv.gz", CSV)
    assert read_texts(path).sha256() == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1, 0, 2**70], ["1", "0", str(2**70)]),
        ([1.0, 2.5, -3.0], ["1", "2.5", "-3"]),
        ([True, False, True], ["true", "false", "true"]),
        ([" a ", "b", "1.0"], ["a", "b", "1.0"]),
    ],
)
def test_labels_are_strings(tmp_path, values, labels):
    content = "".join(json.dumps({"text": "x", "label": value}) + "\n" for value in values)
    table = read_texts(write(tmp_path, "a.jsonl", content))
    assert [row.label for row in table.iter_rows()] == labels


def test_parquet_labels_are_strings_too(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({"text": ["a", "b"], "label": [1, 2]})
    frame.write_parquet(path)
    assert [row.label for row in read_texts(path).iter_rows()] == ["1", "2"]
    frame.with_columns(pl.col("label").cast(pl.String).cast(pl.Categorical)).write_parquet(path)
    assert [row.label for row in read_texts(path).iter_rows()] == ["1", "2"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Review,Sentiment", ("Review", "Sentiment")),
        ("id,text,title,label,stars", ("text", "label")),
        ("stars,what_they_wrote", ("what_they_wrote", "stars")),
        ("tweet,y", ("tweet", "y")),
        ("name,language", ("name", "language")),
    ],
)
def test_obvious_columns_are_guessed(tmp_path, header, expected):
    path = write(tmp_path, "a.csv", f"{header}\n{','.join('abcde'[: header.count(',') + 1])}\n")
    table = read_texts(path)
    assert (table.text_column, table.label_column) == expected


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("a,b", r"the texts \(--text COLUMN\) and the labels .*the columns are: a, b"),
        ("review,comment,label", r"which column holds the texts \(--text COLUMN\); the columns"),
        ("text,id,date", r"holds the labels \(--label COLUMN\)"),
        ("text,text,label", "the column 'text' more than once"),
    ],
)
def test_columns_that_are_not_obvious_must_be_named(tmp_path, header, message):
    path = write(tmp_path, "a.csv", header + "\n" + header + "\n")
    with pytest.raises(UsageError, match=message):
        read_texts(path)


def test_named_columns_are_taken_and_misspelt_ones_suggested(tmp_path):
    path = write(tmp_path, "a.csv", "text,notes,label,kind\n1,2,3,4\n")
    assert rows(read_texts(path, "notes", "kind")) == [("2", "4")]
    assert rows(read_texts(path, text="notes")) == [("2", "3")]
    with pytest.raises(UnknownNameError, match="unknown column 'notse'; did you mean 'notes'"):
        read_texts(path, text="notse")
    with pytest.raises(UsageError, match="'text' cannot hold both"):
        read_texts(path, "text", "text")


def test_labels_may_be_absent_when_not_needed(tmp_path):
    path = write(tmp_path, "a.csv", "anything\nx\n")
    assert rows(read_texts(path, require_label=False)) == [("x", None)]
    path = write(tmp_path, "b.csv", "text,label\nx,y\n")
    assert rows(read_texts(path, require_label=False)) == [("x", "y")]
    path = write(tmp_path, "c.csv", "text,id,date\nx,y,z\n")
    assert rows(read_texts(path, require_label=False)) == [("x", None)]


GOOD = "text,label\na,b\n"


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("a.csv", GOOD + "a,b,c\n", 3, "3 fields, the header has 2"),
        ("a.csv", GOOD + "a\n", 3, "1 fields, the header has 2"),
        ("a.csv", GOOD + '"x\ny",b\n"open,b\nmore,c\n', 5, "quote that opens here is never closed"),
        ("a.csv", GOOD + '"a"x,b\n', 3, 'write a quote inside a quoted field twice, as ""'),
        ("a.csv", GOOD + "a\rb,c\n", 3, "carriage return inside a field"),
        ("a.csv", GOOD + "a,\n", 3, "the label (column 'label') is missing"),
        ("a.csv", GOOD + " ,b\n", 3, "the text (column 'text') is missing"),
        ("a.csv", GOOD.encode() + b"caf\xe9,b\n", 3, "byte 0xe9 at position 4 is not UTF-8"),
        ("a.csv", GOOD.encode("utf-16"), 1, "the file is UTF-16"),
        ("a.jsonl", JSONL + "{bad\n", 4, "not JSON: "),
        ("a.jsonl", JSONL + '["text"]\n', 4, "one JSON object per line, got a list"),
        ("a.jsonl", JSONL + '{"text": "x"}\n', 4, "the key 'label' is missing"),
        ("a.jsonl", JSONL + '{"text": 3, "label": 1}\n', 4, "is of type int, expected a string"),
        (
            "a.jsonl",
            JSONL + '{"text": null, "label": 1}\n',
            4,
            "the text (column 'text') is missing",
        ),
        (
            "a.jsonl",
            JSONL + '{"text": "x", "label": NaN}\n',
            4,
            "the label (column 'label') is missing",
        ),
        (
            "a.jsonl",
            JSONL + '{"text": "x", "label": [1]}\n',
            4,
            "is of type list, expected a string",
        ),
        ("a.jsonl", JSONL + "[" * 200_000 + "\n", 4, "JSON beyond the limits"),
        (
            "a.jsonl",
            JSONL + '{"text": "x", "label": ' + "9" * 5000 + "}\n",
            4,
            "JSON beyond the limits",
        ),
        ("a.jsonl.gz", JSONL.encode() + b'{"text": "\xff"}\n', 4, "byte 0xff at position 11"),
    ],
)
def test_broken_rows_are_named_by_their_line(tmp_path, name, content, line, message):
    path = write(tmp_path, name, content)
    with pytest.raises(RowError) as caught:
        rows(read_texts(path))
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert message in str(caught.value)


def test_broken_parquet_rows_are_named_by_their_number(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["a", None], "label": ["x", "y"]}).write_parquet(path)
    with pytest.raises(RowError, match=r"line 2: the text \(column 'text'\) is missing"):
        rows(read_texts(path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv.gz", "", "is empty"),
        ("a.jsonl", "\n\n", "is empty"),
        ("a.csv", "text,label\n", r"has a header \(text, label\) and no rows"),
        ("a.parquet", "PAR1 is not all", "is not a sound Parquet file"),
        ("a.csv", gzip.compress(b"text"), "is gzip-compressed; let its name end in .gz"),
    ],
)
def test_files_without_rows_are_refused(tmp_path, name, content, message):
    with pytest.raises(SourceError, match=message):
        read_texts(write(tmp_path, name, content))


def test_empty_parquet_and_cut_parquet_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": [], "label": []}).write_parquet(path)
    with pytest.raises(SourceError, match="no rows"):
        read_texts(path)
    pl.DataFrame({"text": ["abc"] * 99, "label": [1] * 99}).write_parquet(path)
    data = bytearray(path.read_bytes())
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match="not a sound Parquet file"):
        read_texts(path)
    data[4 : len(data) // 3] = b"\xff" * (len(data) // 3 - 4)
    path.write_bytes(data)
    with pytest.raises((SourceError, RowError)):
        rows(read_texts(path))


def test_gzip_files_that_are_cut_or_no_gzip_are_refused(tmp_path):
    packed = gzip.compress(b"text,label\n" + b"word,label\n" * 20_000)
    (tmp_path / "cut.csv.gz").write_bytes(packed[:-20])
    with pytest.raises(SourceError, match="is cut off"):
        rows(read_texts(tmp_path / "cut.csv.gz"))
    (tmp_path / "no.csv.gz").write_bytes(b"text,label\na,b\n")
    with pytest.raises(SourceError, match="not a sound gzip file"):
        read_texts(tmp_path / "no.csv.gz")
    damaged = bytearray(packed)
    damaged[12] ^= 0xFF
    damaged[-6] ^= 0xFF
    (tmp_path / "bad.csv.gz").write_bytes(damaged)
    with pytest.raises((SourceError, RowError)):
        rows(read_texts(tmp_path / "bad.csv.gz"))


def test_a_missing_file_suggests_the_nearest(tmp_path):
    write(tmp_path, "reviews.csv", CSV)
    with pytest.raises(SourceError, match=r"does not exist; did you mean '.*reviews\.csv'"):
        read_texts(tmp_path / "review.csv")
    with pytest.raises(SourceError, match=r"does not exist$"):
        read_texts(tmp_path / "no" / "such.csv")
    with pytest.raises(SourceError, match="is a folder; name a file in it"):
        read_texts(tmp_path)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.parquet.gz", "a.xlsx"])
def test_unknown_endings_list_the_known(tmp_path, name):
    with pytest.raises(UsageError, match=r"must end in \.csv, \.tsv, \.jsonl, \.ndjson, \.parquet"):
        read_texts(write(tmp_path, name, "x"))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz"])
def test_one_row_is_limited(tmp_path, monkeypatch, name):
    monkeypatch.setattr("recurra.sequences.lines.MAX_ROW_BYTES", 2**20)
    start = GOOD if "csv" in name else JSONL
    open_quote = '"' + "word\n" * 300_000 if "csv" in name else "x" * 2_000_000
    with pytest.raises(RowError, match="longer than 1 MiB") as caught:
        rows(read_texts(write(tmp_path, name, start + open_quote)))
    assert caught.value.line == (3 if "csv" in name else 4)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_many_short_rows_have_no_limit(tmp_path, monkeypatch, name):
    monkeypatch.setattr("recurra.sequences.lines.MAX_ROW_BYTES", 1000)
    header, content = ("text,label\n", CSV[11:]) if name == "a.csv" else ("", JSONL)
    assert len(rows(read_texts(write(tmp_path, name, header + content * 50)))) == 150


def test_fields_longer_than_the_default_of_the_csv_module_are_read(tmp_path):
    path = write(tmp_path, "a.csv", f"text,label\n{'word ' * 60_000},a\n")
    assert len(rows(read_texts(path))[0][0]) == 300_000


def test_files_are_not_held_in_memory(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\n" + f"{'word ' * 200},a\n" * 20_000)
    table = read_texts(path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.iter_rows()) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    assert peak < 1_000_000


def test_other_columns_are_not_checked(tmp_path):
    path = write(tmp_path, "a.csv", 'id,text,label\n,x,y\n"\n",x,y\n')
    assert rows(read_texts(path)) == [("x", "y"), ("x", "y")]


def test_an_unreadable_file_is_a_source_error(tmp_path, monkeypatch):
    path = write(tmp_path, "a.csv", CSV)
    table = read_texts(path)
    path.unlink()
    with pytest.raises(SourceError, match=r"cannot read .*No such file"):
        rows(table)
    with pytest.raises(SourceError, match="cannot read"):
        table.sha256()
