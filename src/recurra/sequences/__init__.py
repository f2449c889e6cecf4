"""Sequences: readers, named datasets, encoders, padding, bucketing and splits."""
