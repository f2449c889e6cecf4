"""Figures of a comparison of regressors."""
