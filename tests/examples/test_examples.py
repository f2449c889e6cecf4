"""Every example runs as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    tested = {"sentiment.py", "compare_cells.py", "architectures.py", "own_csv.py"}
    assert {path.name for path in EXAMPLES.glob("*.py")} == tested


def test_sentiment_trains_predicts_and_saves(tmp_path: Path, reviews: Path) -> None:
    output = run("sentiment.py", tmp_path, str(reviews))
    assert "accuracy on held-out texts: 1.000" in output
    assert "negative" in output.splitlines()[-1]
    assert (tmp_path / "sentiment.recurra").is_file()


def test_compare_cells_writes_a_report(tmp_path: Path, reviews: Path) -> None:
    output = run("compare_cells.py", tmp_path, str(reviews), "2")
    assert "Linear n-grams" in output
    assert (tmp_path / "cells-report" / "report.html").is_file()


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
