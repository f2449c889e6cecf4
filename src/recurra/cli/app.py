"""The application: its commands, and one clear line for whatever goes wrong."""

from __future__ import annotations

import os
import sys

import typer

from recurra.cli import commands
from recurra.errors import RecurraError, UsageError

__all__ = ["app", "run"]

INTERRUPTED = 130

app = typer.Typer(
    name="recurra",
    help="Train, compare, understand and ship recurrent networks on sequences.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
train = typer.Typer(
    help="Train a model and save it as one file.", no_args_is_help=True, rich_markup_mode=None
)
data = typer.Typer(help="Named datasets.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(train, name="train")
app.add_typer(data, name="data")

commands.register(app, train, data)


def run() -> None:
    """Run the command line and exit."""
    try:
        app()
    except UsageError as error:
        _fail(str(error), 2)
    except RecurraError as error:
        _fail(str(error), 1)
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader of the pipe has gone; nothing more can be written there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except MemoryError:
        _fail("out of memory; use fewer units, a smaller batch or a smaller vocabulary", 1)


def _fail(message: str, code: int) -> None:
    print(f"recurra: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
