"""What the page of a comparison of translators says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.settings import model_settings
from recurra.report.translations.tables import COLUMNS, comparison_rows, shown_run, tiles
from recurra.study.summary import Record
from recurra.study.translation_summary import summarise_translators
from recurra.study.translation_verdict import translation_verdict

__all__ = ["context"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    summaries = summarise_translators(records)
    run, training = shown_run(records), records[0].get("training") or {}
    metrics = run["metrics"]
    return {
        "tiles": tiles(records),
        "verdict": translation_verdict(summaries),
        "columns": COLUMNS,
        "rows": comparison_rows(records),
        "repeats": max(one.repeats for one in summaries),
        "pairs": summaries[0].pairs,
        "scored_by": summaries[0].scored_by,
        "signatures": [
            (name, str(metrics[key]))
            for name, key in (("BLEU", "bleu_signature"), ("chrF", "chrf_signature"))
            if metrics.get(key)
        ],
        "run": run,
        "attentive": shown_run(records, attentive=True),
        "shared": training.get("preset_settings") or {},
        "settings": model_settings(records),
    }
