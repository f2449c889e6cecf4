"""Patterns of file names, such as `{label}_{speaker}_{take}.wav`."""

from __future__ import annotations

import re

from recurra.errors import UsageError

__all__ = ["NamePattern"]

_FIELD = re.compile(r"\{([^{}]*)\}")


class NamePattern:
    """Reads fields out of file names.

    A field takes as little as it can and nothing beyond a `/`; what stands between the fields must
    be there. A pattern with `/` is held against the path below the folder, others against the
    file's name alone.

    Attributes:
        text: The pattern as it was given.
        fields: Names of the fields, in order.
    """

    def __init__(self, text: str) -> None:
        """Compile a pattern.

        Raises:
            UsageError: If a field is empty or named twice, or two fields touch.
        """
        self.text = text
        self.fields = tuple(_FIELD.findall(text))
        if not self.fields:
            raise UsageError(f"the pattern {text!r} names no field; expected {_EXAMPLE}")
        for name in self.fields:
            if not name.isidentifier() or self.fields.count(name) > 1:
                raise UsageError(f"the pattern {text!r} has the field {name!r}; {_NAMES}")
        if "}{" in text:
            raise UsageError(f"two fields of the pattern {text!r} touch; put a sign between them")
        pieces = _FIELD.split(text)
        parts = [
            f"(?P<{piece}>[^/]+?)" if index % 2 else re.escape(piece)
            for index, piece in enumerate(pieces)
        ]
        self._expression = re.compile("".join(parts))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the fields of a path below the folder, `/` between its parts, or `None`."""
        name = path if "/" in self.text else path.rpartition("/")[2]
        found = self._expression.fullmatch(name)
        return None if found is None else found.groupdict()


_EXAMPLE = "something like '{label}_{speaker}_{take}.wav'"
_NAMES = "names are words without blanks, each given once"
