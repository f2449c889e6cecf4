"""A sound that a recognizer writes down."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.runtime.series import Sound, read_sound
from recurra.runtime.speech import (
    BLANK,
    BeamDecoder,
    GreedyDecoder,
    SpeechPredictor,
    fewest_steps,
    log_likelihood,
)
from recurra.study.insight._frame_steps import FrameSteps, frame_times, from_frames
from recurra.study.insight._subject_parts import best_first, network_name
from recurra.study.insight.subject import Subject
from recurra.tasks.speech.recognizer import SpeechRecognizer

__all__ = ["speech_subject"]

Symbols: TypeAlias = tuple[int, ...]

_BEAM = 8  # texts shown beside the one that is explained


def speech_subject(recognizer: SpeechRecognizer, sound: Sound, target: Any = None) -> Subject:
    """Return a sound as a trained recognizer hears it, frame by frame.

    What is explained is the log-probability of a text, summed over all its alignments.

    Args:
        recognizer: A fitted `SpeechRecognizer`.
        sound: A path, an array of samples at the rate of the training, or a pair of samples and
            their rate.
        target: The text that is explained; what the recognizer writes when `None`.

    Raises:
        SourceError: If the file cannot be read as sound.
        DataError: If there is no sound in it, or the recognizer does not know a symbol of the text.
        UsageError: If the sound is too short for the text.
    """
    predictor, spec = recognizer.predictor_, recognizer.specification_
    frames = predictor.features(read_sound(sound, predictor.rate))
    scores = predictor.log_probabilities([frames])[0]
    texts = _texts(scores)
    symbols = texts[0] if target is None else _encoded(predictor, str(target), len(scores))
    texts = list(dict.fromkeys([symbols, *texts]))
    steps = FrameSteps.of(predictor.scaler.transform(frames), spec.features, spec.stride)
    return Subject(
        model=from_frames(
            recognizer.model_, recognizer.model_.get_layer("logits").output, spec.stride
        ),
        inputs=steps.inputs,
        labels=frame_times(len(steps.frames), predictor.step_seconds),
        task=recognizer.task,
        name=network_name(
            spec.cell, spec.units, bidirectional=spec.bidirectional, what="recognizer of speech"
        ),
        answer=best_first(
            map(predictor.alphabet.decode, texts),
            [float(np.exp(log_likelihood(scores, text))) for text in texts],
        ),
        explained=f"log-probability of {predictor.alphabet.decode(symbols)!r}",
        score=lambda logits: _log_probability(logits, symbols),
        loss=lambda logits: -_log_probability(logits, symbols),
        replace=steps.exchanged,
        sequence=0,
        empty=np.zeros_like(steps.frames),
        answers_last=False,
    )


def _texts(scores: NDArray[np.float32]) -> list[Symbols]:
    """Return what is written, and what else might be."""
    found: list[Symbols] = []
    for decoder in (GreedyDecoder(), BeamDecoder(_BEAM)):
        decoder.push(scores)
        found += [hypothesis.symbols for hypothesis in decoder.hypotheses()]
    return found


def _encoded(predictor: SpeechPredictor, text: str, steps: int) -> Symbols:
    symbols = tuple(int(symbol) for symbol in predictor.alphabet.encode(text))
    needed = fewest_steps(symbols)
    if needed > steps:
        raise UsageError(f"the target needs {needed} steps, the sound has {steps}")
    return symbols


def _log_probability(logits: Any, symbols: Symbols) -> Any:
    """Return the logarithm of a text's probability, `(batch,)`, of logits `(batch, steps, ...)`."""
    if not symbols:
        return ops.sum(ops.log_softmax(logits, axis=-1)[:, :, BLANK], axis=1)
    rows, steps = logits.shape[:2]
    texts = np.tile(np.array(symbols, np.int32), (rows, 1))
    counts, lengths = (np.full(rows, count, np.int32) for count in (len(symbols), steps))
    return -ops.ctc_loss(texts, logits, counts, lengths, mask_index=BLANK)
