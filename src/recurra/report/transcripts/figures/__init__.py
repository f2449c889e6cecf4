"""Figures of a comparison of recognizers of speech."""
