"""The report of a comparison of classifiers of series or sound."""
