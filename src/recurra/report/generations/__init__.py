"""The report of a comparison of language models."""
