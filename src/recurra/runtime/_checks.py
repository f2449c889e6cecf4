"""Checks of specifications: every number in its range, and reading them from JSON."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from recurra.errors import CorruptArtifactError, UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Specification = TypeVar("Specification", bound=DataclassInstance)

__all__ = [
    "LARGEST_WIDTH",
    "check_bool",
    "check_count",
    "check_counts",
    "check_share",
    "read_specification",
    "write_specification",
]

LARGEST_WIDTH = 1 << 16


def check_count(name: str, value: object, least: int, most: int) -> None:
    """Refuse what is not an integer from `least` to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(f"{name} must be an integer from {least} to {most}, not {value!r}")


def check_counts(name: str, values: object, least: int) -> None:
    """Refuse what is not a tuple of at least `least` widths."""
    if not isinstance(values, tuple) or len(values) < least or len(values) > 64:
        raise UsageError(f"{name} must be a tuple of {least} to 64 integers, not {values!r}")
    for value in values:
        check_count(name, value, 1, LARGEST_WIDTH)


def check_share(name: str, value: object) -> None:
    """Refuse what is not a number from 0 to below 1."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0.0 <= float(value) < 1.0:  # type: ignore[arg-type]
        raise UsageError(f"{name} must be at least 0 and below 1, not {value!r}")


def check_bool(name: str, value: object) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise UsageError(f"{name} must be true or false, not {value!r}")


def write_specification(specification: DataclassInstance) -> dict[str, Any]:
    """Return a specification as plain JSON values."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(specification).items()
    }


def read_specification(kind: type[Specification], values: Any) -> Specification:
    """Read the specification of an artifact.

    Raises:
        CorruptArtifactError: If a field is missing, unknown or out of its range.
    """
    if not isinstance(values, dict):
        raise CorruptArtifactError("the specification is not a JSON object")
    unknown = set(values) - {field.name for field in fields(kind)}
    if unknown:
        raise CorruptArtifactError(f"the specification has unknown fields: {sorted(unknown)}")
    try:
        plain: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        return kind(**plain)
    except (TypeError, ValueError) as error:
        raise CorruptArtifactError(f"the specification cannot be used: {error}") from error
