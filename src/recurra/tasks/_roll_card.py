"""The model card of a generator of piano rolls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["roll_card"]


def roll_card(manifest: Mapping[str, Any]) -> str:
    """Write the card in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows, metrics = data["rows"], manifest["metrics"]
    units = " -> ".join(map(str, spec["units"]))
    lines = [
        "# Generator of piano rolls",
        "",
        f"- Network: {spec['cell'].upper()} with {units} units, {manifest['parameters']:,} "
        f"parameters; {data['notes']} notes",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} "
        f"pieces, {rows['validation']:,} more for early stopping",
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        *context_words(manifest["metrics"], "step"),
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        f"Measured on the {metrics['pieces']:,} pieces of the {metrics['part']} part: "
        f"{metrics['nll']:.4f} nats per step, accuracy {metrics['accuracy']:.4f}.",
        "",
        "The figures hold for music like that it was measured on.",
        "",
    ]
    return "\n".join(lines)
