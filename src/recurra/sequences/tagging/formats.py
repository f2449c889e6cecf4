"""Files of sentences: CoNLL-U, CoNLL columns and JSON lines; reading them and filling in tags."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra.errors import RowError, UnknownNameError, UsageError
from recurra.sequences.lines import LineReader
from recurra.sequences.tagging.sentences import Sentence

__all__ = ["CONLLU_COLUMNS", "FORMATS", "TaggedFile", "open_tagged_file", "tagged_format"]

CONLLU_COLUMNS = (
    "id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc",
)  # fmt: skip
FORMATS = ("conllu", "columns", "jsonl")
_ENDINGS = {".conllu": "conllu", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_NEVER_EMPTY = ("lemma", "upos", "xpos", "head", "deprel")  # where `_` means: not annotated
_DOCUMENT = "-DOCSTART-"


def tagged_format(name: str) -> str:
    """Return the format of a file by the ending of its name; `columns` for any other."""
    return _ENDINGS.get(Path(name.lower().removesuffix(".gz")).suffix, "columns")


def open_tagged_file(
    path: Path, name: str, column: str | None = None, kind: str | None = None
) -> TaggedFile:
    """Open a file of sentences.

    Args:
        path: The file; decompressed when its name ends in `.gz`.
        name: The file as the user named it, for errors.
        column: Of the tags: a column of CoNLL-U by name (`upos`), of CoNLL columns by number from
            1 (the last one), a key of JSON lines (`tags`).
        kind: One of `FORMATS`; by the file's ending when `None`.

    Raises:
        UnknownNameError: If the column or the format is unknown.
        UsageError: If the number of a column is none.
    """
    kind = kind or tagged_format(name)
    if kind not in FORMATS:
        raise UnknownNameError("format", kind, FORMATS)
    if kind == "conllu":
        return _Conllu(path, name, column or "upos")
    if kind == "jsonl":
        return _JsonLines(path, name, column or "tags")
    return _Columns(path, name, column)


class TaggedFile(ABC):
    """A file of sentences.

    Attributes:
        path: The file.
        name: The file as the user named it.
        column: Of the tags, in words.
    """

    def __init__(self, path: Path, name: str, column: str) -> None:
        self.path = path
        self.name = name
        self.column = column

    @abstractmethod
    def sentences(self, *, tagged: bool = True) -> Iterator[Sentence]:
        """Read the sentences.

        Args:
            tagged: Read the tags too; each token must have one then.

        Raises:
            RowError: If a line is broken; names it.
            SourceError: If the file cannot be read.
        """

    @abstractmethod
    def filled(self, tags: Iterable[Sequence[str]]) -> Iterator[str]:
        """Yield the lines of the file with other tags, everything else as it is.

        Args:
            tags: A tag for every token, sentence by sentence, in order.
        """


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of one token: its number, its place in the block, its fields."""

    number: int
    place: int
    fields: list[str]


