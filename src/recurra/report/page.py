"""The page of a comparison: what every report's template needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from recurra.report.frame import render_template
from recurra.report.kinds import kind_of
from recurra.study.summary import Record

__all__ = ["render_page"]


def render_page(
    records: Sequence[Record],
    drawings: Mapping[str, Mapping[str, Any]],
    shown: Collection[str] | None = None,
) -> str:
    """Write the page.

    Args:
        records: Records of one comparison, checked.
        drawings: By slug: `svg` (an `<svg>` element), `title`, `caption` and `width`.
        shown: Sections to write beside the comparison itself; None: all.

    Returns:
        The whole HTML, self-contained.
    """
    kind = kind_of(records[0])
    values = {
        "shown": kind.sections if shown is None else shown,
        "data": records[0]["data"],
        "facts": _facts(records),
        "settings": _settings(records),
        **kind.context(records),
    }
    return render_template(kind.template, drawings, values)


def _facts(records: Sequence[Record]) -> list[tuple[str, str]]:
    """What is needed to run the comparison again."""
    first = records[0]
    data, training = first["data"], first.get("training") or {}
    seeds = sorted({record["seed"] for record in records})
    kernels = sorted({str(record["kernel"]) for record in records})
    facts = [
        ("Data", ", ".join(dict.fromkeys(str(data.get(key) or "") for key in ("name", "source")))),
        ("SHA-256 of the data", str(data.get("sha256", ""))),
        ("Seeds", ", ".join(map(str, seeds))),
        ("Kernels", ", ".join(kernels)),
        ("Training", _pairs(training)),
        ("Versions", _pairs(first.get("versions") or {})),
        ("Made", str(first.get("created", "")).replace("T", " ").replace("+00:00", " UTC")),
        ("Command", str(first.get("command") or "")),
    ]
    return [(name, value) for name, value in facts if value.strip(" ,")]


def _settings(records: Sequence[Record]) -> list[tuple[str, str]]:
    """The specification of each model."""
    found = {record["name"]: _pairs(record.get("specification") or {}) for record in records}
    return [(name, value) for name, value in found.items() if value]


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key} {value}"
        for key, value in values.items()
        if not (value is None or isinstance(value, Mapping))
    )
