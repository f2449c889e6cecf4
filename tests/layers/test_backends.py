"""Keras's own layers compute the same on the core on PyTorch and TensorFlow.

Keras reads its backend once in a process: each backend gets a process of its own, in which
`backend_checks.py` runs.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import recurra
from recurra import kernels

SOURCE = Path(recurra.__file__).parents[1]

pytestmark = [
    pytest.mark.skipif(not kernels.instruction_sets(), reason="the native core is not built here"),
    pytest.mark.parametrize("backend", ["torch", "tensorflow"]),
]


@pytest.fixture(autouse=True)
def installed(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: pip install 'recurra[{backend}]'")


def run_pytest(backend, arguments, folder, *more_path):
    path = os.pathsep.join(map(str, [SOURCE, *more_path]))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": path,
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    return done.stdout


def test_the_core_computes_what_keras_computes(backend):
    checks = Path(__file__).with_name("backend_checks.py")
    out = run_pytest(backend, [checks], checks.parents[2])
    assert "passed" in out


@pytest.mark.slow
def test_keras_own_tests_pass(backend, tmp_path):
    folder = Path(keras.__file__).parent / "src" / "layers" / "rnn"
    (tmp_path / "accelerate_first.py").write_text("import recurra\nrecurra.accelerate()\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # not this project's strict settings
    names = ("lstm", "gru", "simple_rnn", "bidirectional", "rnn", "time_distributed")
    plugins = ("-W", "ignore", "-c", "pytest.ini", "-p", "accelerate_first")
    files = [folder / f"{name}_test.py" for name in names]
    run_pytest(backend, [*plugins, *files], tmp_path, tmp_path)
