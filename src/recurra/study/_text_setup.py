"""What every model of a comparison of classifiers shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra.sequences import EncodedTexts
from recurra.tasks.comparable import (
    Examples,
    PreparedTexts,
    TextClassifierSettings,
    TextInputs,
    encode_texts,
    open_split,
    prepare_texts,
    resolve_settings,
)

__all__ = ["TextSetup", "prepare_setup"]

_TEST_SHARE = 0.2


@dataclass(frozen=True)
class TextSetup:
    """What every model of a comparison shares.

    Attributes:
        prepared: The training part, encoded and split.
        settings: Settings of all networks alike.
        train: The training part as it was read, validation rows included.
        test: What all models are measured on.
        encoded_test: The same, encoded.
        data: The `data` of all records.
        seed: Of the split and the first repeat.
    """

    prepared: PreparedTexts
    settings: TextClassifierSettings
    train: Examples
    test: Examples
    encoded_test: EncodedTexts
    data: dict[str, Any]
    seed: int

    @property
    def test_inputs(self) -> TextInputs:
        """The test texts as a network reads them."""
        shared = self.prepared.inputs
        return TextInputs(self.encoded_test, shared.boundaries, shared.ngrams)


def prepare_setup(
    source: str | Path | tuple[Any, Any],
    text: str | None,
    label: str | None,
    seed: int,
    preset: str,
    given: dict[str, Any],
    spill: Path,
) -> TextSetup:
    """Read, split and encode the texts of a comparison.

    Args:
        source: A path, the name of a dataset, or a pair of texts and labels.
        text: Column of the texts, where it is not obvious.
        label: Column of the labels, where it is not obvious.
        seed: Fixes the split.
        preset: As for `TextClassifier`.
        given: Settings that are not left to the preset.
        spill: Folder for encoded texts that do not fit into memory; it must outlive the setup.
    """
    split = open_split(source, text=text, label=label, test_share=_TEST_SHARE, seed=seed)
    train, test = split.train, split.test
    assert test is not None  # noqa: S101 - a share above 0 was asked for
    settings = resolve_settings(preset, given, len(train), train.sample())
    prepared = prepare_texts(train, settings, seed, spill=spill)
    facts = {name: split.facts[name] for name in ("name", "source", "sha256", "test_is_official")}
    data = {**prepared.data, **facts}
    data["rows"] = {**prepared.data["rows"], "test": len(test)}
    encoded_test = encode_texts(test.iter_texts(), prepared.encoder, spill=spill)
    return TextSetup(prepared, settings, train, test, encoded_test, data, seed)
