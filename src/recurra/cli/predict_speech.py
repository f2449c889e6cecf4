"""`recurra predict` with a recognizer of speech: no Keras, no JAX."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from recurra.cli.output import print_json
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.cli.requests import Prediction
    from recurra.runtime import SpeechPredictor, Transcription

__all__ = ["transcribe_sounds"]

_BETWEEN = 0.25  # seconds of sound between two looks at the text


def transcribe_sounds(asked: Prediction) -> None:
    """Write what is said in sound files, or in sound that comes on standard input.

    Raises:
        RecurraError: If the model or the sound cannot be used.
    """
    from recurra.runtime import SpeechPredictor

    predictor = SpeechPredictor.from_artifact(asked.artifact)
    sources, options = asked.sources(), asked.options
    search = {name: options[name] for name in ("beam", "length_bonus") if options.get(name)}
    if options.get("stream") is not None:
        if sources:
            raise UsageError("give sound files or --stream, not both")
        _listen(predictor, asked, search)
        return
    if options.get("rate") is not None:
        raise UsageError("sound files say their rate themselves; --rate is for --stream")
    if not sources:
        raise UsageError("give sound files, a folder of them, or --stream - for standard input")
    _transcribe(predictor, asked, sources, search)


def _transcribe(
    predictor: SpeechPredictor, asked: Prediction, sources: list[str], search: dict[str, Any]
) -> None:
    from recurra.sequences.audio import resolve_clips

    records = []
    for source in sources:
        files = asked.options.get("files")
        clips = resolve_clips(source, path=files, require_labels=False).joined()
        answers = predictor.answer(clips.paths, **search)
        for path, answer in zip(clips.paths, answers, strict=True):
            if asked.as_json:
                records.append({"file": str(path), **_record(answer)})
            else:
                sys.stdout.write(f"{answer.text}\t{answer.probability:.4f}\t{path}\n")
                sys.stdout.flush()
    if asked.as_json:
        print_json({"model": asked.artifact.path, "predictions": records})


def _listen(predictor: SpeechPredictor, asked: Prediction, search: dict[str, Any]) -> None:
    """Print the text whenever it changes, then how fast that was."""
    from recurra.cli.audio_stream import listen

    rate = asked.options.get("rate")
    stream = predictor.stream(rate, **search)
    texts: list[dict[str, Any]] = []

    def tell() -> None:
        if stream.text == (texts[-1]["text"] if texts else ""):
            return
        texts.append({"seconds": round(stream.seconds, 3), "text": stream.text})
        if not asked.as_json:
            sys.stdout.write(f"{stream.seconds:.2f} s\t{stream.text}\n")
            sys.stdout.flush()

    def push(samples: Any) -> None:
        stream.push(samples)

    found: list[Transcription] = []
    heard = listen(
        str(asked.options["stream"]),
        rate or predictor.rate,
        push,
        lambda: found.append(stream.finish()),
        tell,
        every=_BETWEEN,
    )
    if asked.as_json:
        facts = {"partial": texts, **_record(found[0]), **heard.facts()}
        print_json({"model": asked.artifact.path, **facts})
    else:
        sys.stderr.write(f"{heard.words()}\n")


def _record(answer: Transcription) -> dict[str, Any]:
    return {
        "text": answer.text,
        "probability": answer.probability,
        "words": [{"word": word.word, "start": round(word.start, 3)} for word in answer.words],
        "seconds": answer.seconds,
    }
