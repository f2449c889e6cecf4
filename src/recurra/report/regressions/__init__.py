"""The report of a comparison of regressors of series."""
