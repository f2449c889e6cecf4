"""Corpora larger than memory: they are encoded piece by piece into a mapped file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from children import run_measured

GIB = 1 << 30
PIECE = 4 << 20


def write_large_text(path: Path, size: int) -> None:
    """Write lines of drawn words until the file has `size` bytes."""
    generator = np.random.default_rng(0)
    words = ["".join(generator.choice(list("etaoinshrdlu"), 5)) for _ in range(2_000)]
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < size:
            drawn = generator.choice(words, PIECE // 6)
            text = "\n".join(" ".join(drawn[k : k + 12]) for k in range(0, len(drawn), 12))
            file.write(f"{text}\n")


@pytest.mark.slow
@pytest.mark.parametrize("level", ["char", "subword"])
def test_a_gigabyte_of_text_trains_within_2_gib(level, tmp_path):
    source = tmp_path / "large.txt"
    write_large_text(source, GIB if level == "char" else GIB // 8)
    options = "--units 16 --embedding 8 --epochs 1 --epoch-tokens 200000 --sample-every 0"
    held_out = "--validation 0.001 --test 0.001"
    network = ("--level", level, *options.split(), *held_out.split())
    model = tmp_path / "m.recurra"
    result, peak = run_measured(tmp_path, "train", "generate", source, "-o", model, *network)
    if level == "char":
        assert sum(result["data"]["rows"].values()) > 0.99 * GIB
    assert result["epochs"] == 1
    assert peak < 2 * GIB
