"""The exception tree.

RecurraError
├── UsageError (also ValueError)       the call or command was wrong; the command line exits with 2
│   └── UnknownNameError               a name that is not in a list; suggests the nearest one
├── DataError (also ValueError)        the data cannot be used as asked
│   ├── SourceError                    a file or data set cannot be found or read
│   ├── RowError                       one row is broken; carries its line number
│   ├── LeakageError                   a future value would reach a network's inputs
│   └── DatasetUnavailable             a named data set is not on this machine
├── ShapeError (also ValueError)       array shapes, lengths or dtypes disagree
├── NotFittedError (also ValueError)   used before `fit`
├── TrainingError                      training cannot go on
│   ├── DivergedError                  the loss became NaN or infinite
│   └── CheckpointError                a checkpoint cannot be resumed
├── ArtifactError                      a model file cannot be used
│   ├── CorruptArtifactError           truncated, altered or not a model file
│   ├── UnsafeArtifactError            sizes or names beyond the limits
│   └── ArtifactVersionError           written by a newer format
├── KernelMismatchError                two kernels that must agree do not
├── OutputError                        an output path cannot be written
└── MissingDependencyError             an optional package is needed; names the extra
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "ArtifactError",
    "ArtifactVersionError",
    "CheckpointError",
    "CorruptArtifactError",
    "DataError",
    "DatasetUnavailable",
    "DivergedError",
    "KernelMismatchError",
    "LeakageError",
    "MissingDependencyError",
    "NotFittedError",
    "OutputError",
    "RecurraError",
    "RowError",
    "ShapeError",
    "SourceError",
    "TrainingError",
    "UnknownNameError",
    "UnsafeArtifactError",
    "UsageError",
]


class RecurraError(Exception):
    """Base of every error that Recurra raises on purpose."""


class UsageError(RecurraError, ValueError):
    """A call or a command had arguments that cannot be used."""


class UnknownNameError(UsageError):
    """A name that is not in a list of known names."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        """Say which `what` was unknown and which known name is nearest.

        Args:
            what: The kind of thing, for example `"cell"` or `"column"`.
            name: The name that came.
            known: The names that exist.
        """
        self.name = name
        self.known = tuple(known)
        near = difflib.get_close_matches(name, self.known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"unknown {what} {name!r}{hint} (known: {', '.join(self.known)})")


class DataError(RecurraError, ValueError):
    """Data that cannot be used as asked."""


class SourceError(DataError):
    """A file or data set that cannot be found or read."""


class RowError(DataError):
    """One broken row of a file."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        """Name the file, the line and the problem.

        Args:
            path: The file as the user named it.
            line: Line number, counted from 1.
            problem: What is wrong and what was expected.
        """
        self.path = path
        self.line = line
        super().__init__(f"{path}, line {line}: {problem}")


class LeakageError(DataError):
    """A value from the future that would reach a network's inputs."""


class DatasetUnavailable(SourceError):  # noqa: N818 - reads as the state it reports
    """A named data set that is neither on this machine nor reachable."""


class ShapeError(RecurraError, ValueError):
    """Array shapes, lengths or dtypes that disagree."""


class NotFittedError(RecurraError, ValueError, AttributeError):
    """An estimator that was used before `fit`."""


class TrainingError(RecurraError):
    """Training that cannot go on."""


class DivergedError(TrainingError):
    """A loss that became NaN or infinite."""


class CheckpointError(TrainingError):
    """A checkpoint that cannot be resumed."""


class ArtifactError(RecurraError):
    """A model file that cannot be used."""


class CorruptArtifactError(ArtifactError):
    """A model file that is truncated, altered or of another kind."""


class UnsafeArtifactError(ArtifactError):
    """A model file whose sizes or names are beyond the limits."""


class ArtifactVersionError(ArtifactError):
    """A model file of a newer format."""


class KernelMismatchError(RecurraError):
    """Two kernels that must compute the same and do not."""


class OutputError(RecurraError):
    """An output path that cannot be written."""


class MissingDependencyError(RecurraError, ImportError):
    """An optional package that is needed and not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        """Name the package, what it is for and how to install it.

        Args:
            package: The distribution that is missing.
            extra: The extra of Recurra that brings it.
            purpose: What it is needed for.
        """
        super().__init__(f"{purpose} needs the package {package!r}: pip install 'recurra[{extra}]'")
