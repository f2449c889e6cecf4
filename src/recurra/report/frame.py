"""The frame that every page stands in: its style, its script, its rules for content."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from recurra.report import numbers
from recurra.report.theme import css_variables

__all__ = ["render_template"]

_FILTERS = ("compact", "count", "duration", "fixed", "percent", "significant")


def render_template(
    template: str,
    drawings: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
) -> str:
    """Write a page.

    Args:
        template: File below the package `recurra.report` that extends `frame.html.jinja`.
        drawings: By slug: `svg` (an `<svg>` element), `title`, `caption` and `width`.
        values: What else the template needs.
        styles: Further style sheets, files below the package.
        scripts: Further scripts, files below the package.

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
    css = css_variables() + "".join(map(_read, ("page.css", *styles)))
    script = "".join(map(_read, ("page.js", *scripts)))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template(template).render(
        css=Markup(css),  # noqa: S704 - package data
        script=Markup(script),  # noqa: S704 - package data
        script_hash=digest,
        drawings={
            slug: {**drawing, "svg": Markup(drawing["svg"])}  # noqa: S704 - drawn by us, escaped
            for slug, drawing in drawings.items()
        },
        **values,
    )


def _read(name: str) -> str:
    return files("recurra.report").joinpath(name).read_text(encoding="utf-8")
