"""The command line: parse, run one straight pipeline, render, exit code."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command `recurra`.

    Exits with 0, with 2 when the command was wrong, with 1 when it failed, with 130 when it was
    interrupted.
    """
    try:
        from recurra.cli.app import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
