"""Files larger than memory: training reads them in passes and never holds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).parents[2] / "src"
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
    line = [sys.executable, "-m", "recurra", "train", "classify", str(source)]
    more = ["-o", str(tmp_path / "m.recurra"), "--batch-size", "1024", "--json"]
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        running = subprocess.Popen(
            [*line, *options.split(), *more],
            stdout=out,
            stderr=err,
            env={**os.environ, "PYTHONPATH": str(SOURCE), "RECURRA_COMPILATION_CACHE": "off"},
        )
        _, status, usage = os.wait4(running.pid, 0)  # the peak of this child alone
        running.returncode = os.waitstatus_to_exitcode(status)
    assert (running.returncode, (tmp_path / "err").read_text()) == (0, "")
    result = json.loads((tmp_path / "out").read_text())
    assert sum(result["data"]["rows"].values()) == rows
    assert result["accuracy"] > 0.99
    assert usage.ru_maxrss * 1024 < 3 * GIB, f"{usage.ru_maxrss / 2**20:.2f} GiB"
    print(f"\n{rows:,} rows, peak {usage.ru_maxrss / 2**20:.2f} GiB, {usage.ru_utime:.0f} s of CPU")
