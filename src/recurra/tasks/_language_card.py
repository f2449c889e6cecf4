"""The model card of a text generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["language_card"]


def language_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a text generator in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    characters = data["characters"]
    units = " -> ".join(map(str, spec["units"]))
    lines = [
        "# Text generator",
        "",
        f"- Network: {spec['cell'].upper()} with {units} units, {manifest['parameters']:,} "
        "parameters",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), "
        f"{characters['train']:,} characters, {characters['validation']:,} more for early stopping",
        f"- Reads and writes: {data['level']}s, {data['vocabulary']:,} different ones",
        *context_words(manifest["metrics"], data["level"]),
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "It writes what is likely after its prompt in texts like those it was trained on, true or",
        "not, and may repeat passages of them word for word.",
        "",
    ]
    return "\n".join(lines)


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "tokens" not in metrics:
        return ["Not measured on held-out text yet."]
    columns = [name for name in _SHOWN if metrics.get(name) is not None]
    part = metrics["part"]
    chosen = ", which also chose the epoch" if part == "validation" else ""
    return [
        f"Measured on the {metrics['tokens']:,} tokens of the {part} text{chosen}:",
        "",
        "| " + " | ".join(name.replace("_", " ") for name in columns) + " |",
        "|---" * len(columns) + "|",
        "| " + " | ".join(f"{metrics[name]:.4f}" for name in columns) + " |",
    ]


_SHOWN = ("nats_per_token", "perplexity", "bits_per_character", "accuracy")
