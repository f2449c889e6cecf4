"""Bad input: one clear line, the right exit code, and nothing left behind."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import SMALL, Result, command, tree

TRAIN = ("train", "classify")


def refused(*arguments: object, code: int) -> str:
    """Run a command that must fail and leave everything as it was; return its one line."""
    before = tree(Path.cwd().parent)
    ended = command(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert tree(Path.cwd().parent) == before
    assert ended.err.startswith("recurra: ")
    assert ended.err.count("\n") == 1
    return ended.err.removeprefix("recurra: ").rstrip("\n")


def refused_by_parser(*arguments: object) -> str:
    """Run a command that the option parser must refuse; return its words."""
    before = tree(Path.cwd().parent)
    ended = command(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert tree(Path.cwd().parent) == before
    return ended.err


def write(name: str, content: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


PACKED = gzip.compress("\n".join(["text,label", *(f"a b {n},{n % 2}" for n in range(99))]).encode())
SOURCES = {
    "empty.csv": ("", "empty.csv is empty"),
    "header.csv": ("text,label\n", "has a header (text, label) and no rows"),
    "one.csv": ("text,label\na b,x\nc d,x\n", "only one class, 'x'"),
    "no-label.csv": ("text,label\na b,x\nc d,\n", "line 3: the label (column 'label')"),
    "no-text.csv": ("text,label\na b,x\n,y\n", "line 3: the text (column 'text') is missing"),
    "latin1.csv": (b"text,label\na b,x\ncaf\xe9,y\n", "line 3: byte 0xe9 at position 4"),
    "utf16.csv": ("text,label\na b,x\n".encode("utf-16"), "the file is UTF-16; convert it"),
    "fields.csv": ("text,label\na b,x\nc,d,e\n", "line 3: 3 fields, the header has 2"),
    "quote.csv": ('text,label\na b,x\n"c d,y\n', "line 3: the quote that opens here"),
    "broken.jsonl": ('{"text":"a","label":"x"}\n{"text":\n', "line 2: not JSON"),
    "cut.csv.gz": (PACKED[:-30], "cut.csv.gz is cut off"),
    "plain.csv.gz": ("text,label\na b,x\n", "is not a sound gzip file"),
    "plain.parquet": ("text,label\na b,x\n", "is not a sound Parquet file"),
    "few.csv": ("text,label\na b,x\nc d,y\ne f,z\n", "3 rows for 3 classes"),
    "signs.csv": ("text,label\n" + ". . . .,x\n- - - -,y\n" * 9, "is this the wrong column?"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_a_broken_file_is_refused_with_its_line(work, name):
    content, expected = SOURCES[name]
    path = write(name, content)
    assert expected in refused(*TRAIN, path, "-o", "m.recurra", *SMALL, code=1)


@pytest.mark.parametrize("name", ["one.csv", "fields.csv", "few.csv"])
def test_a_broken_file_leaves_no_folder_of_a_comparison(work, name):
    path = write(name, SOURCES[name][0])
    expected = SOURCES[name][1]
    assert expected in refused("compare", path, "--out", "new/deep", *SMALL, code=1)


@pytest.mark.parametrize(
    ("given", "near"), [("tinny.csv", "tiny.csv"), ("imbd", "imdb"), ("nmaes", "names")]
)
def test_a_source_that_does_not_exist_is_named_with_the_nearest(tiny, given, near):
    for arguments in ((*TRAIN, given, "-o", "m.recurra"), ("compare", given)):
        said = refused(*arguments, code=1)
        assert said == f"'{given}' does not exist; did you mean '{near}'?"


def test_a_column_that_does_not_exist_is_named_with_the_nearest(tiny, model):
    for arguments in (
        (*TRAIN, tiny, "-o", "m.recurra"),
        ("compare", tiny),
        ("evaluate", model, tiny),
        ("predict", model, "--file", tiny),
    ):
        said = refused(*arguments, "--text", "reveiw", code=2)
        assert said == "unknown column 'reveiw'; did you mean 'review'? (known: review, stars)"


def test_columns_that_cannot_be_guessed_are_asked_for(work, model):
    path = write("abc.csv", "a,b,c\n1,2,3\n")
    both = "holds the texts (--text COLUMN) and the labels (--label COLUMN)"
    for arguments in ((*TRAIN, path, "-o", "m.recurra"), ("evaluate", model, path)):
        assert both in refused(*arguments, code=2)
    said = refused("predict", model, "--file", path, code=2)
    assert said.endswith("holds the texts (--text COLUMN); the columns are: a, b, c")


def test_a_file_of_an_unknown_kind_is_refused(work):
    path = write("notes.txt", "text,label\na,b\n")
    assert "cannot tell the format" in refused(*TRAIN, path, "-o", "m.recurra", code=2)


CHOICES = [
    ("--cell", "lsmt", "did you mean 'lstm'?"),
    ("--level", "wrod", "did you mean 'word'?"),
    ("--preset", "acurate", "did you mean 'accurate'?"),
    ("--pooling", "maen", "did you mean 'mean'?"),
    ("--units", "8,x", "--units takes a number or numbers with commas, not '8,x'"),
    ("--units", "", "--units takes a number or numbers with commas, not ''"),
    ("--units", "0", "units must be an integer from 1 to 65536, not 0"),
    ("--units", "99999999", "units must be an integer from 1 to 65536"),
    ("--embedding", "9999999", "embedding must be an integer from 1 to 65536"),
    ("--dropout", "1.5", "dropout must be at least 0 and below 1, not 1.5"),
    ("--recurrent-dropout", "nan", "recurrent_dropout must be at least 0 and below 1, not nan"),
    ("--learning-rate", "-1", "learning_rate must be above 0, not -1.0"),
    ("--test-share", "1", "--test-share must be at least 0 and below 1, not 1.0"),
    ("--test-share", "nan", "--test-share must be at least 0 and below 1, not nan"),
]


@pytest.mark.parametrize(("option", "value", "expected"), CHOICES)
def test_a_choice_that_cannot_be_is_a_usage_error(tiny, option, value, expected):
    assert expected in refused(*TRAIN, tiny, "-o", "m.recurra", option, value, code=2)


def test_options_that_contradict_each_other_are_refused(tiny):
    train = (*TRAIN, tiny, "-o", "m.recurra")
    said = refused(*train, "--attention", "--pooling", "mean", code=2)
    assert said == "give --attention or --pooling mean, not both"
    assert "layers says 3" in refused(*train, "--units", "8,8", "--layers", 3, code=2)
    for option in ("--bidirectional", "--attention"):
        said = refused(*train, "--cell", "dense", option, code=2)
        assert said.startswith("--cell dense has no recurrent layer; leave out --")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--epochs", "two"),
        ("--layers", "0"),
        ("--layers", "1000"),
        ("--vocabulary", "1"),
        ("--max-length", "-1"),
        ("--batch-size", "0"),
        ("--patience", "0"),
        ("--seed", "-1"),
        ("--seed", "x"),
    ],
)
def test_a_number_out_of_range_is_refused_by_the_parser(tiny, option, value):
    said = refused_by_parser(*TRAIN, tiny, "-o", "m.recurra", option, value)
    assert f"Error: Invalid value for '{option}'" in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("trian",), "Did you mean 'train'?"),
        (("train", "clasify"), "Did you mean 'classify'?"),
        ((*TRAIN,), "Missing argument 'SOURCE'"),
        ((*TRAIN, "names"), "Missing option '-o'"),
        ((*TRAIN, "a", "b", "-o", "m.recurra"), "unexpected extra argument"),
        (("predict",), "Missing argument 'MODEL'"),
        (("evaluate", "m.recurra"), "Missing argument 'SOURCE'"),
        (("export", "m.recurra"), "Missing option '-o'"),
        (("compare", "names", "--repeats", "0"), "Invalid value for '--repeats'"),
        (("data", "get"), "Missing argument 'NAME'"),
        (("--nope",), "No such option: --nope"),
        ((), "Usage: "),
    ],
)
def test_a_wrong_command_is_a_usage_error(work, arguments, expected):
    assert expected in refused_by_parser(*arguments)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("lsmt", "unknown cell 'lsmt'; did you mean 'lstm'?"),
        ("", "name each cell to compare once, not none"),
        ("gru,gru", "name each cell to compare once, not gru,gru"),
    ],
)
def test_cells_that_cannot_be_compared_are_refused(tiny, cells, expected):
    assert expected in refused("compare", tiny, "--cells", cells, "--out", "new", code=2)


def test_an_unknown_dataset_is_named_with_the_nearest(work):
    for command_name in ("get", "path"):
        said = refused("data", command_name, "imbd", code=2)
        assert said.startswith("unknown dataset 'imbd'; did you mean 'imdb'? (known: airline, ")


def test_a_dataset_that_is_not_here_says_how_to_have_it(work, monkeypatch):
    assert refused("data", "path", "imdb", code=1).endswith("recurra data get imdb")

    def offline(*_: object, **__: object) -> str:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("pooch.retrieve", offline)
    monkeypatch.setenv("RECURRA_DATA", str(work / "data"))
    for arguments in (("data", "get", "imdb"), (*TRAIN, "imdb", "-o", "m.recurra")):
        said = refused(*arguments, code=1)
        assert "Network is unreachable" in said
        assert f"put train.jsonl.gz and test.jsonl.gz into {work / 'data' / 'imdb'}" in said


def a_file(work: Path) -> Path:
    return write("file", "here")


def a_pipe(work: Path) -> Path:
    os.mkfifo("pipe")
    return Path("pipe")


UNWRITABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder missing": (lambda _: "no/m.recurra", "the folder no does not exist"),
    "a folder": (lambda _: "..", "it is a folder; give a file name"),
    "below a file": (lambda work: a_file(work) / "m.recurra", "the folder file does not exist"),
    "not a file system": (lambda _: "/proc/m.recurra", "cannot write /proc/m.recurra: "),
    "a pipe": (a_pipe, "it is a device or a pipe"),
    "name too long": (lambda _: f"{'m' * 300}.recurra", "File name too long"),
    "checkpoint is a file": (
        lambda _: write("m.recurra.partial", "").with_suffix(""),
        "m.recurra.partial is a file; give a folder",
    ),
}


@pytest.mark.parametrize("case", UNWRITABLE)
def test_an_unwritable_model_is_found_before_training(tiny, no_training, case):
    place, expected = UNWRITABLE[case]
    assert expected in refused(*TRAIN, tiny, "-o", place(tiny.parent), *SMALL, code=1)


def test_an_unwritable_export_is_found(tiny, model):
    os.mkfifo("pipe.keras")
    for output, expected in (
        ("no/m.keras", "the folder no does not exist"),
        ("pipe.keras", "it is a device or a pipe"),
        ("/proc/m.h5", "cannot write /proc/m.h5"),
    ):
        assert expected in refused("export", model, "-o", output, code=1)
    assert "must end in .keras or .h5" in refused("export", model, "-o", "m.onnx", code=2)


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ("tiny.csv", "tiny.csv is a file; give a folder"),
        ("tiny.csv/deep", "is a file; give a folder"),
        ("/proc/new", "cannot write to /proc/new"),
        ("x" * 300, "File name too long"),
        ("taken", "cannot write taken/report.html: it is a folder"),
    ],
)
def test_an_unwritable_report_is_found_before_training(tiny, no_training, out, expected):
    Path("taken/report.html").mkdir(parents=True)
    assert expected in refused("compare", tiny, "--out", out, *SMALL, code=1)
    assert expected in refused("demo", "--out", out, code=1)


def test_an_unwritable_log_folder_is_found_before_training(tiny, no_training):
    said = refused(*TRAIN, tiny, "-o", "m.recurra", "--tensorboard", tiny / "logs", code=1)
    assert said.endswith("tiny.csv is a file; give a folder")


def test_a_missing_package_names_the_extra_before_training(tiny, no_training, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tensorboardX", None)
    monkeypatch.setattr("recurra.cli.logs.find_spec", lambda name: None)
    said = refused(*TRAIN, tiny, "-o", "m.recurra", "--tensorboard", "logs", code=1)
    assert said.endswith("needs the package 'tensorboardX': pip install 'recurra[tensorboard]'")


def test_bad_data_leave_no_log_folder(work):
    path = write("one.csv", SOURCES["one.csv"][0])
    refused(*TRAIN, path, "-o", "m.recurra", "--tensorboard", "logs/new", *SMALL, code=1)


def altered(model: Path, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a model file with another content of one member."""
    path = Path("altered.recurra")
    with zipfile.ZipFile(model) as whole, zipfile.ZipFile(path, "w") as copy:
        for member in whole.namelist():
            content = whole.read(member)
            copy.writestr(member, change(content) if member == name else content)
    content = path.read_bytes()
    path.unlink()
    return content


