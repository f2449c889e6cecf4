"""Series larger than memory: windows are read when they are due, columns stay on the disk."""

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
CHUNK = 1 << 20
TRAIN = """
import json, resource, sys
import numpy as np
from recurra import Forecaster
from recurra.sequences import SeriesTable

path, kind, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
data = path
if kind == "array":
    data = SeriesTable.from_arrays(np.load(path, mmap_mode="r"), targets=["value"])
forecaster = Forecaster(24, lookback=96, epoch_windows=20_000, epochs=1, units=16, **options)
forecaster.fit(data)
forecaster.save(path + ".recurra")
forecast = forecaster.forecast()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"peak": peak, "rows": forecaster.data_["rows"], "ids": len(forecast.ids),
                  "mae": forecaster.metrics_["mae"]}))
"""


def wave(first: int, rows: int, generator: np.random.Generator) -> np.ndarray:
    """Return a daily wave with noise of 0.1, float32."""
    steps = np.arange(first, first + rows) % 24
    noise = 0.1 * generator.standard_normal(rows, np.float32)
    return (5 + np.sin(2 * np.pi * steps / 24) + noise).astype(np.float32)


def write_array(path: Path, rows: int) -> None:
    """Write one column in chunks."""
    generator = np.random.default_rng(0)
    column = np.lib.format.open_memmap(path, "w+", np.float32, (rows,))
    for start in range(0, rows, CHUNK):
        part = column[start : start + CHUNK]
        part[:] = wave(start, len(part), generator)
    column.flush()


def write_parquet(path: Path, rows: int, series: int) -> None:
    """Write hourly series of equal length in row groups."""
    pa = pytest.importorskip("pyarrow", reason="pyarrow writes Parquet files in parts")
    parquet = pytest.importorskip("pyarrow.parquet")
    generator = np.random.default_rng(0)
    length, start = rows // series, np.datetime64("1700-01-01", "us")
    schema = pa.schema([("id", "string"), ("time", pa.timestamp("us")), ("value", "float32")])
    with parquet.ParquetWriter(path, schema) as writer:
        for first in range(0, rows, CHUNK):
            steps = np.arange(first, min(first + CHUNK, rows))
            ids = pa.array(np.char.add("s", (steps // length).astype(str)))
            times = start + (steps % length).astype("timedelta64[h]")
            values = wave(first, len(steps), generator)
            writer.write_table(pa.table({"id": ids, "time": times, "value": values}, schema))


def train(path: Path, kind: str, **options: object) -> dict[str, object]:
    """Train in a process of its own, and return what it says."""
    result = subprocess.run(
        [sys.executable, "-c", TRAIN, str(path), kind, json.dumps(options)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    rows = sum(found["rows"].values())
    print(f"\n{rows:,} rows, {found['ids']:,} series: peak {found['peak'] / GIB:.2f} GiB")
    assert found["mae"] < 0.1  # the noise alone makes 0.08
    return found


@pytest.mark.slow
@pytest.mark.parametrize("transform", ["none", "log1p"])
def test_a_hundred_million_mapped_rows_train_within_1_5_gb(tmp_path, transform):
    path = tmp_path / "column.npy"
    write_array(path, 100_000_000)
    found = train(path, "array", validation=2_000, test=2_000, transform=transform)
    assert sum(found["rows"].values()) == 100_000_000
    assert found["peak"] < 1.5e9  # 0.4 GB of them the pages of the file itself


@pytest.mark.slow
def test_twenty_million_rows_of_parquet_train_within_2_5_gb(tmp_path):
    path = tmp_path / "long.parquet"
    write_parquet(path, 20_000_000, series=1)
    parts = {"validation": 2_000, "test": 2_000}
    found = train(path, "file", time="time", target="value", **parts)
    assert sum(found["rows"].values()) == 20_000_000
    assert found["peak"] < 2.5e9


@pytest.mark.slow
def test_ten_thousand_series_train_within_2_5_gb(tmp_path):
    path = tmp_path / "many.parquet"
    write_parquet(path, 10_000_000, series=10_000)
    columns = {"time": "time", "target": "value", "series_id": "id"}
    found = train(path, "file", **columns, validation=48, test=24)
    assert found["ids"] == 10_000
    assert found["peak"] < 2.5e9
