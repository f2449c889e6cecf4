"""Named datasets of running text."""

from __future__ import annotations

from recurra.errors import DatasetUnavailable, UnknownNameError
from recurra.sequences._documents import TextFiles, TextList
from recurra.sequences.corpora import Corpus
from recurra.sequences.dataset_files import DatasetEntry, get_files

__all__ = ["CORPUS_DATASETS", "corpus_dataset_names", "open_corpus_dataset"]

_LONG_PARAGRAPH = 60

CORPUS_DATASETS = {
    "python-docs": DatasetEntry(
        description="the English documentation of Python's language topics; built into Python",
        licence="PSF-2.0, as Python",
        citation="the module pydoc_data of Python's standard library",
    ),
    "tinyshakespeare": DatasetEntry(
        description="plays of Shakespeare, 1.1 million characters",
        licence="public domain",
        citation="Karpathy 2015, The Unreasonable Effectiveness of Recurrent Neural Networks",
        places=("data/tinyshakespeare/input.txt", "cache/tinyshakespeare/input.txt"),
        url=(
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/"
            "data/tinyshakespeare/input.txt"
        ),
        advice="recurra data get tinyshakespeare",
        digest="sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
}


def corpus_dataset_names() -> list[str]:
    """Return the names of all datasets of running text."""
    return sorted(CORPUS_DATASETS)


def open_corpus_dataset(name: str) -> Corpus:
    """Open a dataset of running text, fetching it first when needed.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it cannot be had; says how.
    """
    if name not in CORPUS_DATASETS:
        raise UnknownNameError("dataset of running text", name, corpus_dataset_names())
    path = get_files(name, CORPUS_DATASETS[name])
    if path is None:
        return Corpus(name, name, TextList(_python_topics()))
    return Corpus(name, name, TextFiles([(path, str(path))]))


def _python_topics() -> list[str]:
    """Return the topics in the order of their names, each long paragraph only once.

    Topics quote each other: left as it is, a fifth of the text would be there twice or more, and
    held-out text would have been seen in training.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DatasetUnavailable("this Python comes without its module pydoc_data") from error
    seen: set[str] = set()
    return [_new_paragraphs(topics[name], seen) for name in sorted(topics)]


def _new_paragraphs(text: str, seen: set[str]) -> str:
    kept = []
    for paragraph in text.strip().split("\n\n"):
        if paragraph not in seen:
            kept.append(paragraph)
        if len(paragraph) >= _LONG_PARAGRAPH:
            seen.add(paragraph)
    return "\n\n".join(kept) + "\n"
