"""Tasks: estimators that train, predict, evaluate, save and load."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.tasks._training import TrainingObserver, TrainingOptions
    from recurra.tasks._training_state import TrainingState
    from recurra.tasks.text_classifier import TextClassifier

__all__ = ["TextClassifier", "TrainingObserver", "TrainingOptions", "TrainingState"]

_LAZY = {
    "TextClassifier": "recurra.tasks.text_classifier",
    "TrainingObserver": "recurra.tasks._training",
    "TrainingOptions": "recurra.tasks._training",
    "TrainingState": "recurra.tasks._training_state",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.tasks' has no attribute {name!r}")
