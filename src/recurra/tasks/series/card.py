"""The model card of a classifier or regressor of sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.tasks.effective_context import context_words

__all__ = ["sequence_card"]


def sequence_card(manifest: Mapping[str, Any], kind: str = "", step: str = "step") -> str:
    """Write the card in Markdown.

    Args:
        manifest: The artifact's manifest.
        kind: Its headline; by the network's task when empty.
        step: What a step of a sequence is.
    """
    spec, data, training = manifest["specification"], manifest["data"], manifest["training"]
    rows, regression = data["rows"], spec["task"] == "regression"
    kind = kind or ("Regressor of sequences" if regression else "Classifier of sequences")
    lines = [
        f"# {kind}",
        "",
        f"- Network: {_network(spec)}, {manifest['parameters']:,} parameters",
        _answers(data),
        f"- Trained on: {data['name']} (SHA-256 {data['sha256'][:16]}...), {rows['train']:,} "
        f"sequences{_held_out(rows['validation'])}",
        f"- Reads: {_channels(data['channels'])} a {step}, {data['shortest']:,} to "
        f"{data['longest']:,} {step}s; scaling {data['scaling']}; "
        f"{data['missing_share']:.1%} of the training values were missing",
        *context_words(manifest["metrics"], step),
        f"- Training: {training['epochs']} epochs, the weights are those of epoch "
        f"{training['best_epoch']}; seed {manifest['seed']}; kernel {manifest['kernel']}",
        f"- Made: {manifest['created']} with Recurra {manifest['versions']['recurra']}",
        "",
        *_figures(manifest["metrics"], regression=regression),
        "",
        "The figures hold for sequences like those it was measured on: of the same source, the",
        "same rate, the same units.",
        "",
    ]
    return "\n".join(lines)


def _network(spec: Mapping[str, Any]) -> str:
    direction = "bidirectional " if spec["bidirectional"] else ""
    units = " -> ".join(map(str, spec["units"]))
    stride = f", {spec['stride']} steps at once" if spec["stride"] > 1 else ""
    return (
        f"{direction}{spec['cell'].upper()} with {units} units, pooling {spec['pooling']}{stride}"
    )


def _answers(data: Mapping[str, Any]) -> str:
    if "classes" in data:
        return f"- Classes: {', '.join(list(data['classes'])[:20])}"
    target = data["target"]
    return f"- Numbers: {target['lowest']:g} to {target['highest']:g} in the training"


def _held_out(validation: int) -> str:
    if validation:
        return f", {validation:,} more for early stopping"
    return "; none held out, so training went to its last epoch"


def _channels(channels: Any) -> str:
    if isinstance(channels, int):
        return f"{channels} channel{'' if channels == 1 else 's'}"
    return f"{len(channels)} channels ({', '.join(channels[:20])})"


def _figures(metrics: Mapping[str, Any], *, regression: bool) -> list[str]:
    if "rows" not in metrics:
        return ["Not evaluated on held-out sequences yet."]
    names = _REGRESSION if regression else _CLASSIFICATION
    return [
        f"Measured on {metrics['rows']:,} held-out sequences:",
        "",
        f"| {' | '.join(names.values())} |",
        f"|{'---|' * len(names)}",
        f"| {' | '.join(_number(metrics[name]) for name in names)} |",
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


_CLASSIFICATION = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
    "calibration_error": "calibration error",
}
_REGRESSION = {
    "mae": "MAE",
    "rmse": "RMSE",
    "r2": "R2",
    "baseline_mae": "MAE of the median",
    "baseline_rmse": "RMSE of the mean",
}
