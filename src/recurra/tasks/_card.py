"""The model card: what a person should know before using a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["model_card"]


def model_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a text classifier in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows = data["rows"]
    lines = [
        "# Text classifier",
        "",
        f"- Network: {_network(spec)}, {manifest['parameters']:,} parameters",
        f"- Classes: {', '.join(list(data['classes'])[:20])}",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} rows, "
        f"{rows['validation']:,} more for early stopping",
        f"- Reads: {data['level']}s, {data['vocabulary']:,} different ones, "
        f"at most {data['max_length'] or 'any number'} of each text; "
        f"{data['truncated_share']:.1%} of the training texts were cut",
        *context_words(manifest["metrics"], data["level"]),
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "The figures hold for texts like those it was measured on. It has not been tested for",
        "texts of another kind, another language, or for fairness between groups of people.",
        "",
    ]
    return "\n".join(lines)


def _network(spec: Mapping[str, Any]) -> str:
    direction = "bidirectional " if spec["bidirectional"] else ""
    units = " -> ".join(map(str, spec["units"]))
    wide = f", with {spec['ngrams']:,} n-grams beside it" if spec["ngrams"] else ""
    return f"{direction}{spec['cell'].upper()} with {units} units, pooling {spec['pooling']}{wide}"


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "rows" not in metrics:
        return ["Not evaluated on held-out texts yet."]
    return [
        f"Measured on {metrics['rows']:,} held-out texts:",
        "",
        "| accuracy | macro F1 | log loss | calibration error |",
        "|---|---|---|---|",
        f"| {metrics['accuracy']:.4f} | {metrics['macro_f1']:.4f} | {metrics['log_loss']:.4f} "
        f"| {metrics['calibration_error']:.4f} |",
    ]
