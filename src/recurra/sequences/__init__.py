"""Sequences: readers, named datasets, encoders, padding, bucketing and splits."""

from recurra.sequences.batching import (
    Batch,
    length_boundaries,
    padding_share,
    padding_share_unbucketed,
    plan_batches,
)
from recurra.sequences.calendar_features import calendar_features
from recurra.sequences.clocks import Clock
from recurra.sequences.conformal import Calibration, calibrate_quantiles, conformal_shifts
from recurra.sequences.corpora import Corpus, CorpusChunk, CorpusParts, TextRange
from recurra.sequences.corpus_datasets import corpus_dataset_names
from recurra.sequences.corpus_sources import read_corpus
from recurra.sequences.datasets import (
    Dataset,
    dataset_description,
    dataset_kind,
    dataset_names,
    dataset_path,
    get_dataset,
    load_dataset,
    resolve_source,
)
from recurra.sequences.dates import make_dates
from recurra.sequences.filling import fill_windows
from recurra.sequences.forecast_windows import (
    MISSING,
    NORMALIZATIONS,
    EncodedWindows,
    WindowEncoder,
)
from recurra.sequences.interval_tracking import IntervalTrackers
from recurra.sequences.ngrams import NgramVocabulary
from recurra.sequences.padding import lengths_to_mask, pad_sequences
from recurra.sequences.pair_datasets import load_pairs_dataset, pairs_dataset_names
from recurra.sequences.pair_sources import read_pairs, resolve_pairs
from recurra.sequences.pairs import PairDataset, PairRow, PairTable
from recurra.sequences.ragged import EncodedTexts, EncodedTextsWriter, token_dtype
from recurra.sequences.rolls import RollsDataset, load_rolls
from recurra.sequences.scaling import SCALINGS, SeriesScaler, fit_scaler
from recurra.sequences.series import SeriesTable
from recurra.sequences.series_datasets import (
    SeriesDataset,
    load_series_dataset,
    series_dataset_names,
)
from recurra.sequences.series_frames import FrameKind, frame_kind, frame_of
from recurra.sequences.series_matching import match_columns
from recurra.sequences.series_sources import read_series
from recurra.sequences.sources import FileTable, read_texts
from recurra.sequences.splits import group_split, stratified_split
from recurra.sequences.splitting import WORD_PATTERN, normalize, split
from recurra.sequences.statistics import LengthStatistics
from recurra.sequences.stream_decoder import StreamDecoder
from recurra.sequences.tables import (
    RowsTable,
    TextRow,
    TextTable,
    label_codes,
    row_chunks,
    select_rows,
)
from recurra.sequences.text import PAD_ID, UNK_ID, TextEncoder
from recurra.sequences.time_splits import TimeSplit, split_by_time
from recurra.sequences.token_streams import StreamBatches, TokenStream, encode_stream
from recurra.sequences.tokenizer import BOS_ID, EOS_ID, Tokenizer
from recurra.sequences.transforms import TRANSFORMS, check_transform
from recurra.sequences.window_reader import WindowReader
from recurra.sequences.windows import Windows, read_windows

__all__ = [
    "BOS_ID",
    "EOS_ID",
    "MISSING",
    "NORMALIZATIONS",
    "PAD_ID",
    "SCALINGS",
    "TRANSFORMS",
    "UNK_ID",
    "WORD_PATTERN",
    "Batch",
    "Calibration",
    "Clock",
    "Corpus",
    "CorpusChunk",
    "CorpusParts",
    "Dataset",
    "EncodedTexts",
    "EncodedTextsWriter",
    "EncodedWindows",
    "FileTable",
    "FrameKind",
    "IntervalTrackers",
    "LengthStatistics",
    "NgramVocabulary",
    "PairDataset",
    "PairRow",
    "PairTable",
    "RollsDataset",
    "RowsTable",
    "SeriesDataset",
    "SeriesScaler",
    "SeriesTable",
    "StreamBatches",
    "StreamDecoder",
    "TextEncoder",
    "TextRange",
    "TextRow",
    "TextTable",
    "TimeSplit",
    "TokenStream",
    "Tokenizer",
    "WindowEncoder",
    "WindowReader",
    "Windows",
    "calendar_features",
    "calibrate_quantiles",
    "check_transform",
    "conformal_shifts",
    "corpus_dataset_names",
    "dataset_description",
    "dataset_kind",
    "dataset_names",
    "dataset_path",
    "encode_stream",
    "fill_windows",
    "fit_scaler",
    "frame_kind",
    "frame_of",
    "get_dataset",
    "group_split",
    "label_codes",
    "length_boundaries",
    "lengths_to_mask",
    "load_dataset",
    "load_pairs_dataset",
    "load_rolls",
    "load_series_dataset",
    "make_dates",
    "match_columns",
    "normalize",
    "pad_sequences",
    "padding_share",
    "padding_share_unbucketed",
    "pairs_dataset_names",
    "plan_batches",
    "read_corpus",
    "read_pairs",
    "read_series",
    "read_texts",
    "read_windows",
    "resolve_pairs",
    "resolve_source",
    "row_chunks",
    "select_rows",
    "series_dataset_names",
    "split",
    "split_by_time",
    "stratified_split",
    "token_dtype",
]
