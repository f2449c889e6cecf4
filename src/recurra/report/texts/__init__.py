"""The report of a comparison of classifiers."""
