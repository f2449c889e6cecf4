"""Runs commands inside the test's process, and in one of their own."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recurra.cli.app import run

__all__ = [
    "CATS",
    "NUMBERS",
    "SMALL",
    "Result",
    "command",
    "process",
    "rows",
    "tree",
    "write_csv",
    "write_days",
    "write_pairs",
    "write_text",
]

POSITIVE = ("good", "fine", "lovely", "great")
NEGATIVE = ("bad", "awful", "poor", "dull")
FILLING = ["the", "a", "film", "plot", "was", "in", "we", "saw", "it", "with", "some", "of", "that"]
SMALL = ("--epochs", "1", "--units", "8")
CATS = "the cat sat on the mat. the dog ran to the log.\n"
NUMBERS = {"one": "eins", "two": "zwei", "three": "drei", "four": "vier", "five": "fünf"}


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def command(*arguments: object) -> Result:
    """Run a command as the shell would, in this process."""
    out, err = io.StringIO(), io.StringIO()
    argv = sys.argv
    sys.argv = ["recurra", *map(str, arguments)]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            run()
    finally:
        sys.argv = argv
    return Result(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def rows(count: int = 60) -> list[tuple[str, str]]:
    """Return short texts whose label one of their words gives away."""
    generator = random.Random(0)
    made = []
    for index in range(count):
        words = generator.choices(FILLING, k=generator.randint(2, 7))
        telling = generator.choice(POSITIVE if index % 2 else NEGATIVE)
        words.insert(generator.randrange(len(words)), telling)
        made.append((" ".join(words), "pos" if index % 2 else "neg"))
    return made


def tree(folder: Path) -> set[str]:
    """Name everything below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def write_csv(path: Path, count: int = 60) -> Path:
    lines = [f"{text},{label}" for text, label in rows(count)]
    path.write_text("\n".join(["review,stars", *lines]) + "\n", encoding="utf-8")
    return path


def write_days(path: Path, count: int = 120, *, shops: Sequence[str] = ()) -> Path:
    """Write a daily series with a weekly pattern: `day`, `sales`; with shops, also `shop`."""
    generator = random.Random(0)
    lines = ["day,shop,sales" if shops else "day,sales"]
    for shop in shops or ("",):
        for step in range(count):
            day = dt.date(2021, 1, 1) + dt.timedelta(step)
            sales = 20 + 5 * math.sin(step * 2 * math.pi / 7) + generator.gauss(0, 0.5)
            lines.append(",".join([str(day), *([shop] if shop else []), f"{sales:.3f}"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_text(path: Path, count: int = 60) -> Path:
    """Write a text that a small language model learns by heart."""
    path.write_text(CATS * count, encoding="utf-8")
    return path


def write_pairs(path: Path, count: int = 200) -> Path:
    """Write numbers in English and German, a tab between them."""
    generator = random.Random(0)
    lines = []
    for _ in range(count):
        words = generator.choices(list(NUMBERS), k=generator.randint(1, 4))
        lines.append(f"{' '.join(words)}\t{' '.join(NUMBERS[word] for word in words)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def process(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    """Start a command in a process and a process group of its own."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [sys.executable, "-m", "recurra", *map(str, arguments)],
        env={**os.environ, **options.pop("env", {})},
        start_new_session=True,
        **{**pipes, **options},
    )
