"""Facts about the machine that a measurement belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from recurra.kernels import instruction_set
from recurra.tasks.comparable import processors, versions

__all__ = ["machine_facts"]


def machine_facts() -> dict[str, Any]:
    """Return processors, instruction set of the core, Keras's backend and versions."""
    return {
        "processors": processors(),
        "processor": _processor_name(),
        "instruction_set": instruction_set(),
        "backend": keras.config.backend(),
        "versions": versions(),
    }


def _processor_name() -> str:
    """Return the processor's name as Linux gives it; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "")
