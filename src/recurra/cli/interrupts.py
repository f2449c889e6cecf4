"""Makes Ctrl-C arrive."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["InterruptBetweenSteps", "hold_interrupts", "resend_ignored_interrupts"]

_LATER = 0.05  # seconds


@contextlib.contextmanager
def resend_ignored_interrupts() -> Iterator[None]:
    """Send the signal of Ctrl-C again when its exception came to nothing.

    Python can only ignore an exception in a function that its own C code calls. JAX has such a
    function at every garbage collection, and a signal that comes while C code runs is first seen
    there: 4 of 10 interruptions of a small training were lost.
    """
    report = sys.unraisablehook
    timers: list[threading.Timer] = []

    def resend_or_report(unraisable: Any) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            again = threading.Timer(_LATER, os.kill, (os.getpid(), signal.SIGINT))
            again.daemon = True
            again.start()
            timers.append(again)
        else:
            report(unraisable)

    sys.unraisablehook = resend_or_report
    try:
        yield
    finally:
        sys.unraisablehook = report
        for timer in timers:
            timer.cancel()


@contextlib.contextmanager
def hold_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block, which imports Keras and JAX.

    The C++ modules of JAX abort the whole process when their own imports are interrupted. Whoever
    presses Ctrl-C twice does not want to wait: the second one ends the process at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def remember(number: int, _: object) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


class InterruptBetweenSteps:
    """Lets Ctrl-C take effect between two training steps.

    Inside a step it could come up in compiled code, which turns it into errors of its own. Whoever
    presses it twice does not want to wait: the second one takes effect at once.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before: Any = None

    def watch(self) -> None:
        """Begin to hold interruptions back."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)

    def check(self) -> None:
        """Interrupt now if it was asked for.

        Raises:
            KeyboardInterrupt: If it was.
        """
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def end(self) -> None:
        """Let interruptions come at once again."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _ask(self, number: int, _: object) -> None:
        self._asked = True
        signal.signal(number, signal.default_int_handler)
