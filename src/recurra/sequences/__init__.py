"""Sequences: readers, named datasets, encoders, padding, bucketing and splits."""

from recurra.sequences.batching import (
    Batch,
    length_boundaries,
    padding_share,
    padding_share_unbucketed,
    plan_batches,
)
from recurra.sequences.padding import lengths_to_mask, pad_sequences
from recurra.sequences.ragged import EncodedTexts, EncodedTextsWriter, token_dtype
from recurra.sequences.splits import stratified_split
from recurra.sequences.text import TextEncoder

__all__ = [
    "Batch",
    "EncodedTexts",
    "EncodedTextsWriter",
    "TextEncoder",
    "length_boundaries",
    "lengths_to_mask",
    "pad_sequences",
    "padding_share",
    "padding_share_unbucketed",
    "plan_batches",
    "stratified_split",
    "token_dtype",
]
