"""`recurra generate`: no Keras, no JAX."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.generate_options import DrawingOptions
from recurra.cli.model_kinds import does, refuse_rolls
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import print_json
from recurra.cli.remarks import remark
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.runtime import Generation, GeneratorPredictor

__all__ = ["generate"]

_NAMED = 10  # unknown pieces of a prompt


@takes_groups
def generate(
    model: o.ModelFile,
    *,
    prompt: Annotated[str, typer.Option(help="The text to go on from.", metavar="TEXT")] = "",
    length: Annotated[
        int, typer.Option(help="The most tokens to write.", min=0, metavar="N")
    ] = 200,
    drawing: DrawingOptions,
    seed: o.Seed = 0,
    stop: Annotated[
        list[str] | None,
        typer.Option(help="End before this text; may be given several times.", metavar="STR"),
    ] = None,
    count: Annotated[int, typer.Option(help="How many texts to write.", min=1, metavar="N")] = 1,
    as_json: o.Json = False,
) -> None:
    """Write text, piece by piece as it comes into being."""
    from recurra.runtime import SamplingOptions

    options = asdict(drawing)
    sampling = SamplingOptions(**options)
    predictor = _open(model)
    unknown = predictor.unknown(prompt)
    if unknown:
        remark(_unknown_words(unknown))
    how: dict[str, Any] = {"length": length, "options": sampling, "seed": seed, "stop": stop or ()}
    if as_json:
        found = predictor.generate(prompt, count=count, **how)
        facts = {"model": str(model), "prompt": prompt, "unknown": unknown, "seed": seed}
        settings = {"length": length, **options, "stop": stop or []}
        print_json({**facts, "settings": settings, "generations": [_record(g) for g in found]})
    elif count > 1:
        _print(prompt, predictor.generate(prompt, count=count, **how))
    else:
        _stream(predictor, prompt, how)


def _open(model: Path) -> GeneratorPredictor:
    from recurra.cli.paths import check_model
    from recurra.runtime import GENERATION_TASK, read_artifact, read_generator

    artifact = read_artifact(check_model(model))
    task = artifact.manifest.get("task")
    refuse_rolls(model, task)
    if task != GENERATION_TASK:
        raise UsageError(f"{model} {does(task)}, it does not write; use recurra predict {model}")
    return read_generator(artifact).predictor


def _unknown_words(unknown: Sequence[str]) -> str:
    named = ", ".join(map(repr, unknown[:_NAMED]))
    rest = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
    return f"the prompt has what the model has never seen, and reads as unknown: {named}{rest}"


def _stream(predictor: GeneratorPredictor, prompt: str, how: dict[str, Any]) -> None:
    """Print prompt and text; end the line whatever happens but a reader that is gone."""
    last = prompt
    pieces = predictor.stream(prompt, **how)
    try:
        _write(prompt)
        for piece in pieces:
            _write(piece)
            last = piece
    except KeyboardInterrupt:
        _write("\n")
        raise
    if not last.endswith("\n"):
        _write("\n")


def _print(prompt: str, found: Sequence[Generation]) -> None:
    for number, generation in enumerate(found, 1):
        text = f"{prompt}{generation.text}"
        end = "" if text.endswith("\n") else "\n"
        _write(f"--- {number} of {len(found)}\n{text}{end}")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _record(generation: Generation) -> dict[str, Any]:
    return {
        "text": generation.text,
        "finished": generation.finished,
        "log_probability": generation.log_probability,
        "tokens": list(generation.tokens),
    }
