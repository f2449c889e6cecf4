"""Commands run as processes of their own, whose memory is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"


def run_measured(folder: Path, *arguments: object) -> tuple[dict[str, Any], int]:
    """Run a command that prints JSON.

    Returns:
        What it printed, and the peak of its memory in bytes.
    """
    line = [sys.executable, "-m", "recurra", *map(str, arguments), "--json"]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        running = subprocess.Popen(
            line,
            stdout=out,
            stderr=err,
            env={**os.environ, "PYTHONPATH": str(SOURCE), "RECURRA_COMPILATION_CACHE": "off"},
        )
        _, status, usage = os.wait4(running.pid, 0)  # the peak of this child alone
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, (folder / "err").read_text()
    print(f"\npeak {usage.ru_maxrss / 2**20:.2f} GiB, {usage.ru_utime:.0f} s of CPU")
    return json.loads((folder / "out").read_text()), usage.ru_maxrss * 1024
