"""`recurra predict`, `evaluate`, `export` and `info` with a translator."""

from __future__ import annotations

import json
import math
import select
from pathlib import Path

import numpy as np
import pytest
from command_line import NUMBERS, command, process
from test_lightness import HEAVY, loaded

from recurra import load_predictor

TEXTS = ["one two", "five", "three four one"]


def right(text: str) -> str:
    return " ".join(NUMBERS[word] for word in text.split())


def expected(model: Path, texts: list[str], **options: object) -> list[str]:
    return [best[0].text for best in load_predictor(model).translate(texts, **options)]


def test_every_text_has_its_translation_on_its_line(translator):
    ended = command("predict", translator, *TEXTS)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == expected(translator, TEXTS) == [right(t) for t in TEXTS]


def test_files_lines_and_columns_are_translated_in_order(work, translator):
    Path("lines.txt").write_bytes("\ufeff".encode() + "\r\n".join([*TEXTS, "", "two"]).encode())
    Path("table.csv").write_text("\n".join(["n,body", *(f"{n},{t}" for n, t in enumerate(TEXTS))]))
    lines = command("predict", translator, "--file", "lines.txt").out.split("\n")
    assert lines[:3] + lines[4:] == [*expected(translator, [*TEXTS, "two"]), ""]
    named = command("predict", translator, "--file", "table.csv", "--text", "body", "--json").json
    assert [one["translation"] for one in named["predictions"]] == expected(translator, TEXTS)


def test_a_slow_writer_is_answered_line_by_line(translator):
    with process("predict", translator) as running:
        for text in TEXTS[:2]:
            running.stdin.write(f"{text}\n".encode())
            running.stdin.flush()
            assert select.select([running.stdout], [], [], 60)[0]
            assert running.stdout.readline().decode() == f"{right(text)}\n"
        running.stdin.close()
        assert running.wait(60) == 0


def test_several_translations_have_number_score_and_text(translator):
    found = load_predictor(translator).translate(TEXTS[:2], beam=3, n_best=2)
    for options in (("--beam", 3, "--n-best", 2), ("--beam", 3, "--n-best", 2, "--json")):
        ended = command("predict", translator, *TEXTS[:2], *options)
        assert (ended.code, ended.err) == (0, "")
        if "--json" not in options:
            assert ended.out.splitlines() == [
                f"{number}\t{one.score:.4f}\t{one.text}"
                for number, ranked in enumerate(found, 1)
                for one in ranked
            ]
    printed = ended.json
    assert (printed["beam"], printed["length_penalty"]) == (3, 1.0)
    first = printed["predictions"][0]
    assert (first["text"], first["translation"]) == (TEXTS[0], found[0][0].text)
    assert [one["log_probability"] for one in first["n_best"]] == [
        one.log_probability for one in found[0]
    ]
    assert {"score", "ended", "tokens"} <= first.keys()
    assert command("predict", translator, "one", "--n-best", 4, "--json").json["beam"] == 4


def test_the_length_penalty_reaches_the_search(translator):
    def score(penalty: float) -> float:
        line = ("predict", translator, "one two", "--length-penalty", penalty, "--json")
        return command(*line).json["predictions"][0]["score"]

    found = load_predictor(translator).translate(["one two"], length_penalty=0)[0][0]
    assert score(0) == found.log_probability != score(1)


def test_attention_is_drawn_beside_the_translation(work, translator):
    ended = command("predict", translator, "one two", "--show-attention", "a.png")
    assert (ended.code, ended.out, ended.err) == (0, "eins zwei\n", "")
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in work.iterdir()] == ["a.png"]
    command("predict", translator, "one two", "--show-attention", "a.svg", "--beam", 2, "--json")
    svg = Path("a.svg").read_text()
    assert all(f">{token}<" in svg for token in ("one", "two", "eins", "zwei"))


def test_translating_imports_neither_keras_nor_jax(translator):
    assert not loaded("predict", translator, "one two", "--beam", 2, "--json") & HEAVY
    assert not loaded("evaluate", translator, "--score", "one ||| eins", "--json") & HEAVY


def test_what_is_cut_is_said_on_one_line(translator):
    ended = command("predict", translator, "one " * 300, "two")
    assert ended.code == 0
    assert ended.err == (
        "recurra: 1 of 2 texts are longer than the 100 tokens that the model reads; the rest of "
        "them is left out\n"
    )


def test_other_pairs_are_measured(work, translator):
    pairs = "".join(f"{text}\t{right(text)}\n" for text in (*TEXTS, "two two"))
    Path("new.tsv").write_text(pairs + "one\t\n")
    ended = command("evaluate", translator, "new.tsv", "--beam", 2, "--json")
    assert (ended.code, ended.err) == (
        0,
        "recurra: new.tsv: a pair with an empty side was left out, line 5\n",
    )
    figures = ended.json
    assert (figures["model"], figures["source"]) == (str(translator), "new.tsv")
    assert (figures["rows"], figures["beam"]) == (4, 2)
    translations = expected(translator, [*TEXTS, "two two"], beam=2)
    same = [
        ours == right(text) for ours, text in zip(translations, [*TEXTS, "two two"], strict=True)
    ]
    assert figures["exact_match"] == np.mean(same)
    assert figures["bleu_signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a")
    assert figures["perplexity"] == pytest.approx(math.exp(figures["nats_per_token"]))


