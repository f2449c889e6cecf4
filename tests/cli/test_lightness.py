"""What the commands cost before they do anything: time, and the packages that they import."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from command_line import command

from recurra.cli.app import app

HEAVY = {"keras", "jax", "sklearn", "polars", "matplotlib", "scipy", "pandas", "torch"}
NUMBERS = {"numpy", "tokenizers", "safetensors"}
LOADED = """
import sys
from recurra.cli.app import run
sys.argv = ["recurra", *sys.argv[1:]]
try:
    run()
except SystemExit as ended:
    names = " ".join(sorted({name.partition(".")[0] for name in sys.modules}))
    print(ended.code or 0, names, file=sys.stderr)
"""


def loaded(*arguments: object) -> set[str]:
    """Return the packages that a command leaves imported."""
    line = [sys.executable, "-c", LOADED, *map(str, arguments)]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    code, *names = ended.stderr.splitlines()[-1].split()
    assert code == "0", ended.stderr
    return set(names)


@pytest.mark.parametrize(
    "names",
    [
        (),
        *[("train", task) for task in ("classify", "forecast", "generate", "translate")],
        *[(name,) for name in ("predict", "generate", "evaluate", "detect", "inspect")],
    ],
)
def test_help_imports_nothing_heavy(names):
    assert not loaded(*names, "--help") & (HEAVY | NUMBERS | {"rich", "jinja2"})


def test_predicting_imports_neither_keras_nor_jax(model):
    assert not loaded("predict", model, "a good film", "--json") & HEAVY


def test_forecasting_imports_neither_keras_nor_jax(forecaster):
    assert not loaded("predict", forecaster, "--json") & HEAVY
    assert not loaded("predict", forecaster, forecaster.with_name("days.csv")) & (
        HEAVY - {"polars"}
    )


@pytest.mark.parametrize("arguments", [("list",), ("path", "names"), ("get", "names")])
def test_datasets_import_neither_keras_nor_jax(arguments):
    assert not loaded("data", *arguments) & HEAVY


def test_help_answers_at_once():
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        line = [sys.executable, "-m", "recurra", "--help"]
        subprocess.run(line, capture_output=True, timeout=60, check=True)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.3


def groups_and_commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def walk(node: object, path: tuple[str, ...]) -> None:
        found.append(path)
        for name, child in getattr(node, "commands", {}).items():
            walk(child, (*path, name))

    walk(typer.main.get_command(app), ())
    return found


@pytest.mark.parametrize("path", groups_and_commands(), ids=" ".join)
def test_every_help_page_is_complete(path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ended = command(*path, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.splitlines())) <= 80
    node = typer.main.get_command(app)
    for name in path:
        node = node.commands[name]
    words = " ".join(ended.out.split())
    for parameter in node.params:
        assert parameter.name == "help" or parameter.help, f"{parameter.name} has no help"
        assert not parameter.help or parameter.help in words
        assert all(option in words for option in parameter.opts if option.startswith("-"))
    assert command(*path, "-h").out == ended.out


def test_the_module_is_the_command():
    script = Path(sys.executable).with_name("recurra")
    if not script.exists():
        pytest.skip("the package is not installed, so there is no command")
    pages = [
        subprocess.run([*line, "data", "list"], capture_output=True, check=True).stdout
        for line in ([str(script)], [sys.executable, "-m", "recurra"])
    ]
    assert pages[0] == pages[1]
