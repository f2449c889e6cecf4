"""Texts from JSON may hold lone surrogates; model files survive them."""

from __future__ import annotations

import os

import numpy as np
import pytest

from recurra.errors import OutputError
from recurra.runtime import Artifact, check_writable, read_artifact, write_artifact


def test_a_lone_surrogate_in_the_manifest_or_card_is_kept_or_replaced(tmp_path):
    weights = {"w": np.zeros(1, np.float32)}
    manifest = {"task": "t", "data": {"examples": ["odd \ud800 text"]}}
    path = write_artifact(tmp_path / "m", Artifact(manifest, {}, weights, card="odd \ud800"))
    read = read_artifact(path)
    assert read.manifest["data"]["examples"] == ["odd \ud800 text"]
    assert read.card == "odd ?"


def test_a_pipe_is_no_place_for_a_model(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="a device or a pipe"):
        check_writable(tmp_path / "pipe")
