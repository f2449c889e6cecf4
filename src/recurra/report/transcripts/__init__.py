"""The report of a comparison of recognizers of speech."""
