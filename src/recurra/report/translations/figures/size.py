"""What quality costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.size import Quality
from recurra.report.numbers import fixed, percent, plain
from recurra.study.summary import Record
from recurra.study.translation_summary import ranked_by, summarise_translators

__all__ = ["SIZE", "TIME"]

_BLEU = Quality(plain, margin=0.5)
_EXACT = Quality(lambda share: f"{100 * share:.4g} %", ceiling=1.01, margin=0.01)


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.score, *one.ends) for one in summarise_translators(records)]
    if ranked_by(records) == "bleu":
        return Judged("BLEU", lambda score: fixed(score, 1), _BLEU, models)
    return Judged("Exact match", percent, _EXACT, models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
