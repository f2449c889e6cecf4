"""`recurra train generate`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.generate_options import GeneratorOptions, generator_settings
from recurra.cli.generator_figures import figures_line
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json

__all__ = ["train_generate"]


@takes_groups
def train_generate(
    corpus: Annotated[
        str,
        typer.Argument(
            help="A text file, a folder of them, a table with a column of texts (gzip too), or a "
            "named dataset.",
            metavar="CORPUS",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    *,
    text: o.TextColumn = None,
    network: GeneratorOptions,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a language model that writes text, and save it as one file."""
    settings = generator_settings(network)
    with hold_interrupts():
        from recurra.cli.generating import train_text_generator

    result = train_text_generator(
        corpus,
        text,
        output,
        settings,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes(),
    )
    if as_json:
        print_json(result)
        return
    out = console()
    out.print(figures_line(result["metrics"]))
    out.print(f"saved {result['path']}")
