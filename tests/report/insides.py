"""What a comparison keeps of the inside of a network, as `network_insight` gives it."""

from __future__ import annotations

from typing import Any

STEPS = ("not", "bad", "<script>alert(1)</script>", "at", "all", "wonderful")


def inside(model: str, growth: float = 0.9, order: bool = True) -> dict[str, Any]:
    """Return the `insight` of one network; of an order-blind one there is less."""
    gate = {"mean": 0.5, "low": 0.1, "high": 0.3, "steps": [0.5] * len(STEPS)}
    flow = {"cell": model, "growth": growth, "half_life": 6.6 if growth < 1 else None}
    norms = [0.3 * growth**back for back in range(40)]
    return {
        "example": {
            "text": "Not bad <script>alert(1)</script> at all, wonderful",
            "label": "positive",
            "steps": list(STEPS),
            "explained": "log-odds of 'positive'",
            "answer": [["negative", 0.2], ["positive", 0.8]],
        },
        "attribution": {
            "method": "integrated_gradients",
            "scores": [0.2, -0.5, 0.0, 0.01, -0.02, 1.0],
            "completeness_error": 0.0029,
            "faithfulness": 0.4,
        },
        "layers": [
            {"name": model, "cell": model, "backwards": False, "gates": {"forget": gate}},
        ]
        if order
        else [],
        "flows": [
            flow | {"model": f"{model}, {name}", "trained": trained, "norms": norms}
            for name, trained in (("trained", True), ("untrained", False))
        ]
        if order
        else [],
        "memory": {
            "distances": [0, 1, 3, 9],
            "change": [0.2, 0.1, 0.05, 0.01],
            "effective_context": 8,
            "length": 10,
            "inputs": 4,
        }
        if order
        else None,
        "negation": {
            "praise": "positive",
            "negations_right": 0.5,
            "swapped_right": 0.0,
            "negations": [_pair("really good", "not good", 0.9, 0.4 if order else 0.95)],
            "swapped": [_pair("good, not bad", "bad, not good", 0.6, 0.6 - 0.2 * order)],
        },
    }


def _pair(good: str, bad: str, first: float, second: float) -> dict[str, Any]:
    return {"good": good, "bad": bad, "good_probability": first, "bad_probability": second}
