"""`recurra train translate`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.cli.translate_options import PairColumns, TranslatorOptions, translator_settings
from recurra.cli.translation_figures import figures_lines

__all__ = ["train_translate"]


@takes_groups
def train_translate(
    pairs: Annotated[
        str,
        typer.Argument(
            help="A TSV, CSV, JSON-lines or Parquet file (gzip too), a file of texts beside "
            "--target-file, or a named dataset.",
            metavar="PAIRS",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    *,
    columns: PairColumns,
    network: TranslatorOptions,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a translator of texts, and save it as one file."""
    settings = translator_settings(network)
    with hold_interrupts():
        from recurra.cli.translating import train_translator

    result = train_translator(
        pairs,
        columns,
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
    for line in figures_lines(result["metrics"]):
        out.print(line)
    out.print(f"saved {result['path']}")
