"""OWA of a forecaster on M4 Hourly, as the competition counts it.

    RECURRA_DATA=... recurra train forecast m4-hourly -o m4.recurra --horizon 48 --lookback 336 \
        --model gru --units 128 --transform log1p --epochs 8
    RECURRA_DATA=... python benchmarks/m4_hourly.py m4.recurra

OWA is the mean of sMAPE and MASE, each divided by that of the Naive 2 forecast (Makridakis et al.
2020), which the competition published for the 414 hourly series.
"""

import sys

from recurra import Forecaster

NAIVE2_SMAPE, NAIVE2_MASE = 18.383, 2.395

forecaster = Forecaster.load(sys.argv[1])
own = forecaster.evaluate("m4-hourly")
for name, figures in {"forecaster": own, **own["baselines"]}.items():
    owa = (figures["smape"] / NAIVE2_SMAPE + figures["mase"] / NAIVE2_MASE) / 2
    print(f"{name}: sMAPE {figures['smape']:.3f}, MASE {figures['mase']:.3f}, OWA {owa:.3f}")
print(f"{own['windows']} series, intervals of {own['nominal']:.0%} cover {own['coverage']:.1%}")
