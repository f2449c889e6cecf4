"""The figures of a probe."""
