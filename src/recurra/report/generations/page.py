"""What the page of a comparison of language models says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from recurra.report.generations.surprise import LEVELS, shaded_text, surprises
from recurra.report.generations.tables import (
    COLUMNS,
    comparison_rows,
    shown_run,
    tiles,
    typical_run,
)
from recurra.report.settings import model_settings
from recurra.report.theme import model_colours
from recurra.study.generation_summary import summarise_generators
from recurra.study.generation_verdict import generation_verdict
from recurra.study.summary import Record

__all__ = ["context"]


class ModelSamples(NamedTuple):
    """What one model wrote, by temperature."""

    name: str
    colour: str
    texts: tuple[tuple[str, str], ...]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    summaries = summarise_generators(records)
    run, training = shown_run(records), records[0].get("training") or {}
    surprise = run.get("surprise")
    return {
        "tiles": tiles(records),
        "verdict": generation_verdict(summaries),
        "columns": COLUMNS,
        "rows": comparison_rows(records),
        "repeats": max(one.repeats for one in summaries),
        "tokens": summaries[0].tokens,
        "run": run,
        "prompt": run["samples"]["prompt"],
        "samples": _samples(records, [one.model for one in summaries]),
        "levels": LEVELS,
        "shaded": shaded_text(surprise) if surprise else [],
        "surprises": surprises(surprise) if surprise else [],
        "shared": training.get("preset_settings") or {},
        "settings": model_settings(records),
    }


def _samples(records: Sequence[Record], models: Sequence[str]) -> list[ModelSamples]:
    """Return the samples of each model, networks first."""
    runs = [typical_run(records, model) for model in models]
    colours = model_colours(record["model"] for record in records)
    ranked = sorted(runs, key=lambda run: run.get("history") is None)
    return [
        ModelSamples(
            run["name"],
            colours[run["model"]].name,
            tuple((f"{one['temperature']:g}", one["text"]) for one in run["samples"]["texts"]),
        )
        for run in ranked
        if run["samples"]["texts"]
    ]
