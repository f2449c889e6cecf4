"""Recurra's forecaster beside neuralforecast's, trained in turns in one session.

    RECURRA_DATA=... python benchmarks/forecast_peers.py --peer-python PATH [--cases NAME,...]
                     [--steps 1000] [--repeats 3] [--json FILE]

The peer runs in a process and an environment of its own (`pip install torch neuralforecast` there),
Recurra in this one; only one works at a time, both on the same processors. Before, the peer's
windows must give the naive forecast's error that Recurra finds for its own.

The same for both: the series and their training and test rows, standardised by the training rows;
one recurrent layer of so many units, look-back, horizon, all steps at once, no covariates, absolute
error as the loss, Adam, windows in a step, number of steps, two processors, every test window.
Errors are measured by one piece of code.

As they come: everything else as each toolkit has it. Recurra adds a linear map fitted beforehand,
corrects the seasonal naive forecast, averages its weights and keeps the best on the validation
rows, the first ones (the linear map alone) among them. neuralforecast normalises windows robustly
and reads step k of a horizon of h from the state h-k steps before the last, through two dense
layers.

Same network: the layer's last state, then one dense layer; windows normalised by their own mean and
deviation, rate 1e-3, whole windows only. neuralforecast's head is replaced for this. Recurra has
linear map, residual, dropout and averaging switched off; it still validates once an epoch, keeps
the best weights, lowers the rate on a plateau and clips gradients. Initial weights are each's own.

Seconds of training are those of a whole fit: Recurra's with compiling and validation, which the
peer is spared, the peer's with its trainer, without progress bar, log and checkpoints. A step's
milliseconds are those between ends of steps, of the last epoch in Recurra. Prediction is of all
test windows. The peer trains with one thread or with two, as a short trial before each case found
faster, and its OpenMP threads wait passively unless OMP_WAIT_POLICY says otherwise: on a machine
with other work their spinning makes it many times slower. The machine should be idle.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

THREADS = 2
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(THREADS)))
if hasattr(os, "sched_setaffinity"):  # before any library starts its threads
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import numpy as np  # noqa: E402
from forecast_sides import CASES, Peer, Recurra, open_table  # noqa: E402

from recurra.study._machine import machine_facts  # noqa: E402
from recurra.tasks.comparable_forecasts import Measurement  # noqa: E402

WAYS = ("as they come", "same network")
TOOLS = ("recurra", "neuralforecast")
TITLES = ("Case", "", "Tool", "parameters", "errors", "training, s", "step, ms", "prediction, s")


def measured(table, windows, scales, forecasts):
    """Return the errors of the forecasts of all windows."""
    if forecasts.shape[0] != len(windows):
        raise SystemExit(f"{len(forecasts)} windows were forecast, expected {len(windows)}")
    measurement = Measurement(table, scales, ())
    measurement.add(*windows.locate(np.arange(len(windows))), forecasts[..., None, None])
    return measurement.result()


def run_case(name, case, peer, options, repeats):
    """Yield a record for every training; the tools take turns."""
    table = open_table(case)
    ours = Recurra(case, table, options)
    peer.open(case, table, {**options, "steps": ours.steps})
    naive = None
    for seed in range(repeats):
        for way in WAYS:
            record, forecasts, measure = ours.run(way, seed)
            naive = naive or check_rows(case, table, measure, peer)
            pair = [(record, forecasts), peer.run(do="run", way=way, seed=seed)]
            for tool, (own, found) in zip(TOOLS, pair, strict=True):
                if own["steps"] != ours.steps:
                    raise SystemExit(f"{tool} took {own['steps']} steps, expected {ours.steps}")
                errors = measured(table, *measure, found)
                own |= {error: errors[error] for error in case.errors}
                own |= {"case": name, "tool": tool, "way": way, "seed": seed, "naive": naive}
                print(own, file=sys.stderr)
                yield own


def check_rows(case, table, measure, peer):
    """Compare the naive forecast's errors on both sides' windows; return Recurra's."""
    _, forecasts = peer.run(do="naive")
    found = measured(table, *measure, forecasts)
    expected = found["baselines"]["naive"]
    if not all(np.isclose(found[e], expected[e], rtol=1e-5) for e in case.errors):
        raise SystemExit(f"{case.title}: the peer's windows are others: {found} {expected}")
    figures = ", ".join(f"{e} {expected[e]:.5f} and {found[e]:.5f}" for e in case.errors)
    print(f"{case.title}: {forecasts.shape} values compared; naive {figures}", file=sys.stderr)
    return {e: expected[e] for e in case.errors}


def summary(records):
    """Return Markdown: medians over the repeats."""
    lines = [row(TITLES), "|---" * len(TITLES) + "|"]
    for name, case in CASES.items():
        for way, tool in ((w, t) for w in WAYS for t in TOOLS):
            own = [r for r in records if (r["case"], r["way"], r["tool"]) == (name, way, tool)]
            if own:
                lines.append(row((case.title, way, tool, *figures(own, case.errors))))
    linear = [r for r in records if r.get("best_epoch") == 0]
    ours = sum(r["tool"] == "recurra" for r in records)
    lines.append(
        f"\nRecurra kept the linear map it starts from in {len(linear)} of {ours} trainings."
    )
    return "\n".join(lines)


def figures(records, errors):
    shown = ("parameters", *errors, "train_seconds", "step_ms", "predict_seconds")
    middle = {name: statistics.median(r[name] for r in records) for name in shown}
    words = ", ".join(f"{e.removesuffix('_scaled').upper()} {middle[e]:.4f}" for e in errors)
    seconds = (f"{middle[name]:.3g}" for name in shown[-3:])
    return f"{middle['parameters']:.0f}", words, *seconds


def row(cells):
    return "| " + " | ".join(cells) + " |"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", required=True, metavar="PATH")
    parser.add_argument("--cases", default=",".join(CASES), help=", ".join(CASES))
    parser.add_argument("--steps", type=int, default=1000, help="rounded to whole epochs")
    parser.add_argument("--batch-size", type=int, default=128, help="windows in a step")
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    arguments.cases = arguments.cases.split(",")
    if unknown := set(arguments.cases) - set(CASES):
        parser.error(f"unknown cases {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    return arguments


def main():
    arguments = parse()
    options = {name: getattr(arguments, name) for name in ("steps", "batch_size", "units")}
    peer = Peer(arguments.peer_python)
    facts = {**machine_facts(), "threads": THREADS, "peer": peer.facts}
    records = []
    for name in arguments.cases:
        records += run_case(name, CASES[name], peer, options, arguments.repeats)
    peer.close()
    print(f"Versions: {facts['versions']}; peer {peer.facts['versions']}\n\n{summary(records)}")
    if arguments.json:
        result = {"facts": facts, "options": options, "records": records}
        temporary = arguments.json.with_name(f".{arguments.json.name}.tmp")
        temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        temporary.replace(arguments.json)


if __name__ == "__main__":
    main()
