"""Fair comparison of taggers: same split, same budget, and the most frequent tag beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import UsageError
from recurra.study._measuring import compare_reading
from recurra.study._running import ComparisonObserver, Record
from recurra.study._tag_reading import read_tags
from recurra.study.cells import DEFAULT_CELLS, parse_cells
from recurra.tasks.tagging.settings import resolve_settings

__all__ = ["compare_taggers"]


def compare_taggers(
    source: str | Path,
    *,
    column: str | None = None,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    insight: bool = True,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several taggers on the same sentences and measure them in the same way.

    A dataset's own parts are used where there are any, otherwise a fifth of the sentences is held
    out to measure on. The most frequent tag of each word is always among the records.

    Args:
        source: CoNLL-U, CoNLL columns, JSON lines, or the name of a dataset.
        column: Of the tags, see `recurra.sequences.tagging.resolve_tagged`.
        cells: Which networks: `dense` (each token alone), `rnn`, `lstm`, `gru`, `birnn`, `bilstm`,
            `bigru`; words and their characters are read by the same cell.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: Fixes the split and the seeds.
        preset: As for `SequenceTagger`.
        insight: Whether the records say how many tokens back a tag hangs on.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        **settings: Settings of `SequenceTagger` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values; see `measure_tags` for its figures.

    Raises:
        SourceError: If there is no such file or dataset.
        RowError: If a line is broken.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells))
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    for name in {"cell", "bidirectional"} & settings.keys():
        raise UsageError(f"cells says what to compare; leave out {name}")
    resolve_settings(preset, settings)  # wrong settings are found before the data are read
    reading = read_tags(source, column, seed, preset, settings)
    return compare_reading(reading, chosen, repeats, finished, observer, insight=insight)
