"""Comparisons of networks over sequences of numbers and over sound."""
