"""The model card of a translator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["translation_card"]


def translation_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a translator in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows, vocabulary = data["rows"], data["vocabulary"]
    lines = [
        "# Translator",
        "",
        f"- Network: {_network(spec)}, {manifest['parameters']:,} parameters",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} "
        f"pairs, {rows['validation']:,} more for early stopping",
        f"- Reads and writes: {data['level']}s, {vocabulary['source']:,} and "
        f"{vocabulary['target']:,} different ones, at most {data['max_length']} of each text",
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        *context_words(manifest["metrics"], data["level"]),
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "The figures hold for texts like those it was measured on. It translates whatever it is",
        "given, and what it writes may be fluent and wrong; nobody has checked it for bias.",
        "",
    ]
    return "\n".join(lines)


def _network(spec: Mapping[str, Any]) -> str:
    direction = "bidirectional " if spec["bidirectional"] else ""
    attention = "no" if spec["attention"] == "none" else spec["attention"]
    return (
        f"{direction}{spec['cell'].upper()} encoder of {spec['encoder_layers']} x {spec['units']} "
        f"units, decoder of {spec['decoder_layers']}, {attention} attention"
    )


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "rows" not in metrics:
        return ["Not evaluated on held-out pairs yet."]
    names = [name for name in _SHOWN if metrics.get(name) is not None]
    lines = [
        f"Measured on {metrics['rows']:,} held-out pairs, beam {metrics['beam']}:",
        "",
        "| " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * len(names) + "|",
        "| " + " | ".join(_SHOWN[name].format(metrics[name]) for name in names) + " |",
    ]
    if metrics.get("bleu_signature"):
        lines += ["", f"BLEU: `{metrics['bleu_signature']}`"]
    return lines


_SHOWN = {"bleu": "{:.2f}", "chrf": "{:.2f}", "exact_match": "{:.4f}", "perplexity": "{:.3f}"}
