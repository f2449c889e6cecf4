"""Estimators over sequences of numbers."""
