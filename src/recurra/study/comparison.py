"""Fair comparison: same split, same budget, same early stopping, and baselines beside."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import UsageError
from recurra.study._measuring import compare_reading
from recurra.study._running import ComparisonObserver, Record
from recurra.study._text_reading import read_texts
from recurra.study.cells import DEFAULT_CELLS, parse_cells
from recurra.tasks.comparable import resolve_settings

__all__ = ["compare"]


def compare(
    source: str | Path | tuple[Any, Any],
    *,
    text: str | None = None,
    label: str | None = None,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    insight: bool = True,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several networks on the same data and measure them in the same way.

    A dataset's own test split is used where there is one, otherwise a fifth of the rows is held
    out, stratified. Validation rows come out of the training part. The linear baseline is always
    among the records.

    Args:
        source: A path, the name of a dataset, or a pair of texts and labels.
        text: Column of the texts, where it is not obvious.
        label: Column of the labels, where it is not obvious.
        cells: Which networks: `dense`, `rnn`, `lstm`, `gru`, `birnn`, `bilstm`, `bigru`.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: Fixes the split and the seeds.
        preset: As for `TextClassifier`.
        insight: Whether to look into each trained network: gradients through time, memory, gates,
            attribution and negations, under `insight` of its record; about two seconds each.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        **settings: Settings of `TextClassifier` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        RowError: If a row is broken.
        DataError: If the rows do not suffice.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells))
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if settings.get("ngram_orders"):
        raise UsageError("n-grams would give every network word order; compare without them")
    for name in {"cell", "bidirectional"} & settings.keys():
        raise UsageError(f"cells says what to compare; leave out {name}")
    settings["ngram_orders"] = ()  # a preset may ask for them
    resolve_settings(preset, settings)  # wrong settings are found before the data are read
    with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
        reading = read_texts(source, text, label, seed, preset, settings, Path(folder))
        return compare_reading(reading, chosen, repeats, finished, observer, insight=insight)
