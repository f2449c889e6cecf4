"""Figures of translations: BLEU and chrF by sacrebleu, exact match, by length of the source."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError

__all__ = ["translation_examples", "translation_metrics"]

_MISSING = "BLEU and chrF need the package 'sacrebleu': pip install 'recurra[translate]'"
_TOO_SHORT = "BLEU says little: no reference has four words in a row; look at the exact match"
_BLEU_WORDS = 4
_BINS = 5
_FEW_WORDS = 2.5  # shorter sources are counted in characters
_MOST_COMPARED = 1_000


def translation_metrics(
    sources: Sequence[str], references: Sequence[str], translations: Sequence[str]
) -> dict[str, Any]:
    """Compare translations with their references.

    Args:
        sources: What was translated, for the figures by length.
        references: One for each source.
        translations: One for each source.

    Returns:
        `rows`; `bleu` and `chrf`, from 0 to 100, with `bleu_signature` and `chrf_signature`, which
        say how they were counted; `exact_match`, a share; `by_length`, see below; `note`: empty,
        or why `bleu` and `chrf` are `None` or say nothing. `by_length` holds the `unit` in which
        sources are measured (`"words"`, or `"characters"` where they have a word or two) and
        `bins` of about equally many rows: `shortest`, `longest`, `rows`, `bleu`, `chrf`,
        `exact_match`.

    Raises:
        DataError: If there are no rows.
        ShapeError: If the numbers of rows differ.

    Source: BLEU: Papineni et al. 2002; chrF: Popović 2015; signatures: Post 2018.
    """
    if not len(sources) == len(references) == len(translations):
        raise ShapeError(
            f"{len(sources)} sources, {len(references)} references and {len(translations)} "
            "translations; expected one of each for every row"
        )
    if not sources:
        raise DataError("there are no pairs to evaluate on")
    exact = np.array(
        [
            ours.strip() == theirs.strip()
            for ours, theirs in zip(translations, references, strict=True)
        ]
    )
    bleu, bleu_signature = _score("BLEU", translations, references)
    chrf, chrf_signature = _score("CHRF", translations, references)
    return {
        "rows": len(sources),
        "bleu": bleu,
        "bleu_signature": bleu_signature,
        "chrf": chrf,
        "chrf_signature": chrf_signature,
        "exact_match": float(exact.mean()),
        "by_length": _by_length(sources, references, translations, exact),
        "note": _MISSING if bleu is None else _note(references),
    }


def translation_examples(
    sources: Sequence[str],
    references: Sequence[str],
    translations: Sequence[str],
    *,
    count: int = 10,
) -> dict[str, list[dict[str, Any]]]:
    """Choose rows to show.

    Args:
        sources: What was translated.
        references: One for each source.
        translations: One for each source.
        count: Rows of each kind.

    Returns:
        `examples`, the first rows, and `errors`, those least like their references: `source`,
        `reference`, `translation` and `similarity`, from 0 to 1 (Ratcliff & Obershelp 1988).
    """

    def shown(row: int) -> dict[str, Any]:
        return {
            "source": sources[row],
            "reference": references[row],
            "translation": translations[row],
            "similarity": similarity(row),
        }

    def similarity(row: int) -> float:
        matcher = difflib.SequenceMatcher(None, translations[row], references[row], autojunk=False)
        return round(matcher.ratio(), 4)

    wrong = [
        row for row in range(len(sources)) if translations[row].strip() != references[row].strip()
    ]
    spread = wrong[:: 1 + len(wrong) // _MOST_COMPARED]
    worst = sorted(spread, key=similarity)[:count]
    first = range(min(count, len(sources)))
    return {"examples": [shown(row) for row in first], "errors": [shown(row) for row in worst]}


def _score(
    kind: str, translations: Sequence[str], references: Sequence[str]
) -> tuple[float | None, str]:
    """Return a corpus score of sacrebleu and its signature; `None` without the package."""
    if importlib.util.find_spec("sacrebleu") is None:
        return None, ""
    from sacrebleu import metrics

    metric = getattr(metrics, kind)()
    score = metric.corpus_score(list(translations), [list(references)])
    return float(score.score), str(metric.get_signature())


def _note(references: Sequence[str]) -> str:
    longest = max(len(reference.split()) for reference in references)
    return _TOO_SHORT if longest < _BLEU_WORDS else ""


def _by_length(
    sources: Sequence[str],
    references: Sequence[str],
    translations: Sequence[str],
    exact: NDArray[np.bool_],
) -> dict[str, Any]:
    unit, lengths = _lengths(sources)
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, _BINS + 1)[1:], method="inverted_cdf"))
    places = np.searchsorted(edges, lengths)
    bins = []
    for place in range(len(edges)):
        rows = np.flatnonzero(places == place)
        ours = [translations[int(row)] for row in rows]
        theirs = [references[int(row)] for row in rows]
        bins.append(
            {
                "shortest": int(lengths[rows].min()),
                "longest": int(lengths[rows].max()),
                "rows": len(rows),
                "bleu": _score("BLEU", ours, theirs)[0],
                "chrf": _score("CHRF", ours, theirs)[0],
                "exact_match": float(exact[rows].mean()),
            }
        )
    return {"unit": unit, "bins": bins}


def _lengths(sources: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    words = np.array([len(source.split()) for source in sources], dtype=np.int64)
    if words.mean() >= _FEW_WORDS:
        return "words", words
    return "characters", np.array([len(source) for source in sources], dtype=np.int64)
