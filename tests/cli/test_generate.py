"""`recurra generate`, and `evaluate`, `export`, `info` of language models."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import signal
import subprocess
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from command_line import CATS, command, process
from test_lightness import HEAVY, loaded

from recurra import load_predictor
from recurra.cli.generate import _stream
from recurra.runtime import SamplingOptions


def test_the_prompt_and_what_follows_stand_on_standard_output(generator):
    ended = command("generate", generator, "--prompt", "the c", "--length", 40)
    assert (ended.code, ended.err) == (0, "")
    found = load_predictor(generator).generate("the c", length=40)[0].text
    assert ended.out == f"the c{found}".removesuffix("\n") + "\n"


def test_json_holds_every_text_and_how_it_was_made(generator):
    drawing = ("--temperature", 0.7, "--top-k", 5, "--top-p", 0.9, "--min-p", 0.01)
    more = ("--repetition-penalty", 1.1, "--seed", 3, "--stop", "dog", "--stop", "mat")
    ended = command("generate", generator, "--count", 3, *drawing, *more, "--json")
    assert (ended.code, ended.err) == (0, "")
    printed = ended.json
    expected = load_predictor(generator).generate(
        count=3, options=SamplingOptions(0.7, 5, 0.9, 0.01, 1.1), seed=3, stop=("dog", "mat")
    )
    assert [one["text"] for one in printed["generations"]] == [one.text for one in expected]
    assert printed["generations"][0].keys() == {"text", "finished", "log_probability", "tokens"}
    assert (printed["model"], printed["prompt"], printed["unknown"]) == (str(generator), "", [])
    assert printed["settings"] == {
        "length": 200, "temperature": 0.7, "top_k": 5, "top_p": 0.9, "min_p": 0.01,
        "repetition_penalty": 1.1, "stop": ["dog", "mat"],
    }  # fmt: skip


def test_several_texts_have_a_line_before_each(generator):
    ended = command("generate", generator, "--count", 2, "--prompt", "the", "--length", 9)
    texts = load_predictor(generator).generate("the", length=9, count=2)
    first, second = (f"the{one.text}".removesuffix("\n") for one in texts)
    assert ended.out == f"--- 1 of 2\n{first}\n--- 2 of 2\n{second}\n"


def test_the_same_seed_writes_the_same_and_cold_writing_needs_none(generator):
    def written(*options: object) -> str:
        return command("generate", generator, "--length", 60, *options).out

    assert written("--seed", 1) == written("--seed", 1) != written("--seed", 2)
    assert written("--temperature", 0, "--seed", 1) == written("--temperature", 0, "--seed", 2)
    for extreme in (("--temperature", "1e-320"), ("--temperature", "inf"), ("--top-p", 0)):
        assert command("generate", generator, "--length", 9, *extreme).code == 0


def test_what_the_model_never_saw_is_said_on_one_line(generator):
    ended = command("generate", generator, "--prompt", "the Ω☃Ω", "--length", 3)
    assert ended.code == 0
    assert ended.out.startswith("the Ω☃Ω")
    assert ended.err == (
        "recurra: the prompt has what the model has never seen, and reads as unknown: 'Ω', '☃'\n"
    )
    printed = command("generate", generator, "--prompt", "the Ω☃Ω", "--length", 3, "--json").json
    assert printed["unknown"] == ["Ω", "☃"]
    many = command("generate", generator, "--prompt", "ABCDEFGHIJKL", "--length", 1)
    assert many.err.endswith("'I', 'J' and 2 more\n")


def test_every_piece_is_sent_at_once(generator):
    sent: list[str] = []

    class Pipe(io.StringIO):
        def flush(self) -> None:
            sent.append(self.getvalue())

    with contextlib.redirect_stdout(Pipe()):
        _stream(load_predictor(generator), "the", {"length": 20})
    assert sent[0] == "the"
    assert [len(text) for text in sent[:21]] == list(range(3, 24))


def test_text_comes_while_it_is_written_and_ctrl_c_ends_it(generator):
    with process("generate", generator, "--length", 10_000_000, "--prompt", "the") as running:
        seen = b""
        while len(seen) < 200:
            seen += os.read(running.stdout.fileno(), 64)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (130, b"recurra: interrupted\n")
    assert (seen + out).startswith(b"the")
    assert (seen + out).endswith(b"\n")


def test_a_reader_that_goes_ends_it_without_a_word(generator):
    with process("generate", generator, "--length", 10_000_000) as running:
        assert running.stdout.read(50)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 1


def test_a_long_text_takes_as_long_for_each_token_as_a_short_one(generator):
    def seconds(length: int) -> float:
        started = time.process_time()
        assert command("generate", generator, "--length", length).code == 0
        return time.process_time() - started

    seconds(10)
    assert seconds(4000) < 6 * (seconds(1000) + 0.05)


def test_writing_and_scoring_import_neither_keras_nor_jax(generator):
    assert not loaded("generate", generator, "--length", 5, "--json") & HEAVY
    assert not loaded("evaluate", generator, "--score", "the cat", "--json") & HEAVY


def test_other_text_is_measured(generator):
    text = generator.with_name("cats.txt")
    figures = command("evaluate", generator, text, "--json").json
    assert (figures["model"], figures["source"]) == (str(generator), str(text))
    assert figures["characters"] == figures["tokens"] == len(CATS) * 60
    assert figures["perplexity"] == pytest.approx(math.exp(figures["nats_per_token"]))
    assert figures["bits_per_character"] == pytest.approx(
        figures["nats_per_token"] / math.log(2), rel=1e-3
    )
    ended = command("evaluate", generator, text)
    assert ended.code == 0
    assert ended.out == (
        f"{figures['nats_per_token']:.4f} nats a token  perplexity {figures['perplexity']:.2f}  "
        f"{figures['bits_per_character']:.4f} bits a character  on 2,880 characters\n"
    )


def test_a_text_is_scored_token_by_token(generator):
    score = command("evaluate", generator, "--score", "the cat☃", "--json").json
    assert [one["token"] for one in score["tokens"]] == [*"the cat", "[UNK]"]
    values = [one["log_probability"] for one in score["tokens"]]
    assert score["nats"] == pytest.approx(-sum(values))
    np.testing.assert_allclose(
        values, load_predictor(generator).score("the cat☃").log_probabilities
    )
    assert (score["unknown"], score["characters"]) == (["☃"], 8)
    shown = command("evaluate", generator, "--score", "the cat☃").out.splitlines()
    assert shown[0].split() == ["token", "log-probability", "probability"]
    assert shown[4].split() == ['"', '"', f"{values[3]:.4f}", f"{math.exp(values[3]):.4f}"]
    assert shown[-1].startswith(f"log-probability {sum(values):.4f}  perplexity ")
    assert shown[-1].endswith(" of 8 tokens")


def test_it_is_exported_and_its_kernels_are_told(work, generator):
    ended = command("export", generator, "-o", "m.keras")
    assert (ended.code, ended.out, ended.err) == (0, "saved m.keras\n", "")
    plain = keras.saving.load_model("m.keras", compile=False)
    predictor = load_predictor(generator)
    ids = predictor.tokenizer.encode("the cat")[None]
    logits = np.asarray(plain(np.concatenate([[[3]], ids], axis=1)))[0, :-1]
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    found = predictor.score("the cat").log_probabilities
    np.testing.assert_allclose(logs[np.arange(7), ids[0]], found, atol=1e-4)
    ended = command("info", generator)
    assert (ended.code, ended.err) == (0, "")
    assert "LSTM       native core" in ended.out


def test_models_and_commands_of_other_tasks_are_told_apart(generator, translator, model):
    for line, expected in (
        (("generate", translator), "translates, it does not write; use recurra predict"),
        (("generate", model), "labels texts, it does not write; use recurra predict"),
        (("predict", generator, "x"), f"writes text: recurra generate {generator} --prompt TEXT"),
        (("evaluate", generator, "x", "--beam", 2), "writes text; leave out --beam"),
        (("evaluate", generator, "x", "--from", "2"), "writes text; leave out --from"),
        (("evaluate", generator, "x", "--label", "b"), "writes text; leave out --label"),
        (("evaluate", model, "--score", "x"), "labels texts; leave out --score"),
        (("evaluate", generator, "x", "--score", "x"), "give data or --score TEXT, not both"),
        (("evaluate", generator), "Missing argument 'SOURCE': the data to measure on; or give"),
    ):
        ended = command(*line)
        assert (ended.code, ended.out) == (2, "")
        assert expected in ended.err
        assert ended.err.count("\n") == 1


CHOICES = [
    ("--temperature", -1, "temperature must be a number from 0 up, not -1.0"),
    ("--temperature", "nan", "temperature must be a number from 0 up, not nan"),
    ("--top-p", 2, "top_p must be a number from 0 to 1, not 2.0"),
    ("--min-p", -1, "min_p must be a number from 0 to 1, not -1.0"),
    ("--repetition-penalty", 0, "repetition_penalty must be a number from 1e-06 to 1e+06"),
    ("--stop", "", "a stop string must be a text of at least one character"),
    ("--count", 20_000, "count must be a whole number from 1 to 10000, not 20000"),
]


@pytest.mark.parametrize(("option", "value", "expected"), CHOICES)
def test_options_out_of_their_range_are_one_line(generator, option, value, expected):
    ended = command("generate", generator, option, value)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"recurra: {expected}")
    assert ended.err.count("\n") == 1


def test_files_that_are_no_models_are_one_line(work):
    Path("a.txt").write_text("the cat")
    for name, expected in (
        ("a.txt", "a.txt is not a Recurra model, or it is truncated"),
        ("b.txt", "'b.txt' does not exist; did you mean 'a.txt'?"),
    ):
        ended = command("generate", name)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith(f"recurra: {expected}")


def test_bytes_that_are_no_text_are_read_as_unknown(generator):
    with process("generate", generator, "--prompt", os.fsdecode(b"caf\xe9"), "--json") as running:
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert err.count(b"\n") == 1
    assert json.loads(out)["prompt"] == "caf\udce9"


def test_a_full_disk_is_one_line(generator):
    if not Path("/dev/full").is_char_device():
        pytest.skip("/dev/full is not here")
    with Path("/dev/full").open("wb") as full:
        running = process("generate", generator, stdout=full, stdin=subprocess.DEVNULL)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (1, b"recurra: No space left on device\n")
