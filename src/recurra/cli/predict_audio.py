"""`recurra predict` with a classifier of sound: no Keras, no JAX."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from recurra.cli.output import print_json
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.cli.requests import Prediction
    from recurra.runtime import AudioPredictor
    from recurra.runtime import Prediction as Answer

__all__ = ["predict_sounds"]

_BETWEEN = 0.25  # seconds of sound between two answers


def predict_sounds(asked: Prediction) -> None:
    """Label sound files, or sound that comes on standard input, and print the labels.

    Raises:
        RecurraError: If the model or the sound cannot be used.
    """
    from recurra.runtime import AudioPredictor

    predictor = AudioPredictor.from_artifact(asked.artifact)
    sources = asked.sources()
    if asked.options.get("stream") is not None:
        if sources:
            raise UsageError("give sound files or --stream, not both")
        _listen(predictor, asked)
        return
    if asked.options.get("rate") is not None:
        raise UsageError("sound files say their rate themselves; --rate is for --stream")
    if not sources:
        raise UsageError("give sound files, a folder of them, or --stream - for standard input")
    _label(predictor, asked, sources)


def _label(predictor: AudioPredictor, asked: Prediction, sources: list[str]) -> None:
    from recurra.sequences.audio import resolve_clips

    records = []
    for source in sources:
        clips = resolve_clips(
            source, path=asked.options.get("files"), require_labels=False
        ).joined()
        for path, answer in zip(clips.paths, predictor.answer(clips.paths), strict=True):
            if asked.as_json:
                records.append({"file": str(path), **_record(answer)})
            else:
                sys.stdout.write(f"{answer.label}\t{answer.probability:.4f}\t{path}\n")
                sys.stdout.flush()
    if asked.as_json:
        print_json({"model": asked.artifact.path, "predictions": records})


def _listen(predictor: AudioPredictor, asked: Prediction) -> None:
    """Answer again and again to the sound so far, then say how fast that was."""
    from recurra.cli.audio_stream import listen

    stream = predictor.stream(asked.options.get("rate"))
    answers: list[dict[str, Any]] = []

    def tell() -> None:
        answer = stream.answer()
        answers.append({"seconds": round(stream.seconds, 3), **_record(answer)})
        if not asked.as_json:
            line = f"{stream.seconds:.2f} s\t{answer.label}\t{answer.probability:.4f}\n"
            sys.stdout.write(line)
            sys.stdout.flush()

    rate = asked.options.get("rate") or predictor.features.rate
    heard = listen(
        str(asked.options.get("stream")), rate, stream.push, stream.finish, tell, every=_BETWEEN
    )
    if asked.as_json:
        print_json({"model": asked.artifact.path, "answers": answers, **heard.facts()})
    else:
        sys.stderr.write(f"{heard.words()}\n")


def _record(answer: Answer) -> dict[str, Any]:
    return {
        "label": answer.label,
        "probability": answer.probability,
        "probabilities": {str(k): p for k, p in answer.probabilities.items()},
    }
