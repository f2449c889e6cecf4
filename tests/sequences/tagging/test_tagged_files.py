"""Files of sentences are read as written, refused by line, and given back with other tags."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recurra.errors import RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import dataset_kind
from recurra.sequences.tagging import load_tagging_dataset, open_tagged, read_tagged

TREE = """# sent_id = 1
# text = vámonos al mar
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tvamos\tir\tVERB\tV\t_\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\tP\tCase=Acc\t1\tobj\t_\t_
2.1\tfue\tir\tVERB\tV\t_\t_\t_\t1:x\t_
3\tal mar\tmar\tNOUN\tN\t_\t1\tobl\t_\tSpaceAfter=No

1\tSí\tsí\tINTJ\tI\t_\t0\troot\t_\t_

"""
COLUMNS = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O

# NN B-NP O
Peter NNP B-NP I-PER
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_conllu_reads_words_alone(tmp_path):
    read = read_tagged(write(tmp_path / "a.conllu", TREE))
    assert [s.tokens for s in read.sentences] == [("vamos", "nos", "al mar"), ("Sí",)]
    assert [s.tags for s in read.sentences] == [("VERB", "PRON", "NOUN"), ("INTJ",)]
    assert [s.line for s in read.sentences] == [4, 9]
    assert (read.name, read.column, read.tokens) == ("a", "upos", 4)


def test_other_columns_are_read_by_name(tmp_path):
    path = write(tmp_path / "a.conllu", TREE)
    assert read_tagged(path, "xpos").sentences[0].tags == ("V", "P", "N")
    assert read_tagged(path, "feats").sentences[0].tags == ("_", "Case=Acc", "_")
    with pytest.raises(UnknownNameError, match="column of CoNLL-U 'upso'; did you mean 'upos'"):
        read_tagged(path, "upso")


def test_compressed_files_read_the_same(tmp_path):
    plain = read_tagged(write(tmp_path / "a.conllu", TREE))
    packed = tmp_path / "a.conllu.gz"
    packed.write_bytes(gzip.compress(TREE.encode()))
    assert read_tagged(packed).sentences == plain.sentences
    assert read_tagged(packed).name == "a"


@pytest.mark.parametrize("text", [TREE, TREE.replace("\n", "\r\n")])
def test_filling_the_same_tags_gives_the_file_back(tmp_path, text):
    path = tmp_path / "a.conllu"
    path.write_bytes(text.encode())
    tags = [s.tags for s in read_tagged(path).sentences]
    assert "\n".join(open_tagged(path).filled(tags)) + "\n" == TREE


def test_filling_leaves_everything_else_alone(tmp_path):
    path = write(tmp_path / "a.conllu", TREE)
    lines = list(open_tagged(path, "xpos").filled([("a", "b", "c"), ("d",)]))
    assert lines[2].split("\t")[4] == "_"  # a multiword token has no tag
    assert lines[5].split("\t")[4] == "V"  # nor has an empty node
    assert [line.split("\t")[4] for line in lines if line[:2] in ("1\t", "2\t", "3\t")] == list(
        "abcd"
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("1\ta\tb\n", 1, "3 fields, CoNLL-U has 10 with tabs between them"),
        (TREE.replace("3\tal mar", "4\tal mar"), 7, "the number 4, expected 3"),
        (TREE.replace("\tINTJ\t", "\t_\t"), 9, "the token 'Sí' has no upos"),
        (TREE.replace("1\tSí", "1\t"), 9, r"the token \(column form\) is empty"),
        (TREE.replace("2.1\tfue", "x\tfue"), 6, "'x' is no number of a token"),
    ],
)
def test_broken_lines_of_conllu_are_named(tmp_path, text, line, problem):
    path = write(tmp_path / "a.conllu", text)
    with pytest.raises(RowError, match=rf"a.conllu, line {line}: .*{problem}"):
        read_tagged(path)


def test_columns_skip_documents_and_keep_signs(tmp_path):
    path = write(tmp_path / "a.conll", COLUMNS)
    read = read_tagged(path)
    assert [s.tokens for s in read.sentences] == [("EU", "rejects"), ("#", "Peter")]
    assert [s.tags for s in read.sentences] == [("B-ORG", "O"), ("O", "B-PER")]
    assert read.notes == (
        "1 entities began with I and were read as beginning with B "
        "(the first in the sentence at line 6)",
    )
    assert read_tagged(path, "2").sentences[0].tags == ("NNP", "VBZ")
    assert list(open_tagged(path).filled([("X", "Y"), ("Z", "W")])) == [
        "-DOCSTART- -X- -X- O", "", "EU NNP B-NP X", "rejects VBZ B-VP Y", "",
        "# NN B-NP Z", "Peter NNP B-NP W", "",
    ]  # fmt: skip


def test_tokens_without_tags_get_a_column(tmp_path):
    path = write(tmp_path / "a.txt", "one\ntwo\n")
    assert read_tagged(path, tagged=False).sentences[0].tokens == ("one", "two")
    assert list(open_tagged(path).filled([("A", "B")])) == ["one A", "two B", ""]
    with pytest.raises(RowError, match="line 1: 1 columns, expected at least 2: a token and its"):
        read_tagged(path)


def test_broken_columns_are_named(tmp_path):
    path = write(tmp_path / "a.conll", "a B\nb\n")
    with pytest.raises(RowError, match=r"a.conll, line 2: 1 columns, the line before has 2"):
        read_tagged(path)
    with pytest.raises(UsageError, match="named by number, from 2 up, not 'tag'"):
        read_tagged(path, "tag")


def test_json_lines(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 7, "tokens": ["a", "b"], "tags": ["X", "Y"]}\n')
    assert read_tagged(path).sentences[0].tags == ("X", "Y")
    filled = list(open_tagged(path).filled([("Z", "W")]))
    assert filled == ['{"id": 7, "tokens": ["a", "b"], "tags": ["Z", "W"]}']


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "expected a JSON object, got a list"),
        ('{"tags": []}', "the key 'tokens' is missing"),
        ('{"tokens": ["a"], "tags": ["X", "Y"]}', "1 tokens but 2 tags"),
        ('{"tokens": ["a"], "tags": "X"}', "'tags' must be a list of strings"),
        ('{"tokens": [], "tags": []}', "'tokens' is empty"),
    ],
)
def test_broken_json_lines_are_named(tmp_path, text, problem):
    path = write(tmp_path / "a.jsonl", f"\n{text}\n")
    with pytest.raises(RowError, match=f"a.jsonl, line 2: .*{problem}"):
        read_tagged(path)


def test_missing_and_empty_sources(tmp_path):
    with pytest.raises(SourceError, match="did you mean 'ud-english-ewt'"):
        read_tagged("ud-english-ewd")
    with pytest.raises(SourceError, match="has no sentences"):
        read_tagged(write(tmp_path / "a.conll", "\n\n"))
    with pytest.raises(SourceError, match="is a folder"):
        read_tagged(tmp_path)


def test_the_english_web_treebank(real_data):
    del real_data
    dataset = load_tagging_dataset("ud-english-ewt")
    assert dataset_kind("ud-english-ewt") == "tags"
    assert dataset.validation is not None
    assert dataset.test is not None
    assert [len(p) for p in (dataset.train, dataset.validation, dataset.test)] == [
        12544, 2001, 2077,
    ]  # fmt: skip
    assert dataset.test.tokens == 25094
