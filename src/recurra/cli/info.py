"""`recurra info`."""

from __future__ import annotations

import os
from typing import Any

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, print_json

__all__ = ["info"]


def info(as_json: o.Json = False) -> None:
    """Show versions, backend, devices, threads, and which kernels are in use."""
    facts = _facts()
    if as_json:
        print_json(facts)
        return
    screen = console()
    for name, value in facts.items():
        screen.print(f"{name:<12} {_line(value)}")


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {text}" for key, text in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _facts() -> dict[str, Any]:
    with hold_interrupts():
        import keras
        import platformdirs

        from recurra.kernels import connections, kernel_for
        from recurra.tasks.comparable import kernel_name, versions

    return {
        "versions": versions(),
        "backend": keras.config.backend(),
        "devices": [str(device) for device in keras.distribution.list_devices()] or ["cpu"],
        "threads": _threads(),
        "kernels": {"training": kernel_name(), "prediction": kernel_for()},
        "connected": connections(),
        "cache": platformdirs.user_cache_dir("recurra"),
        "data": os.environ.get("RECURRA_DATA", "not set (RECURRA_DATA)"),
    }


def _threads() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
