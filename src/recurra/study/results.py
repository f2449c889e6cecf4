"""`results.json`: the records of a comparison on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recurra.errors import OutputError

__all__ = ["write_results"]


def write_results(records: Sequence[dict[str, Any]], path: str | Path) -> Path:
    """Write records as a JSON list, atomically.

    Raises:
        OutputError: If the file cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        text = json.dumps(list(records), ensure_ascii=False, indent=1, allow_nan=False)
        # Lone surrogates, which JSON lines may hold, become the escapes that JSON has for them.
        temporary.write_bytes(f"{text}\n".encode(errors="backslashreplace"))
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path