class _Blocks(TaggedFile):
    """What formats with a line for each token and an empty line between sentences share."""

    form: int
    tag: int | None  # position of the tags; None: the last column

    def sentences(self, *, tagged: bool = True) -> Iterator[Sentence]:
        """Read the sentences."""
        for first, block in self._blocks():
            lines = self._token_lines(first, block)
            if lines:
                tokens = tuple(line.fields[self.form] for line in lines)
                tags = tuple(self._tag(line) for line in lines) if tagged else ()
                yield Sentence(lines[0].number, tokens, tags)

    def filled(self, tags: Iterable[Sequence[str]]) -> Iterator[str]:
        """Yield the lines of the file with other tags."""
        rows = iter(tags)
        for first, block in self._blocks():
            lines = self._token_lines(first, block)
            for line, tag in zip(lines, next(rows) if lines else (), strict=True):
                block[line.place] = self._with_tag(line.fields, block[line.place], tag)
            yield from block
            yield ""

    @abstractmethod
    def _token_lines(self, first: int, block: list[str]) -> list[_Line]:
        """Return the lines of tokens among those of a block, checked."""

    @abstractmethod
    def _tag(self, line: _Line) -> str:
        """Return the tag of a token's line."""

    @abstractmethod
    def _with_tag(self, fields: list[str], text: str, tag: str) -> str:
        """Return a token's line with another tag."""

    def _blocks(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the lines between empty lines, and the number of the first."""
        reader = LineReader(self.path, self.name)
        block: list[str] = []
        for line in reader:
            reader.finish_row()
            text = line.rstrip("\r\n")
            if text and not text.isspace():
                block.append(text)
                continue
            if block:
                yield reader.number - len(block), block
                block = []
        if block:
            yield reader.number - len(block) + 1, block


class _Conllu(_Blocks):
    """CoNLL-U of Universal Dependencies; multiword tokens and empty nodes have no tag."""

    form = CONLLU_COLUMNS.index("form")

    def __init__(self, path: Path, name: str, column: str) -> None:
        known = CONLLU_COLUMNS[2:]
        if column.lower() not in known:
            raise UnknownNameError("column of CoNLL-U", column, known)
        super().__init__(path, name, column.lower())
        self._position = CONLLU_COLUMNS.index(self.column)

    def _token_lines(self, first: int, block: list[str]) -> list[_Line]:
        found: list[_Line] = []
        for place, text in enumerate(block):
            if text.startswith("#"):
                continue
            fields = self._fields(first + place, text)
            if fields[0].isdecimal():
                if int(fields[0]) != len(found) + 1:
                    raise RowError(
                        self.name,
                        first + place,
                        f"the token has the number {fields[0]}, expected {len(found) + 1}; "
                        "sentences are divided by an empty line",
                    )
                found.append(_Line(first + place, place, fields))
        return found

    def _fields(self, number: int, text: str) -> list[str]:
        fields = text.split("\t")
        if len(fields) != len(CONLLU_COLUMNS):
            raise RowError(
                self.name,
                number,
                f"{len(fields)} fields, CoNLL-U has {len(CONLLU_COLUMNS)} with tabs between them",
            )
        if not fields[self.form]:
            raise RowError(self.name, number, "the token (column form) is empty")
        if not all(part.isdecimal() for part in fields[0].replace("-", ".").split(".")):
            raise RowError(
                self.name, number, f"{fields[0]!r} is no number of a token, such as 1, 1-2 or 1.1"
            )
        return fields

    def _tag(self, line: _Line) -> str:
        tag = line.fields[self._position]
        if not tag or (tag == "_" and self.column in _NEVER_EMPTY):
            problem = f"the token {line.fields[self.form]!r} has no {self.column}"
            raise RowError(self.name, line.number, problem)
        return tag

    def _with_tag(self, fields: list[str], text: str, tag: str) -> str:
        del text
        return "\t".join((*fields[: self._position], tag, *fields[self._position + 1 :]))


class _Columns(_Blocks):
    """One token a line, fields divided by tabs or spaces; the token first, the tag last."""

    form = 0

    def __init__(self, path: Path, name: str, column: str | None) -> None:
        super().__init__(path, name, f"column {column}" if column else "last column")
        self._position = -1 if column is None else _number(column) - 1

    def _token_lines(self, first: int, block: list[str]) -> list[_Line]:
        found: list[_Line] = []
        for place, text in enumerate(block):
            fields = [part for part in text.split("\t") if part] if "\t" in text else text.split()
            if fields[0] == _DOCUMENT:
                continue
            if found and len(fields) != len(found[0].fields):
                raise RowError(
                    self.name,
                    first + place,
                    f"{len(fields)} columns, the line before has {len(found[0].fields)}",
                )
            found.append(_Line(first + place, place, fields))
        return found

    def _tag(self, line: _Line) -> str:
        width = len(line.fields)
        if width < 2 or self._position >= width:
            wanted = 2 if self._position < 0 else self._position + 1
            problem = f"{width} columns, expected at least {wanted}: a token and its tag"
            raise RowError(self.name, line.number, problem)
        return line.fields[self._position]

    def _with_tag(self, fields: list[str], text: str, tag: str) -> str:
        sign = "\t" if "\t" in text else " "
        kept = fields[:-1] if self._position < 0 and len(fields) > 1 else list(fields)
        if 0 <= self._position < len(fields):
            kept[self._position] = tag
            return sign.join(kept)
        return sign.join((*kept, tag))


class _JsonLines(TaggedFile):
    """One object a line: `{"tokens": [...], "tags": [...]}`."""

    def sentences(self, *, tagged: bool = True) -> Iterator[Sentence]:
        """Read the sentences."""
        for number, values in self._objects():
            tokens = self._strings(number, values, "tokens")
            tags = self._strings(number, values, self.column) if tagged else ()
            if tagged and len(tags) != len(tokens):
                raise RowError(self.name, number, f"{len(tokens)} tokens but {len(tags)} tags")
            yield Sentence(number, tokens, tags)

    def filled(self, tags: Iterable[Sequence[str]]) -> Iterator[str]:
        """Yield the objects with other tags."""
        for (_, values), row in zip(self._objects(), tags, strict=True):
            yield json.dumps({**values, self.column: list(row)}, ensure_ascii=False)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        reader = LineReader(self.path, self.name)
        for line in reader:
            reader.finish_row()
            if line.isspace():
                continue
            try:
                values = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise RowError(self.name, reader.number, f"not JSON: {error}") from None
            if not isinstance(values, dict):
                kind = type(values).__name__
                raise RowError(self.name, reader.number, f"expected a JSON object, got a {kind}")
            yield reader.number, values

    def _strings(self, number: int, values: dict[str, Any], key: str) -> tuple[str, ...]:
        found = values.get(key)
        if key not in values:
            raise RowError(self.name, number, f"the key {key!r} is missing")
        if not isinstance(found, list) or not all(isinstance(s, str) and s for s in found):
            raise RowError(self.name, number, f"{key!r} must be a list of strings")
        if not found:
            raise RowError(self.name, number, f"{key!r} is empty; leave empty sentences out")
        return tuple(found)


def _number(column: str) -> int:
    if not column.isdecimal() or int(column) < 2:
        raise UsageError(
            f"the tags of CoNLL columns are named by number, from 2 up, not {column!r}"
        )
    return int(column)
