"""Files larger than memory: training reads them in passes and never holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from children import run_measured

GIB = 1 << 30
ROWS_AT_ONCE = 2_000


def write_large_csv(path: Path, size: int) -> int:
    """Write labelled texts of 150 words in chunks until the file has `size` bytes.

    Returns:
        The number of rows.
    """
    generator = np.random.default_rng(0)
    words = np.array([f"w{number:05d}" for number in range(50_000)])
    telling = (("poor", "bad", "dull"), ("good", "fine", "great"))
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("review,stars\n")
        while file.tell() < size:
            drawn = words[generator.zipf(1.3, (ROWS_AT_ONCE, 149)) % len(words)]
            for row in drawn:
                label = rows % 2
                sign = telling[label][generator.integers(3)]
                file.write(f"{sign} {' '.join(row)},{('neg', 'pos')[label]}\n")
                rows += 1
    return rows


@pytest.mark.slow
def test_training_on_a_gigabyte_of_text_stays_below_3_gib(tmp_path):
    source = tmp_path / "large.csv"
    rows = write_large_csv(source, GIB)
    options = "--cell dense --level word --max-length 16 --units 8 --embedding 8 --epochs 1"
    more = ("-o", tmp_path / "m.recurra", "--batch-size", 1024)
    result, peak = run_measured(tmp_path, "train", "classify", source, *options.split(), *more)
    assert sum(result["data"]["rows"].values()) == rows
    assert result["accuracy"] > 0.99
    assert peak < 3 * GIB
