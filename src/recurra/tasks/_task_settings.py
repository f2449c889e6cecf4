"""What the settings of every task have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from recurra.errors import CorruptArtifactError
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._training_options import TrainingOptions

__all__ = ["TaskSettings", "read_settings", "units_by_layer"]


@dataclass(frozen=True)
class TaskSettings:
    """Everything that decides how a model is made; each task adds its fields."""

    def training(self) -> TrainingOptions:
        """Return how to train."""
        names = [f.name for f in fields(TrainingOptions) if hasattr(self, f.name)]
        return TrainingOptions(**{name: getattr(self, name) for name in names})

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


S = TypeVar("S", bound=TaskSettings)


def read_settings(
    manifest: Mapping[str, Any], kind: type[S], owner: str, make: Callable[..., S]
) -> S:
    """Read the settings of a saved model.

    Args:
        manifest: The manifest of its file.
        kind: Their class, whose fields are the names that may be there.
        owner: Whose settings they are, for errors: `"a translator"`.
        make: Makes and checks them, given by name.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    saved = manifest.get("settings")
    if not isinstance(saved, dict) or not set(saved) <= {field.name for field in fields(kind)}:
        raise CorruptArtifactError(f"the manifest's settings are not those of {owner}")
    try:
        return make(**{name: plain_value(value) for name, value in saved.items()})
    except (TypeError, ValueError) as error:
        raise CorruptArtifactError(f"the manifest's settings cannot be used: {error}") from error


def units_by_layer(units: int | tuple[int, ...], layers: int) -> tuple[int, ...]:
    """Return the units of every layer, where one number stands for all."""
    return (units,) * layers if isinstance(units, int) else tuple(units)
