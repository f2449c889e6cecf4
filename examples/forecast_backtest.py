"""Backtest: what would the forecasts have been worth, month after month? Against naive ones.

Usage: python examples/forecast_backtest.py
"""

from recurra import Forecaster

forecaster = Forecaster(horizon=12, epochs=30, seed=1)  # El Nino: sea temperatures by month
result = forecaster.backtest("elnino", windows=5, stride=12)
print(f"trained {result.trainings} time(s); windows begin at {', '.join(result.origins)}")
for name, figures in {"recurrent": result.metrics, **result.metrics["baselines"]}.items():
    steps = [figures["by_step"]["mae"][step] for step in (0, 5, 11)]
    errors = ", ".join(f"{error:.2f}" for error in steps)
    print(f"{name:15} MASE {figures['mase']:.2f}; error 1, 6 and 12 months ahead: {errors}")
for name, skill in result.metrics["skill"].items():
    verdict = "better" if skill > 0 else "no better"
    print(f"{verdict} than {name.replace('_', ' ')}: skill {skill:.0%}")
