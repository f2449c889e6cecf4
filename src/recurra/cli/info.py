"""`recurra info`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, print_json

__all__ = ["info"]


def info(
    model: Annotated[
        Path | None,
        typer.Argument(help="A .recurra or .keras file: show its layers.", metavar="[MODEL]"),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Show versions, backend, devices, threads, and which kernels are in use.

    Of a model, show for each recurrent layer which kernel computes it, and why.
    """
    if model is None:
        facts = _facts()
        lines = [f"{name:<12} {_line(value)}" for name, value in facts.items()]
    else:
        facts = {"layers": _layers(model)}
        lines = [_layer_line(**layer) for layer in facts["layers"]]
    if as_json:
        print_json(facts)
        return
    screen = console()
    for line in lines or ["no recurrent layers"]:
        screen.print(line)


def _layers(model: Path) -> list[dict[str, Any]]:
    from recurra.cli.paths import check_model

    check_model(model)
    with hold_interrupts():
        from recurra.tasks.comparable import layer_kernels

    return [layer._asdict() for layer in layer_kernels(model)]


def _layer_line(layer: str, kind: str, fused: bool, reason: str) -> str:
    path = "native core" if fused else f"Keras's own loop: {reason}"
    return f"{layer:<24} {kind:<10} {path}"


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {text}" for key, text in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _facts() -> dict[str, Any]:
    with hold_interrupts():
        import keras
        import platformdirs

        from recurra.kernels import connections, kernel_for
        from recurra.tasks.comparable import kernel_name, processors, versions

    return {
        "versions": versions(),
        "backend": keras.config.backend(),
        "devices": [str(device) for device in keras.distribution.list_devices()] or ["cpu"],
        "threads": processors(),
        "kernels": {"training": kernel_name(), "prediction": kernel_for()},
        "connected": connections(),
        "cache": platformdirs.user_cache_dir("recurra"),
        "data": os.environ.get("RECURRA_DATA", "not set (RECURRA_DATA)"),
    }
