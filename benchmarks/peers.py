"""The core's training steps and predictions beside those of its peers, in turns, one session.

    python benchmarks/peers.py [--peers recurra,keras-jax,...] [--cells lstm,...] [--rounds 7]
                               [--json FILE]

Every peer runs in a process of its own and times itself; only one works at a time. First every
peer says which path it takes, and all must agree on outputs and loss of the same network, weights
and batch. Peers that are not installed are named and left out. Times are wall times: the machine
should be idle.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from recurra.study import BENCH_CASES, BenchSizes, parse_cells

# Name: Keras's backend and the packages that are needed.
PEERS = {
    "recurra": ("jax", ("keras", "jax")),
    "keras-jax": ("jax", ("keras", "jax")),
    "keras-tensorflow": ("tensorflow", ("keras", "tensorflow")),
    "torch.nn": (None, ("torch",)),
    "recurra-torch": ("torch", ("keras", "torch")),
    "keras-torch": ("torch", ("keras", "torch")),
    "recurra-tensorflow": ("tensorflow", ("keras", "tensorflow")),
}
RATIOS = (
    ("keras-jax", "recurra"),
    ("keras-tensorflow", "recurra"),
    ("torch.nn", "recurra"),
    ("keras-torch", "recurra-torch"),
    ("keras-tensorflow", "recurra-tensorflow"),
)
KINDS = ("train", "predict")
TURN = 0.5  # seconds of work in a turn
MOST_STEPS = 64
REST = 0.05  # seconds for a peer's spinning threads to fall asleep
# Relative; the peers' float32 sums are ordered differently over hundreds of steps.
AGREEMENT = 1e-4


class Worker:
    """A peer's process."""

    def __init__(self, name):
        backend = PEERS[name][0]
        env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        if backend:
            env["KERAS_BACKEND"] = backend
        script = Path(__file__).with_name("peer_worker.py")
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, str(script), name],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if not sys.stderr.isatty() else None,
            text=True,
        )

    def ask(self, **command):
        print(json.dumps(command), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended: {self.process.communicate()[1]}")
        return json.loads(line)

    def seconds(self, kind, steps):
        """Return the seconds of one of so many steps."""
        seconds = self.ask(do=kind, steps=steps)["seconds"]
        time.sleep(REST)
        return seconds

    def close(self):
        self.process.communicate(timeout=60)


def installed(names):
    """Return the peers that can run here, and what the others lack."""
    missing = {n: [p for p in PEERS[n][1] if find_spec(p) is None] for n in names}
    for name, packages in missing.items():
        if packages:
            print(f"left out: {name} (not installed: {', '.join(packages)})", file=sys.stderr)
    return [name for name in names if not missing[name]]


def opened(workers, case, sizes):
    """Open a case everywhere; return the peers that have it, which must agree."""
    replies = {}
    for worker in workers:
        reply = worker.ask(do="open", case=case, sizes=sizes)
        if "error" in reply:
            print(f"left out: {worker.name}, {case} ({reply['error']})", file=sys.stderr)
            continue
        print(f"{case}: {worker.name} runs {reply['path']}", file=sys.stderr)
        replies[worker] = reply
    expect_agreement(case, {worker.name: reply for worker, reply in replies.items()})
    return list(replies)


def expect_agreement(case, replies):
    names = list(replies)
    for name in names[1:]:
        for figure in ("outputs", "loss"):
            if figure == "loss" and BENCH_CASES[case].dropout:
                continue  # each backend draws its own dropout masks
            expected, got = (np.array(replies[n][figure]) for n in (names[0], name))
            error = np.linalg.norm(got - expected) / np.linalg.norm(expected)
            if not error <= AGREEMENT:
                raise SystemExit(f"{case}: {figure} of {name} and {names[0]} differ by {error:.1e}")


def measure(workers, rounds):
    """Return seconds of each round, by peer and kind; the peers take turns."""
    steps, seconds = {}, {}
    for worker in workers:
        for kind in KINDS:
            worker.seconds(kind, 1)  # warm-up
            one = max(worker.seconds(kind, 2), TURN / MOST_STEPS)
            steps[worker, kind] = max(1, int(TURN / one))
            seconds[worker.name, kind] = []
    for _ in range(rounds):
        for kind in KINDS:
            for worker in workers:
                seconds[worker.name, kind].append(worker.seconds(kind, steps[worker, kind]))
    return seconds


def records_of(case, seconds):
    for (name, kind), values in seconds.items():
        low, median, high = (1e3 * np.quantile(values, (0.25, 0.5, 0.75))).tolist()
        yield {"case": case, "peer": name, "kind": kind, "ms": median, "quartiles_ms": [low, high]}


def table(records, sizes):
    """Return Markdown: milliseconds by peer, then how many times as fast the core is."""
    ms = {(r["case"], r["peer"], r["kind"]): r["ms"] for r in records}
    cases = list(dict.fromkeys(r["case"] for r in records))
    peers = [name for name in PEERS if any(r["peer"] == name for r in records)]
    ratios = [pair for pair in RATIOS if set(pair) <= set(peers)]
    lines = []
    for kind, title in zip(KINDS, ("Training step", "Prediction of a batch"), strict=True):
        columns = [f"{p}, ms" for p in peers] + [f"{a} / {b}" for a, b in ratios]
        lines += [
            "",
            f"| {title} | " + " | ".join(columns) + " |",
            "|---" * (1 + len(columns)) + "|",
        ]
        for case in cases:
            cells = [f"{ms[case, p, kind]:.1f}" if (case, p, kind) in ms else "–" for p in peers]
            for pair in ratios:
                a, b = (ms.get((case, name, kind)) for name in pair)
                cells.append(f"{a / b:.2f}" if a and b else "–")
            name = BENCH_CASES[case].title(BenchSizes(**sizes))
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--cells", default=",".join(BENCH_CASES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE")
    for name, value in vars(BenchSizes()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


def main():
    arguments = parse()
    cases = parse_cells(arguments.cells, BENCH_CASES)
    sizes = {name: getattr(arguments, name) for name in vars(BenchSizes())}
    workers = [Worker(name) for name in installed(parse_cells(arguments.peers, PEERS))]
    facts = {worker.name: worker.ask(do="facts") for worker in workers}
    records = []
    for case in cases:
        present = opened(workers, case, sizes)
        records += records_of(case, measure(present, arguments.rounds))
    for worker in workers:
        worker.close()
    print(table(records, sizes))
    if arguments.json:
        result = {"facts": facts, "sizes": sizes, "rounds": arguments.rounds, "records": records}
        temporary = arguments.json.with_name(f".{arguments.json.name}.tmp")
        temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        temporary.replace(arguments.json)


if __name__ == "__main__":
    main()
