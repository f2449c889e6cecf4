"""A sound that a classifier labels."""

from __future__ import annotations

from typing import Any

from recurra.runtime.series import Sound, read_sound
from recurra.study.insight._frame_steps import frame_times
from recurra.study.insight._series_subject import classified_frames
from recurra.study.insight.subject import Subject
from recurra.tasks.speech.audio_classifier import AudioClassifier

__all__ = ["audio_subject"]


def audio_subject(classifier: AudioClassifier, sound: Sound, target: Any = None) -> Subject:
    """Return a sound as a trained classifier hears it, frame by frame.

    Args:
        classifier: A fitted `AudioClassifier`.
        sound: A path, an array of samples at the rate of the training, or a pair of samples and
            their rate.
        target: The label whose log-odds are explained and that the loss compares with; the
            predicted one when `None`.

    Raises:
        SourceError: If the file cannot be read as sound.
        DataError: If there is no sound in it.
        UnknownNameError: If there is no such label.
    """
    predictor = classifier.predictor_
    features, stride = predictor.features, classifier.specification_.stride
    log_mel = features.log_mel(read_sound(sound, features.rate))
    scaled = predictor.sequences.scaler.transform(features.derive(log_mel))
    hop = features.hop_samples / features.rate
    first = hop * features.extent(log_mel).start
    labels = frame_times(-(-len(scaled) // stride), stride * hop, first)
    return classified_frames(
        classifier, predictor.sequences, scaled, labels, target, what="classifier of sound"
    )
