"""Chooses JAX as Keras's backend when nobody else has chosen.

A choice is: `KERAS_BACKEND` in the environment, Keras already imported, or a `keras.json` that
differs from the one which Keras writes by itself on its first import.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

DEFAULT_BACKEND = "jax"

# What Keras 3 writes to keras.json by itself: no choice of the user's.
_WRITTEN_BY_KERAS = {
    "floatx": "float32",
    "epsilon": 1e-07,
    "backend": "tensorflow",
    "image_data_format": "channels_last",
}


def choose_backend() -> None:
    """Set `KERAS_BACKEND=jax` unless the user has configured Keras."""
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if configured_backend() is None:
        os.environ["KERAS_BACKEND"] = DEFAULT_BACKEND


def configured_backend() -> str | None:
    """Return the backend that the user's `keras.json` asks for, or `None`."""
    config = _read_keras_json()
    if config is None or config == _WRITTEN_BY_KERAS:
        return None
    backend = config.get("backend")
    return backend if isinstance(backend, str) else None


def _read_keras_json() -> dict[str, Any] | None:
    # expanduser, as Keras does: Path.home() raises where a user has no home folder.
    home = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))  # noqa: PTH111
    try:
        config = json.loads((home / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return config if isinstance(config, dict) else None
