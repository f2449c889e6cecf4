"""Taggers from the command line: train, predict, evaluate; files come back filled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import command

TREES = "".join(
    f"# sent_id = {i}\n1-2\tbakado\t_\t_\t_\t_\t_\t_\t_\t_\n"
    f"1\tbak{i % 5}a\t_\tNOUN\tN\t_\t0\troot\t_\t_\n2\tdo\t_\tVERB\tV\t_\t1\tdep\t_\t_\n\n"
    for i in range(40)
)
SMALL = ("--units", 6, "--character-units", 4, "--embedding", 4, "--epochs", 4, "--batch-size", 8,
         "--learning-rate", 0.05)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tagger")
    (folder / "trees.conllu").write_text(TREES)
    ended = command("train", "tag", folder / "trees.conllu", "-o", folder / "m.recurra", *SMALL)
    assert (ended.code, ended.err) == (0, "")
    assert "accuracy 1.0000" in ended.out
    assert "8 tokens of 4 held-out sentences" in ended.out
    return folder / "m.recurra"


def test_a_file_comes_back_with_its_column_filled(trained, work):
    (work / "new.conllu").write_text(TREES.replace("NOUN", "_").replace("VERB", "_"))
    ended = command("predict", trained, "--file", "new.conllu")
    assert (ended.code, ended.out) == (0, TREES)
    xpos = command("predict", trained, "--file", "new.conllu", "--column", "xpos")
    assert xpos.out == TREES.replace("NOUN\tN", "_\tNOUN").replace("VERB\tV", "_\tVERB")


def test_texts_are_divided_at_white_space(trained, work):
    ended = command("predict", trained, "bak1a do", "do")
    lines = [line.split("\t")[:2] for line in ended.out.splitlines()]
    assert lines == [["bak1a", "NOUN"], ["do", "VERB"], [""], ["do", "VERB"], [""]]
    (found,) = json.loads(command("predict", trained, "bak1a zo", "--json").out)["predictions"]
    assert found["tokens"] == ["bak1a", "zo"]
    assert found["known"] == [True, False]


def test_evaluate_counts_unknown_words_apart(trained, work):
    (work / "test.conllu").write_text(TREES.replace("do\t_", "go\t_"))
    ended = command("evaluate", trained, "test.conllu")
    assert ended.code == 0
    assert "of unknown words" in ended.out
    found = json.loads(command("evaluate", trained, "test.conllu", "--json").out)
    assert found["unknown_tokens"] == 40
    assert found["known_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("train", "tag", "bad.conllu", "-o", "m.recurra"), 1, "bad.conllu, line 2: 2 fields"),
        (("train", "tag", "no.conllu", "-o", "m.recurra"), 1, "no.conllu"),
        (("train", "tag", "bad.conllu", "-o", "m.recurra", "--column", "pos"), 2, "did you mean"),
        (("train", "tag", "bad.conllu", "-o", "m.recurra", "--test-share", 1), 2, "--test-share"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(work, arguments, code, message):
    (work / "bad.conllu").write_text("# text\n1\tword\n")
    ended = command(*arguments)
    assert ended.code == code
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert not (work / "m.recurra").exists()


def test_options_for_other_models_are_refused(trained, work):
    ended = command("predict", trained, "a b", "--horizon", 3)
    assert (ended.code, ended.err.count("leave out --horizon")) == (2, 1)
