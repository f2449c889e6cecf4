"""Quantiles that cannot cross."""

from __future__ import annotations

from typing import Any

from keras import ops


def rising_quantiles(values: list[Any], median: int) -> list[Any]:
    """Turn free values into quantiles that never cross.

    The one at `median` stays as it is; each one further up adds a softplus to its neighbour, each
    one further down subtracts one. Rounding keeps the order too: the sums are made one by one, and
    `a + b >= a` holds in floating point for `b >= 0`. A cumulative sum computed in another order,
    as compilers do, would not promise that.

    Args:
        values: Tensors of one shape, one a quantile.
        median: Position of the quantile that is built first.

    Returns:
        The quantiles, from the lowest to the highest.

    Source: Gasthaus et al. 2019, "Probabilistic Forecasting with Spline Quantile Function RNNs"
    (non-negative slopes, summed); Park et al. 2022, "Learning Quantile Functions without Quantile
    Crossing for Distribution-free Time Series Forecasting".
    """
    quantiles = list(values)
    for k in range(median + 1, len(values)):
        quantiles[k] = ops.add(quantiles[k - 1], ops.softplus(values[k]))
    for k in reversed(range(median)):
        quantiles[k] = ops.subtract(quantiles[k + 1], ops.softplus(values[k]))
    return quantiles
