"""The model card of a forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["forecast_card"]


def forecast_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a forecaster in Markdown.

    Args:
        manifest: The artifact's manifest.
    """
    settings, data, training = manifest["settings"], manifest["data"], manifest["training"]
    rows = data["rows"]
    lines = [
        "# Forecaster",
        "",
        f"- Network: {settings['model']}, {manifest['parameters']:,} parameters; reads "
        f"{settings['lookback']} steps, forecasts {settings['horizon']} ({settings['strategy']})",
        f"- Targets: {', '.join(data['targets'])}; steps of {data['frequency']}; "
        f"{data['series']:,} series",
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} rows, "
        f"{rows['validation']:,} more for early stopping and calibration",
        *context_words(manifest["metrics"], "step"),
        f"- Training: {training['epochs']} epochs, the best was {training['best_epoch']}; "
        f"seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"]),
        "",
        "The figures hold as long as the future is like the past it was measured on.",
        "",
    ]
    return "\n".join(lines)


def _figures(metrics: Mapping[str, Any]) -> list[str]:
    if "windows" not in metrics:
        return ["Not evaluated on later rows yet."]
    columns = [name for name in _SHOWN if metrics.get(name) is not None]
    skill = metrics["skill"]
    lines = [
        f"Measured at {metrics['windows']:,} later origins:",
        "",
        "| " + " | ".join(columns) + " |",
        "|---" * len(columns) + "|",
        "| " + " | ".join(f"{metrics[name]:.4g}" for name in columns) + " |",
        "",
    ]
    for name, value in skill.items():
        words = name.replace("_", " ")
        if value is None:
            continue
        side = "smaller" if value >= 0 else "LARGER"
        lines.append(
            f"- Its errors are {abs(value):.1%} {side} than those of the {words} forecast."
        )
    return lines


_SHOWN = ("mae", "rmse", "smape", "mase", "pinball", "coverage", "nominal", "mse_scaled")
