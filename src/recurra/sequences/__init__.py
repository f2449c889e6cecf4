"""Sequences: readers, named datasets, encoders, padding, bucketing and splits."""

from recurra.sequences.batching import (
    Batch,
    length_boundaries,
    padding_share,
    padding_share_unbucketed,
    plan_batches,
)
from recurra.sequences.datasets import (
    Dataset,
    dataset_description,
    dataset_names,
    dataset_path,
    get_dataset,
    load_dataset,
    resolve_source,
)
from recurra.sequences.ngrams import NgramVocabulary
from recurra.sequences.padding import lengths_to_mask, pad_sequences
from recurra.sequences.ragged import EncodedTexts, EncodedTextsWriter, token_dtype
from recurra.sequences.sources import FileTable, read_texts
from recurra.sequences.splits import stratified_split
from recurra.sequences.splitting import WORD_PATTERN, normalize, split
from recurra.sequences.statistics import LengthStatistics
from recurra.sequences.tables import (
    RowsTable,
    TextRow,
    TextTable,
    label_codes,
    row_chunks,
    select_rows,
)
from recurra.sequences.text import PAD_ID, UNK_ID, TextEncoder

__all__ = [
    "PAD_ID",
    "UNK_ID",
    "WORD_PATTERN",
    "Batch",
    "Dataset",
    "EncodedTexts",
    "EncodedTextsWriter",
    "FileTable",
    "LengthStatistics",
    "NgramVocabulary",
    "RowsTable",
    "TextEncoder",
    "TextRow",
    "TextTable",
    "dataset_description",
    "dataset_names",
    "dataset_path",
    "get_dataset",
    "label_codes",
    "length_boundaries",
    "lengths_to_mask",
    "load_dataset",
    "normalize",
    "pad_sequences",
    "padding_share",
    "padding_share_unbucketed",
    "plan_batches",
    "read_texts",
    "resolve_source",
    "row_chunks",
    "select_rows",
    "split",
    "stratified_split",
    "token_dtype",
]
