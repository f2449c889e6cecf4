"""The report of a comparison of translators."""
