"""Every example runs as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recurra import TextClassifier

EXAMPLES = Path(__file__).parents[2] / "examples"
REVIEWS = [
    ("a fine, warm and clever film", "positive"),
    ("I loved every minute of it", "positive"),
    ("a dull and endless mess", "negative"),
    ("the worst film of the year", "negative"),
]


def run(name: str, folder: Path, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        cwd=folder,
        env={**os.environ, "RECURRA_COMPILATION_CACHE": "off"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.tsv"
    rows = [f"{text} {number}\t{label}" for number in range(20) for text, label in REVIEWS]
    path.write_text("\n".join(["text\tlabel", *rows]) + "\n", encoding="utf-8")
    return path


def test_all_examples_are_run_here() -> None:
    tested = {
        "architectures.py",
        "backpropagation_by_hand.py",
        "classify_series.py",
        "classify_sounds.py",
        "compare_cells.py",
        "forecast_backtest.py",
        "forecast_covariates.py",
        "forecast_own_csv.py",
        "forecast_seq2seq.py",
        "generate_text.py",
        "gradients_through_time.py",
        "inspect_model.py",
        "inspect_series.py",
        "music.py",
        "own_csv.py",
        "sentiment.py",
        "tag_sentences.py",
        "transcribe_digits.py",
        "translate_dates.py",
        "translate_own_pairs.py",
    }
    assert {path.name for path in EXAMPLES.glob("*.py")} == tested


def test_sentiment_trains_predicts_and_saves(tmp_path: Path, reviews: Path) -> None:
    output = run("sentiment.py", tmp_path, str(reviews))
    assert "accuracy on held-out texts: 1.000" in output
    assert "negative" in output.splitlines()[-1]
    assert (tmp_path / "sentiment.recurra").is_file()


@pytest.mark.slow
def test_compare_cells_writes_a_report(tmp_path: Path, reviews: Path) -> None:
    output = run("compare_cells.py", tmp_path, str(reviews), "2")
    assert "Linear n-grams" in output
    assert (tmp_path / "cells-report" / "report.html").is_file()


@pytest.mark.slow
def test_architectures_learn_word_order_and_show_attention(tmp_path: Path) -> None:
    lines = run("architectures.py", tmp_path).splitlines()
    accuracies = [float(line.rsplit(" ", 1)[1]) for line in lines[:4]]
    assert max(accuracies) >= 0.75
    weights = [float(line.split()[1]) for line in lines[4:]]
    assert len(weights) == 5
    assert sum(weights) == pytest.approx(1, abs=0.03)


def test_own_csv_trains_and_predicts_without_keras(tmp_path: Path) -> None:
    output = run("own_csv.py", tmp_path)
    assert "billing" in output
    assert "support" in output


def test_forecast_own_csv_trains_and_forecasts_without_keras(tmp_path: Path) -> None:
    output = run("forecast_own_csv.py", tmp_path)
    assert "2024-02-05" in output
    mase = float(output.split("MASE ")[1].split(",")[0])
    assert mase < 1
    assert (tmp_path / "sales.recurra").is_file()


def test_forecast_covariates_know_the_holiday(tmp_path: Path) -> None:
    lines = run("forecast_covariates.py", tmp_path).splitlines()
    for line in lines[1:]:
        week = [int(number) for number in line.split("[")[1].rstrip("]").split(",")]
        assert week[2] == max(week)


def test_forecast_backtest_stands_beside_naive_forecasts(tmp_path: Path) -> None:
    output = run("forecast_backtest.py", tmp_path)
    assert "windows begin at 2006-01-01" in output
    assert "better than naive" in output


def test_forecast_seq2seq_reads_several_variables(tmp_path: Path) -> None:
    output = run("forecast_seq2seq.py", tmp_path)
    assert "(1, 10, 5, 3)" in output
    assert "decoder_0: LSTM" in output


@pytest.mark.slow
def test_translate_own_pairs_learns_numbers_and_needs_no_keras_to_translate(tmp_path: Path) -> None:
    output = run("translate_own_pairs.py", tmp_path)
    assert "forty-two -> 42" in output
    assert float(output.splitlines()[0].rsplit(" ", 1)[1]) > 0.8
    assert (tmp_path / "numbers.recurra").is_file()


@pytest.mark.slow
def test_translate_dates_measures_by_length_and_shows_attention(tmp_path: Path) -> None:
    output = run("translate_dates.py", tmp_path, "1")
    assert "held-out dates" in output
    assert "looked most at" in output
    assert (tmp_path / "dates.recurra").is_file()


@pytest.mark.slow
def test_generate_text_writes_and_saves(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("The value of the object is an object. " * 100)
    lines = run("generate_text.py", tmp_path, "text.txt", "3").splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == [f"after epoch {k}" for k in (1, 2, 3)]
    assert lines[3].startswith("bits per character on the test text: ")
    assert "tokens to choose from on average" in lines[-1]
    assert (tmp_path / "writer.recurra").is_file()


@pytest.mark.slow
def test_music_writes_a_midi_file(tmp_path: Path, real_data: Path) -> None:
    output = run("music.py", tmp_path, "1")
    assert "nats per step on 77 chorales never heard" in output
    assert (tmp_path / "chorale.mid").read_bytes()[:4] == b"MThd"
    assert (tmp_path / "bach.recurra").is_file()


@pytest.mark.slow
def test_inspect_model_shows_what_decided(tmp_path: Path, reviews: Path) -> None:
    lines = run("inspect_model.py", tmp_path, str(reviews), "a dull warm mess").splitlines()
    assert lines[0].startswith("gradient of the recurrent kernel: ")
    assert "gates input, forget, output, candidate" in lines[2]
    assert [line.split()[0] for line in lines[-4:]] == ["'a'", "'dull'", "'warm'", "'mess'"]
    assert (tmp_path / "inspected.trace").is_file()


@pytest.mark.slow
def test_inspect_series_shows_where_the_dip_is(tmp_path: Path) -> None:
    lines = run("inspect_series.py", tmp_path).splitlines()
    assert lines[0].startswith("answer: faulty")
    shown = {int(step) for step in lines[2].partition(": ")[2].split(", ")}
    assert len(shown & {13, 14, 15, 16}) >= 2
    assert (tmp_path / "inspected-series" / "inspect.html").is_file()


def test_backpropagation_by_hand_is_what_inspect_shows(tmp_path: Path) -> None:
    texts, labels = zip(*REVIEWS * 4, strict=True)
    model = TextClassifier("rnn", units=8, embedding=8, level="word", epochs=1).fit(texts, labels)
    model.save(tmp_path / "m.recurra")
    lines = run("backpropagation_by_hand.py", tmp_path, "m.recurra", "a dull mess").splitlines()
    assert [line.split()[0] for line in lines] == ["word,", "dull", "a"]
    for line in lines[1:]:
        _, by_hand, shown = line.split()
        assert by_hand == shown


def test_gradients_through_time_draws_three_cells(tmp_path: Path, reviews: Path) -> None:
    output = run("gradients_through_time.py", tmp_path, str(reviews), "a dull and endless mess")
    for cell in ("SimpleRNN", "LSTM", "GRU"):
        for kind in ("trained", "untrained"):
            assert f"{cell}, {kind}: " in output
    assert (tmp_path / "gradients.png").is_file()


def test_tag_sentences_tags_unseen_words_by_their_endings(tmp_path: Path) -> None:
    lines = run("tag_sentences.py", tmp_path).splitlines()
    assert int(lines[0].split("%")[0]) >= 90
    assert [line.split()[1] for line in lines[1:]] == ["DET", "NOUN", "VERB"]


def test_classify_sounds_hears_an_unheard_device(tmp_path: Path) -> None:
    lines = run("classify_sounds.py", tmp_path).splitlines()
    assert float(lines[0].rsplit(maxsplit=1)[-1]) >= 0.9
    assert lines[-1].endswith("siren")


@pytest.mark.slow
def test_transcribe_digits_writes_while_sound_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECURRA_DATA", raising=False)  # beeps are enough
    lines = run("transcribe_digits.py", tmp_path).splitlines()
    assert float(lines[0].rpartition(" ")[2]) < 0.3
    assert lines[-1].startswith("after ")


def test_classify_series_answers_while_a_sequence_comes(tmp_path: Path) -> None:
    lines = run("classify_series.py", tmp_path).splitlines()
    assert float(lines[0].rpartition(" ")[2]) > 0.7
    assert len(lines) == 6
    assert lines[-1].startswith("after ")
