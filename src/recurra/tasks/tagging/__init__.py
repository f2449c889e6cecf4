"""Tagging: a label for every token."""

from recurra.tasks.tagging.tagger import SequenceTagger

__all__ = ["SequenceTagger"]
