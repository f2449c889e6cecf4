"""Sequences of numbers that carry a label or a number each, and what prepares them."""

from __future__ import annotations

from recurra.sequences.collections.arrays import as_sequences
from recurra.sequences.collections.augmentation import Augmentation
from recurra.sequences.collections.collection import SequenceCollection
from recurra.sequences.collections.datasets import (
    COLLECTION_DATASETS,
    CollectionDataset,
    collection_dataset_names,
    load_collection_dataset,
)
from recurra.sequences.collections.scaling import CHANNEL_SCALINGS, ChannelScaler
from recurra.sequences.collections.sources import is_collection, read_collection
from recurra.sequences.collections.targets import TargetScaler

__all__ = [
    "CHANNEL_SCALINGS",
    "COLLECTION_DATASETS",
    "Augmentation",
    "ChannelScaler",
    "CollectionDataset",
    "SequenceCollection",
    "TargetScaler",
    "as_sequences",
    "collection_dataset_names",
    "is_collection",
    "load_collection_dataset",
    "read_collection",
]
