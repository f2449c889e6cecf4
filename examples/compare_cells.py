"""Which cell suits my data? Same split, same budget, baselines beside, and a report.

Usage: python examples/compare_cells.py [FILE-OR-DATASET] [EPOCHS]
"""

import sys

import recurra
from recurra.report import write_report
from recurra.study import summarise

source = sys.argv[1] if len(sys.argv) > 1 else "names"
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else None

records = recurra.compare(source, cells="dense,rnn,gru", epochs=epochs, seed=1)
for model in summarise(records):
    interval = f"{model.low:.3f} to {model.high:.3f}"
    print(f"{model.name:<22} accuracy {model.accuracy:.3f} ({interval})")

print("report:", write_report(records, "cells-report"))
