"""What every room's tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import recurra  # also chooses the backend before any test imports Keras

SOURCE = Path(recurra.__file__).parents[1]
RunPython = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled steps: models of the same shape are compiled once, in subprocesses too.

    One training step of a recurrent layer takes 2 to 6 s to compile; without this the tests of the
    tasks take ten times as long.
    """
    cache = getattr(config, "cache", None)
    if cache is not None:
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache.mkdir("jax")))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets, or a skip that says how to have them."""
    folder = os.environ.get("RECURRA_DATA")
    if not folder:
        pytest.skip("RECURRA_DATA is not set: point it at the folder of the real data sets")
    if not Path(folder).is_dir():
        pytest.skip(f"RECURRA_DATA={folder} is not a folder")
    return Path(folder)


@pytest.fixture(scope="session")
def run_python() -> RunPython:
    """Run code in a fresh Python; its standard error is the message when it fails."""

    def run(
        code: str, *arguments: object, env: dict[str, str | None] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), **(env or {})}
        result = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            env={name: value for name, value in environment.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check:
            assert result.returncode == 0, result.stderr
        return result

    return run


@pytest.fixture
def only_holds(tmp_path: Path) -> Callable[..., None]:
    """Compare what a folder holds with what it may hold."""

    def check(*expected: str) -> None:
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)

    return check
