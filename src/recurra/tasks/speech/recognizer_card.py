"""The model card of a recognizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["recognizer_card"]


def recognizer_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a recognizer in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows, seconds = data["rows"], data["seconds"]
    lines = [
        "# Recognizer of speech",
        "",
        f"- Network: {_network(spec)}, {manifest['parameters']:,} parameters",
        f"- Writes: {_symbols(data)}",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} "
        f"clips, {seconds['train'] / 60:.1f} minutes; {rows['validation']:,} more clips for early "
        "stopping",
        f"- Hears: {data['rate']:,} samples in a second; clips of "
        f"{data['clip_seconds']['shortest']:.1f} to {data['clip_seconds']['longest']:.1f} seconds",
        *context_words(manifest["metrics"], "step"),
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "The figures hold for voices, rooms and words like those it was measured on. Whether the",
        "voices that it was measured on were also in the training decides what they are worth.",
        "",
    ]
    return "\n".join(lines)


def _network(spec: Mapping[str, Any]) -> str:
    direction = "bidirectional " if spec["bidirectional"] else ""
    units = " -> ".join(map(str, spec["units"]))
    return f"{direction}{spec['cell'].upper()} with {units} units, {spec['stride']} frames a step"


def _symbols(data: Mapping[str, Any]) -> str:
    shown = [repr(symbol) if symbol.isspace() else symbol for symbol in data["symbols"][:40]]
    return f"{len(data['symbols'])} {data['level']}s: {' '.join(shown)}"


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "rows" not in metrics:
        return ["Not evaluated on held-out clips yet."]
    figures = {
        "word error rate": f"{metrics['word_error_rate']:.2%}",
        "character error rate": f"{metrics['character_error_rate']:.2%}",
        "clips without error": f"{metrics['clip_accuracy']:.2%}",
    }
    return [
        f"Measured on {metrics['words']:,} words in {metrics['rows']:,} held-out clips:",
        "",
        f"| {' | '.join(figures)} |",
        f"|{'---|' * len(figures)}",
        f"| {' | '.join(figures.values())} |",
    ]