def bomb() -> bytes:
    path = Path("bomb.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("manifest.json", "encoder.json", "weights.safetensors"):
            archive.writestr(name, b"0" * 30_000_000)
    content = path.read_bytes()
    path.unlink()
    return content


def newer(manifest: bytes) -> bytes:
    return json.dumps({**json.loads(manifest), "format": "9.0"}).encode()


MODELS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "empty": (lambda _: b"", "is not a Recurra model, or it is truncated"),
    "text": (lambda _: b"hello", "is not a Recurra model, or it is truncated"),
    "truncated": (lambda m: m.read_bytes()[:-900], "is not a Recurra model"),
    "weights": (
        lambda m: altered(m, "weights.safetensors", lambda b: b[:-1] + bytes([b[-1] ^ 1])),
        "weights.safetensors was altered after the model was saved",
    ),
    "newer": (lambda m: altered(m, "manifest.json", newer), "has format 9.0, this Recurra reads"),
    "bomb": (lambda _: bomb(), "manifest.json is compressed; models never are"),
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_file_that_is_none_is_refused(tiny, model, kind):
    make, expected = MODELS[kind]
    path = write("odd.recurra", make(model))
    assert expected in refused("predict", path, "a film", code=1)
    assert expected in refused("evaluate", path, tiny, code=1)
    assert expected in refused("export", path, "-o", "m.keras", code=1)


def test_a_model_that_does_not_exist_is_named_with_the_nearest(tiny, model):
    write("stars.recurra", b"")
    for arguments in (("predict", "star.recurra", "a"), ("evaluate", "star.recurra", tiny)):
        said = refused(*arguments, code=1)
        assert said == "'star.recurra' does not exist; did you mean 'stars.recurra'?"
    assert refused("predict", ".", "a", code=1) == ". is a folder; name a .recurra file"


def test_predict_refuses_what_it_cannot_read(tiny, model):
    write("lines.txt", b"a film\n\xff\xfe\n")
    assert (
        refused("predict", model, "a", "--file", tiny, code=2) == "give texts or --file, not both"
    )
    for more in (("a",), ("--file", "lines.txt")):
        said = refused("predict", model, *more, "--text", "review", code=2)
        assert said == "--text names a column of a table: give the table with --file"
    assert "did you mean 'lines.txt'?" in refused("predict", model, "--file", "line.txt", code=1)
    assert refused("predict", model, "--file", "..", code=1) == "cannot read ..: it is a folder"
    assert "a line is not UTF-8" in refused("predict", model, "--file", "lines.txt", code=1)


def test_evaluate_refuses_what_it_cannot_measure(tiny, model):
    write("other.csv", "text,label\na film,zzz\n")
    said = refused("evaluate", model, "other.csv", code=1)
    assert said == "label 'zzz' is none that the model was trained on ('neg', 'pos')"
    write("texts.csv", "review\na film\n")
    assert "the labels (--label COLUMN)" in refused("evaluate", model, "texts.csv", code=2)


def test_an_error_of_the_system_is_one_line(tiny, model, monkeypatch):
    def full(*_: object, **__: object) -> Result:
        raise OSError(28, "No space left on device", "/tmp/spill")

    monkeypatch.setattr("recurra.runtime.read_artifact", full)
    assert refused("predict", model, "a", code=1) == "/tmp/spill: No space left on device"
