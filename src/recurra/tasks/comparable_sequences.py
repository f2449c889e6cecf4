"""The parts of classification and regression of series and sound that a comparison drives."""

from recurra.tasks._inputs import predict_rows
from recurra.tasks.series.context import sequence_context
from recurra.tasks.series.examples import (
    SequenceExamples,
    labelled_collection,
    labelled_sequences,
    numbered_collection,
    numbered_sequences,
)
from recurra.tasks.series.frames import FrameInputs, frame_inputs
from recurra.tasks.series.preparation import PreparedSequences, prepare_sequences
from recurra.tasks.series.regression_metrics import regression_metrics
from recurra.tasks.series.settings import SequenceSettings, resolve_settings
from recurra.tasks.series.sources import CollectionSplit, open_collection_split, split_examples
from recurra.tasks.speech.audio_examples import (
    clip_examples,
    common_clip_rate,
    split_clips,
)
from recurra.tasks.speech.audio_settings import AudioSettings, resolve_audio_settings

__all__ = [
    "AudioSettings",
    "CollectionSplit",
    "FrameInputs",
    "PreparedSequences",
    "SequenceExamples",
    "SequenceSettings",
    "clip_examples",
    "common_clip_rate",
    "frame_inputs",
    "labelled_collection",
    "labelled_sequences",
    "numbered_collection",
    "numbered_sequences",
    "open_collection_split",
    "predict_rows",
    "prepare_sequences",
    "regression_metrics",
    "resolve_audio_settings",
    "resolve_settings",
    "sequence_context",
    "split_clips",
    "split_examples",
]
