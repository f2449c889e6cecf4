"""The application: its commands, and one clear line for whatever goes wrong."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from recurra.cli import commands
from recurra.cli.interrupts import resend_ignored_interrupts
from recurra.cli.remarks import remarks_for_warnings
from recurra.errors import RecurraError, UsageError

__all__ = ["app", "run"]

INTERRUPTED = 130


class _Interrupted(Exception):  # noqa: N818 - no error
    """Ctrl-C; the option parser would end without a word."""


class _Commands(TyperGroup):
    """Runs a command and lets `run` hear of interruptions and of output that fails late."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # at the exit of the interpreter nobody could catch the error
            return result
        except KeyboardInterrupt as interrupt:
            raise _Interrupted(str(interrupt) or "interrupted") from None


app = typer.Typer(
    name="recurra",
    cls=_Commands,
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
    _prepare_streams()
    try:
        with resend_ignored_interrupts(), remarks_for_warnings():
            app()
    except UsageError as error:
        _fail(str(error), 2)
    except RecurraError as error:
        _fail(str(error), 1)
    except _Interrupted as interrupt:
        _fail(str(interrupt), INTERRUPTED)
    except KeyboardInterrupt:  # before a command has started
        _fail("interrupted", INTERRUPTED)
    except MemoryError:
        _fail("out of memory; use fewer units, a smaller batch or a smaller vocabulary", 1)
    except OSError as error:
        # A full disk behind standard output or a temporary file, for example.
        _abandon_stdout()
        _fail(": ".join(filter(None, (error.filename, error.strerror or str(error)))), 1)


def _prepare_streams() -> None:
    """Make all three streams usable: closed ones become empty, odd characters are escaped."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _abandon_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter fails on it once more at its exit."""
    with contextlib.suppress(OSError, ValueError):  # a stream in memory has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: int) -> NoReturn:
    print(f"recurra: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
