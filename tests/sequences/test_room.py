import os
import subprocess
import sys
from pathlib import Path

import recurra
from recurra import sequences
from recurra.sequences import vocabulary
from recurra.sequences.vocabulary import PieceCounter


def test_every_public_name_exists_once():
    assert len(sequences.__all__) == len(set(sequences.__all__))
    for name in sequences.__all__:
        assert getattr(sequences, name) is not None


def test_importing_the_room_loads_no_heavy_package():
    script = (
        "import sys, recurra.sequences\n"
        "heavy = 'keras jax polars tokenizers faker pooch sklearn scipy babel platformdirs'\n"
        "print(*[name for name in heavy.split() if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(recurra.__file__).parents[1])}
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


def test_counting_drops_the_rarest_pieces_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(vocabulary, "_MAX_DISTINCT", 10)
    counter = PieceCounter()
    for i in range(100):
        counter.update(["common", "common", f"rare {i}"])
    counts = dict(counter.most_common())
    assert counts["common"] == 200
    assert len(counts) <= 10