def test_the_same_figures_stand_in_the_tables(work, translator):
    pairs = translator.with_name("pairs.tsv")
    figures = command("evaluate", translator, pairs, "--json").json
    ended = command("evaluate", translator, pairs)
    assert ended.code == 0
    first, signature, header, *rest = ended.out.splitlines()
    assert first == (
        f"BLEU {figures['bleu']:.2f}  chrF {figures['chrf']:.2f}  "
        f"exact match {figures['exact_match']:.2%}  perplexity {figures['perplexity']:,.2f}  "
        "on 200 pairs, beam 1"
    )
    assert signature == f"BLEU|{figures['bleu_signature']}"
    unit, bins = figures["by_length"]["unit"], figures["by_length"]["bins"]
    assert " ".join(header.split()) == f"{unit} of the source pairs BLEU chrF exact match"
    assert rest[0].split()[-4:] == [
        str(bins[0]["rows"]), f"{bins[0]['bleu']:.2f}", f"{bins[0]['chrf']:.2f}",
        f"{bins[0]['exact_match']:.2%}",
    ]  # fmt: skip
    if figures["errors"]:
        assert f"reference    {figures['errors'][0]['reference']}" in rest


def test_parallel_files_and_named_columns_are_measured(work, translator):
    Path("a.en").write_text("\n".join(TEXTS))
    Path("a.de").write_text("\n".join(right(text) for text in TEXTS))
    rows = [json.dumps({"x": 1, "en": text, "de": right(text)}) for text in TEXTS]
    Path("a.jsonl").write_text("\n".join(rows))
    found = [
        command("evaluate", translator, *line, "--json")
        for line in (
            ("a.en", "--target-file", "a.de"),
            ("a.jsonl", "--source", "en", "--target", "de"),
        )
    ]
    assert [ended.err for ended in found] == ["", ""]
    assert found[0].json["chrf"] == found[1].json["chrf"]


def test_a_translation_is_scored_token_by_token(translator):
    ended = command("evaluate", translator, "--score", "one two ||| eins zwei", "--json")
    score = ended.json
    values = load_predictor(translator).score(["one two"], ["eins zwei"])[0]
    assert [one["token"] for one in score["tokens"]] == [" eins", " zwei", "[EOS]"]
    assert [one["log_probability"] for one in score["tokens"]] == values.tolist()
    assert score["perplexity"] == pytest.approx(math.exp(-values.mean()))
    shown = command("evaluate", translator, "--score", "one two ||| eins zwei").out.splitlines()
    assert shown[-1].endswith(" of 3 tokens")
    worse = command("evaluate", translator, "--score", "one two ||| drei", "--json").json
    assert worse["nats"] > score["nats"] > 0


def test_it_is_exported_and_its_kernels_are_told(work, translator):
    ended = command("export", translator, "-o", "m.keras")
    assert (ended.code, ended.out, ended.err) == (0, "saved m.keras\n", "")
    ended = command("info", translator)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("GRU        native core") == 3


def test_what_cannot_be_asked_is_one_line(work, translator, generator, model):
    Path("a.txt").write_text("one\n")
    Path("latin.txt").write_bytes(b"caf\xe9\n")
    for line, said in (
        (("one", "--horizon", 3), "translates; leave out --horizon"),
        (("one", "--n-best", 3, "--beam", 2), "n_best is 3, but a beam of 2 keeps no more than 2"),
        (("one", "--length-penalty", -1), "length_penalty must be a number from 0 to 10, not -1.0"),
        (("one", "two", "--show-attention", "q.png"), "--show-attention draws one text: give it"),
        (("--file", "a.txt", "--show-attention", "q.png"), "--show-attention draws one text"),
        (("one", "--show-attention", "q.txt"), "q.txt must end in .png, .svg or .pdf"),
        (("one", "--text", "x"), "--text names a column of a table: give the table with --file"),
        (("one", "--file", "a.txt"), "give texts or --file, not both"),
    ):
        refused(2, said, "predict", translator, *line)
    refused(1, "the folder none does", "predict", translator, "a", "--show-attention", "none/q.png")
    refused(1, "a line is not UTF-8", "predict", translator, "--file", "latin.txt")
    refused(2, "leave out --show-attention", "predict", model, "a", "--show-attention", "q.png")
    refused(2, "leave out --beam", "predict", model, "a", "--beam", 2)
    for line, said in (
        (("a.txt", "--text", "x"), "translates; leave out --text"),
        (
            ("--score", "one"),
            "--score takes a text and its translation for a translator: 'TEXT |||",
        ),
        (("--score", "one ||| "), "--score takes a text and its translation"),
    ):
        refused(2, said, "evaluate", translator, *line)
    refused(1, "'b.txt' does not exist", "evaluate", translator, "b.txt")
    assert sorted(path.name for path in work.iterdir()) == ["a.txt", "latin.txt"]


def refused(code: int, said: str, *line: object) -> None:
    ended = command(*line)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
