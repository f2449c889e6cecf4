"""Sentences with a tag for every token: files, named datasets, encoding."""

from recurra.sequences.tagging.bio import forbidden_transitions, is_bio, repair_bio
from recurra.sequences.tagging.encoder import EncodedSentences, SentenceEncoder, TaggerBatch
from recurra.sequences.tagging.formats import (
    CONLLU_COLUMNS,
    FORMATS,
    TaggedFile,
    open_tagged_file,
    tagged_format,
)
from recurra.sequences.tagging.sentences import (
    Sentence,
    TaggedDataset,
    TaggedSentences,
    sentences_from_lists,
)
from recurra.sequences.tagging.sources import (
    TAGGING_DATASETS,
    load_tagging_dataset,
    open_tagged,
    read_tagged,
    resolve_tagged,
    tagging_dataset_names,
    usual_column,
)

__all__ = [
    "CONLLU_COLUMNS",
    "FORMATS",
    "TAGGING_DATASETS",
    "EncodedSentences",
    "Sentence",
    "SentenceEncoder",
    "TaggedDataset",
    "TaggedFile",
    "TaggedSentences",
    "TaggerBatch",
    "forbidden_transitions",
    "is_bio",
    "load_tagging_dataset",
    "open_tagged",
    "open_tagged_file",
    "read_tagged",
    "repair_bio",
    "resolve_tagged",
    "sentences_from_lists",
    "tagged_format",
    "tagging_dataset_names",
    "usual_column",
]
