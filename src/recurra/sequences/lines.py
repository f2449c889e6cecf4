"""Lines of plain and gzipped text files, in constant memory and with exact numbers."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from recurra.errors import RowError, SourceError

__all__ = ["MAX_ROW_BYTES", "LineReader", "file_sha256", "not_utf8", "open_bytes", "source_errors"]

MAX_ROW_BYTES = 64 * 2**20
_GZIP_MAGIC = b"\x1f\x8b"


class LineReader:
    """Iterates over the decoded lines of a UTF-8 file, line ends included.

    Attributes:
        number: Number of lines read so far.
        row_start: Line on which the row being read begins; the parser moves it with `finish_row`.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Prepare to read.

        Args:
            path: The file; decompressed when its name ends in `.gz`.
            name: The file as the user named it, for errors.
        """
        self.number = 0
        self.row_start = 1
        self._path = path
        self._name = name
        self._row_bytes = 0

    def finish_row(self) -> None:
        """Say that a row ended with the last line that was read."""
        self.row_start = self.number + 1
        self._row_bytes = 0

    def __iter__(self) -> Iterator[str]:
        with source_errors(self._name), open_bytes(self._path, self._name) as file:
            while line := file.readline(MAX_ROW_BYTES + 1):
                self.number += 1
                self._row_bytes += len(line)
                if self._row_bytes > MAX_ROW_BYTES:
                    raise RowError(self._name, self.row_start, _too_long(self.number))
                if self.number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                yield self._decode(line)

    def _decode(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RowError(self._name, self.number, not_utf8(line, error.start)) from None


@contextlib.contextmanager
def source_errors(name: str) -> Iterator[None]:
    """Turn the errors of reading a file into `SourceError`.

    Args:
        name: The file as the user named it.
    """
    try:
        yield
    except EOFError as error:
        raise SourceError(f"{name} is cut off: the gzip data end too early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{name} is not a sound gzip file: {error}") from error
    except OSError as error:
        raise SourceError(f"cannot read {name}: {error.strerror or error}") from error


def open_bytes(path: Path, name: str) -> IO[bytes] | gzip.GzipFile:
    """Open a file of bytes, decompressed when its name ends in `.gz`.

    Args:
        path: The file.
        name: The file as the user named it, for errors.

    Raises:
        SourceError: If it is compressed and its name does not say so.
        OSError: If it cannot be opened.
    """
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")
    file = path.open("rb")
    if file.read(2) == _GZIP_MAGIC:
        file.close()
        raise SourceError(f"{name} is gzip-compressed; let its name end in .gz")
    file.seek(0)
    return file


def file_sha256(path: Path, name: str) -> str:
    """Return the SHA-256 of a file as it is, in hexadecimal.

    Args:
        path: The file.
        name: The file as the user named it, for errors.

    Raises:
        SourceError: If it cannot be read.
    """
    with source_errors(name), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def not_utf8(line: bytes, position: int, before: int = 0) -> str:
    """Say what is wrong with a line that is not UTF-8.

    Args:
        line: Its bytes, or its last ones.
        position: Where among them decoding stopped, from 0.
        before: Bytes of the line that were left out.
    """
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "the file is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"
    return (
        f"byte 0x{line[position]:02x} at position {before + position + 1} is not UTF-8; "
        "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8"
    )


def _too_long(number: int) -> str:
    return (
        f"the row goes on to line {number} and is longer than {MAX_ROW_BYTES // 2**20} MiB; "
        "is a quote left open, or is this no text file?"
    )
