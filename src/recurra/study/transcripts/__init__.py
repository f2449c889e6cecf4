"""Comparisons of networks that write what is said."""
