"""The model card of a tagger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["tagger_card"]


def tagger_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a tagger in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows, tokens = data["rows"], data["tokens"]
    lines = [
        "# Tagger",
        "",
        f"- Network: {_network(spec)}, {manifest['parameters']:,} parameters",
        f"- Tags ({data['column']}): {', '.join(list(data['tags'])[:20])}",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} "
        f"sentences with {tokens['train']:,} tokens, {rows['validation']:,} more sentences for "
        "early stopping",
        f"- Reads: {data['words']:,} words in lower case, digits as 0; "
        f"{data['unknown_share']:.1%} of the validation tokens were unknown words",
        *context_words(manifest["metrics"], "token"),
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "The figures hold for sentences like those it was measured on, divided into tokens in the",
        "same way. It has not been tested for other kinds of text.",
        "",
    ]
    return "\n".join(lines)


def _network(spec: Mapping[str, Any]) -> str:
    direction = "bidirectional " if spec["bidirectional"] else ""
    units = " -> ".join(map(str, spec["units"]))
    parts = [f"{direction}{spec['cell'].upper()} with {units} units"]
    if spec["character_units"]:
        parts.append(f"{spec['character_units']} units over the characters of each word")
    if spec["crf"]:
        parts.append("a conditional random field over the tags")
    return ", ".join(parts)


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "rows" not in metrics:
        return ["Not evaluated on held-out sentences yet."]
    unknown = metrics["unknown_accuracy"]
    figures = {
        "accuracy": f"{metrics['accuracy']:.4f}",
        "of unknown words": "-" if unknown is None else f"{unknown:.4f}",
        "whole sentences": f"{metrics['sentence_accuracy']:.4f}",
        "macro F1": f"{metrics['macro_f1']:.4f}",
    }
    if "entity_f1" in metrics:
        figures["entity F1"] = f"{metrics['entity_f1']:.4f}"
    return [
        f"Measured on {metrics['tokens']:,} tokens of {metrics['rows']:,} held-out sentences:",
        "",
        f"| {' | '.join(figures)} |",
        f"|{'---|' * len(figures)}",
        f"| {' | '.join(figures.values())} |",
    ]
