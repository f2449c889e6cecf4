"""Keeps XLA's compiled programs between commands.

Compiling a recurrent training step takes 2 to 5 s a shape; a second model of the same shapes, or
the same command again, finds it here in about half a second.
"""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

__all__ = ["use_compilation_cache"]

_LARGEST = 512 << 20  # bytes; the least recently used programs go first
_SWITCH = "RECURRA_COMPILATION_CACHE"


def use_compilation_cache() -> None:
    """Switch on JAX's persistent compilation cache, unless the user has configured it.

    `RECURRA_COMPILATION_CACHE=off` leaves it off.
    """
    if os.environ.get(_SWITCH, "").lower() in ("off", "0", "no"):
        return
    if os.environ.get("KERAS_BACKEND") != "jax":
        return
    import jax

    if jax.config.jax_compilation_cache_dir is not None:
        return
    jax.config.update("jax_compilation_cache_dir", str(_folder()))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.3)
    jax.config.update("jax_compilation_cache_max_size", _LARGEST)


def _folder() -> Path:
    """Return a folder of this kind of processor: compiled programs do not run on others."""
    from platformdirs import user_cache_path

    return user_cache_path("recurra") / "xla" / _processor()


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = platform.processor()
    features = sorted(
        {line for line in text.splitlines() if line.startswith(("flags", "Features"))}
    )
    kind = f"{platform.machine()} {features or text}"
    return hashlib.sha256(kind.encode()).hexdigest()[:16]
