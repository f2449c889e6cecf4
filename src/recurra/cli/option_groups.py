"""Options that several commands share, declared once as the fields of a dataclass."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints

__all__ = ["given_options", "takes_groups"]


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups of options.

    A parameter whose type is a dataclass stands for its fields: the command line has one option
    for each of them, and the command receives the dataclass filled in.

    Args:
        command: A command; the fields of its groups are annotated as typer's options are.
    """
    types = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {k: kind for k, kind in types.items() if is_dataclass(kind)}

    @functools.wraps(command)
    def flat(**values: Any) -> None:
        chosen = {
            name: kind(**{field.name: values.pop(field.name) for field in fields(kind)})
            for name, kind in groups.items()
        }
        command(**values, **chosen)

    parameters = list(_flat_parameters(command, types, groups))
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {one.name: one.annotation for one in parameters}
    return flat


def given_options(group: Any) -> dict[str, Any]:
    """Return the options of a group that differ from their defaults, by field."""
    values = {field.name: (getattr(group, field.name), field.default) for field in fields(group)}
    return {name: value for name, (value, default) in values.items() if value != default}


def _flat_parameters(
    command: Callable[..., None], types: dict[str, Any], groups: dict[str, Any]
) -> Iterator[inspect.Parameter]:
    for parameter in inspect.signature(command).parameters.values():
        kind = groups.get(parameter.name)
        if kind is None:
            yield _keyword(parameter.name, types[parameter.name], parameter.default)
            continue
        hints = get_type_hints(kind, include_extras=True)
        for field in fields(kind):
            default = inspect.Parameter.empty if field.default is MISSING else field.default
            yield _keyword(field.name, hints[field.name], default)


def _keyword(name: str, kind: Any, default: Any) -> inspect.Parameter:
    only = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, only, default=default, annotation=kind)
