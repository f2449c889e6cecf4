"""A tiny classifier as an artifact, and ways to damage its file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from networks import random_weights

from recurra.runtime import Artifact, ClassifierSpecification
from recurra.runtime._network import expected_shapes
from recurra.sequences import TextEncoder

SPEC = ClassifierSpecification(5, 2, embedding=2, cell="rnn", units=(2,))


def tiny_artifact(**manifest: Any) -> Artifact:
    encoder = TextEncoder(vocabulary=5).fit(["a film a fine film"])
    facts = {"task": "text-classification", "specification": SPEC.to_dict(), **manifest}
    encoded = {"text": encoder.to_config(), "classes": ["bad", "good"]}
    return Artifact(facts, encoded, random_weights(expected_shapes(SPEC)), b"keras", "# Card\n")


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path: Path, members: dict[str, bytes], *, digests: bool = True) -> Path:
    """Write a zip as `write_artifact` does, with right digests unless told otherwise."""
    if digests and "manifest.json" in members:
        try:
            manifest = json.loads(members["manifest.json"])
            manifest["files"] = {
                name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in members.items()
                if name != "manifest.json"
            }
            members = {**members, "manifest.json": json.dumps(manifest).encode()}
        except (ValueError, TypeError, RecursionError):
            pass  # a manifest that is no object is written as it is
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    path.write_bytes(stream.getvalue())
    return path


def with_json(raw: bytes, /, **changes: Any) -> bytes:
    return json.dumps({**json.loads(raw), **changes}).encode()


def same(first: Artifact, second: Artifact) -> bool:
    return (
        first.manifest == second.manifest
        and first.encoder == second.encoder
        and first.card == second.card
        and first.weights.keys() == second.weights.keys()
        and all(np.array_equal(v, second.weights[k]) for k, v in first.weights.items())
    )
