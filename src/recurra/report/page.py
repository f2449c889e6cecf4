"""The page: what every report's template needs, and the templates."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from recurra.report import numbers
from recurra.report.kinds import kind_of
from recurra.report.theme import css_variables
from recurra.study.summary import Record

__all__ = ["render_page"]

_FILTERS = ("percent", "count", "fixed", "duration")


def render_page(records: Sequence[Record], drawings: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the page.

    Args:
        records: Records of one comparison, checked.
        drawings: By slug: `svg` (an `<svg>` element), `title`, `caption` and `width`.

    Returns:
        The whole HTML, self-contained.
    """
    # Texts of users stand on this page: everything is escaped but our own SVG, CSS and script.
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_read),
    )
    environment.filters.update({name: getattr(numbers, name) for name in _FILTERS})
    kind = kind_of(records[0])
    template = environment.get_template(kind.template)
    return template.render({**_frame(records, drawings), **kind.context(records)})


def _frame(records: Sequence[Record], drawings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    script = _read("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "css": Markup(css_variables() + _read("page.css")),  # noqa: S704 - package data
        "script": Markup(script),  # noqa: S704 - package data
        "script_hash": digest,
        "drawings": {
            slug: {**drawing, "svg": Markup(drawing["svg"])}  # noqa: S704 - drawn by us, escaped
            for slug, drawing in drawings.items()
        },
        "data": records[0]["data"],
        "facts": _facts(records),
        "settings": _settings(records),
    }


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


def _read(name: str) -> str:
    return files("recurra.report").joinpath(name).read_text(encoding="utf-8")
