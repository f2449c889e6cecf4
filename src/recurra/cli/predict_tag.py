"""`recurra predict` with a tagger: no Keras, no JAX."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from recurra.cli.output import print_json

if TYPE_CHECKING:
    from recurra.cli.text_lines import TextInput
    from recurra.runtime import Artifact, TaggedToken, TaggingPredictor

__all__ = ["predict_tags"]

_FILES = (".conllu", ".conll", ".iob", ".bio", ".tsv", ".jsonl", ".ndjson", ".json")


def predict_tags(
    artifact: Artifact, texts: TextInput, column: str | None, *, as_json: bool
) -> None:
    """Tag sentences, and print tokens with tags, or a file with its column filled.

    A file in CoNLL-U, CoNLL columns or JSON lines comes back with the tags in their place; of any
    other file, of arguments and of standard input each line is a sentence, divided at white space.

    Args:
        artifact: A tagger's.
        texts: What to tag.
        column: Where the tags go, see `open_tagged_file`; by default that of the training.
        as_json: Print JSON instead.

    Raises:
        RecurraError: If the model or the sentences cannot be used.
    """
    from recurra.runtime import TaggingPredictor

    predictor = TaggingPredictor.from_artifact(artifact)
    if texts.file is not None and _holds_tokens(texts.file):
        _fill(artifact, predictor, texts.file, column, as_json=as_json)
        return
    groups = ([text.split() for text in group if text.split()] for group in texts.groups())
    if as_json:
        rows = [_record(row) for group in groups for row in predictor.answer(group)]
        print_json({"model": artifact.path, "predictions": rows})
        return
    for group in groups:
        for row in predictor.answer(group):
            _print([*(f"{t.token}\t{t.tag}\t{t.probability:.4f}" for t in row), ""])


def _fill(
    artifact: Artifact,
    predictor: TaggingPredictor,
    file: Path,
    column: str | None,
    *,
    as_json: bool,
) -> None:
    """Give a file back with its tags filled in; it is read twice and never held."""
    from recurra.sequences.tagging import open_tagged, usual_column

    data = artifact.manifest.get("data")
    trained = data.get("column") if isinstance(data, dict) else None
    opened = open_tagged(file, column or usual_column(file, trained))
    answered = predictor.answer_sentences(opened.sentences(tagged=False))
    if as_json:
        print_json({"model": artifact.path, "predictions": [_record(row) for row, _ in answered]})
        return
    _print(opened.filled([token.tag for token in row] for row, _ in answered))


def _record(row: list[TaggedToken]) -> dict[str, object]:
    return {
        "tokens": [token.token for token in row],
        "tags": [token.tag for token in row],
        "probabilities": [token.probability for token in row],
        "known": [token.known for token in row],
    }


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _holds_tokens(file: Path) -> bool:
    return file.name.lower().removesuffix(".gz").endswith(_FILES)
