"""The artifact is written whole or not at all, and reading it trusts nothing."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from artifacts import members_of, same, tiny_artifact, with_json, write_members
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import (
    ArtifactError,
    ArtifactVersionError,
    CorruptArtifactError,
    OutputError,
    SourceError,
    UnsafeArtifactError,
)
from recurra.runtime import (
    FORMAT_VERSION,
    Artifact,
    check_writable,
    load_predictor,
    read_artifact,
    write_artifact,
)

NAMES = ("encoder.json", "weights.safetensors", "model.keras", "card.md")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_artifact(tmp_path / "model.recurra", tiny_artifact())


@pytest.fixture
def members(path: Path) -> dict[str, bytes]:
    return members_of(path)


def test_what_is_written_is_read(path):
    written, found = tiny_artifact(), read_artifact(path, keras_file=True)
    assert found.manifest["kind"] == "recurra"
    assert found.manifest["format"] == FORMAT_VERSION == "1.0"
    assert found.manifest["task"] == "text-classification"
    assert found.encoder == written.encoder
    assert found.card == written.card
    assert found.keras_file == b"keras"
    assert found.path == str(path)
    for name, values in written.weights.items():
        np.testing.assert_array_equal(found.weights[name], values)


def test_the_keras_model_is_read_only_when_asked_for(path):
    assert read_artifact(path).keras_file == b""


def test_the_members_are_stored_plainly_in_a_fixed_order(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "manifest.json",
            "encoder.json",
            "weights.safetensors",
            "model.keras",
            "card.md",
        ]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_model_gives_the_same_bytes(path, tmp_path):
    again = write_artifact(tmp_path / "again.recurra", tiny_artifact())
    assert again.read_bytes() == path.read_bytes()


def test_a_read_artifact_can_be_written_again(path, tmp_path, members):
    changed = with_json(members["manifest.json"], format="1.7")
    newer = write_members(tmp_path / "newer.recurra", {**members, "manifest.json": changed})
    again = write_artifact(tmp_path / "again.recurra", read_artifact(newer))
    assert read_artifact(again).manifest["format"] == FORMAT_VERSION
    assert list(read_artifact(again).manifest["files"]) == [
        "encoder.json",
        "weights.safetensors",
        "card.md",
    ]


def test_a_failure_while_writing_leaves_the_old_file(path, only_holds, monkeypatch):
    before = path.read_bytes()
    real = zipfile.ZipFile.writestr

    def fail_in_the_middle(self, info, data):
        if info.filename == "weights.safetensors":
            raise OSError(28, "No space left on device")
        return real(self, info, data)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail_in_the_middle)
    with pytest.raises(OutputError, match=r"cannot write .*model.recurra: No space left on device"):
        write_artifact(path, tiny_artifact(seed=5))
    only_holds("model.recurra")
    assert path.read_bytes() == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_no_temporary_file(path, only_holds, monkeypatch, error):
    before = path.read_bytes()

    def interrupted(_descriptor):
        raise error

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(error):
        write_artifact(path, tiny_artifact(seed=5))
    only_holds("model.recurra")
    assert path.read_bytes() == before


def test_nothing_is_written_where_nothing_can_be(tmp_path, path):
    with pytest.raises(OutputError, match=r"cannot write .*: No such file or directory"):
        write_artifact(tmp_path / "no" / "model.recurra", tiny_artifact())
    with pytest.raises(OutputError, match=r"it is a folder; give a file name$"):
        check_writable(tmp_path)
    with pytest.raises(OutputError, match=r"the folder .*no does not exist$"):
        check_writable(tmp_path / "no" / "model.recurra")
    before = path.read_bytes()
    assert check_writable(path) == path
    assert path.read_bytes() == before


def test_a_folder_without_permission_is_found_before_the_work(tmp_path, monkeypatch, only_holds):
    def denied(self, *_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", denied)
    with pytest.raises(OutputError, match=r"cannot write .*m.recurra: Permission denied$"):
        check_writable(tmp_path / "m.recurra")
    only_holds()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"no model file at .*none.recurra$"):
        read_artifact(tmp_path / "none.recurra")
    with pytest.raises(SourceError, match="no model file at"):
        read_artifact(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"text,label\nfine,good\n", b"PK\x05\x06" + bytes(18), bytes(1000)]
)
def test_files_that_are_no_zip_are_refused(tmp_path, data):
    path = tmp_path / "model.recurra"
    path.write_bytes(data)
    message = r"model.recurra is not a Recurra model(, or it is truncated|: no encoder.json)"
    with pytest.raises(CorruptArtifactError, match=message):
        read_artifact(path)


def test_another_programs_zip_is_refused(tmp_path):
    path = write_members(tmp_path / "x.recurra", {"word/document.xml": b"<xml/>"})
    with pytest.raises(CorruptArtifactError, match=r"not a Recurra model: no encoder.json, man"):
        read_artifact(path)


def test_a_keras_file_is_refused(tmp_path):
    names = {"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"x"}
    path = write_members(tmp_path / "model.keras", names)
    with pytest.raises(CorruptArtifactError, match=r"not a Recurra model: no encoder.json"):
        read_artifact(path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "evil.py", "/root/x", "sub/manifest.json"])
def test_foreign_members_are_refused(tmp_path, members, name):
    path = write_members(tmp_path / "x.recurra", {**members, name: b"x"})
    message = f"holds files that no model has: {name}"
    with pytest.raises(UnsafeArtifactError, match=message):
        read_artifact(path)


def test_a_zip_bomb_is_refused_unopened(tmp_path, members):
    path = tmp_path / "bomb.recurra"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, bytes(50_000_000) if name.startswith("weights") else data)
    with pytest.raises(UnsafeArtifactError, match=r"\.\w+ is compressed; models never are$"):
        read_artifact(path)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_that_stands_twice_is_refused(tmp_path, members):
    path = tmp_path / "twice.recurra"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in [*members.items(), ("encoder.json", b"{}")]:
            archive.writestr(name, data)
    with pytest.raises(UnsafeArtifactError, match=r"holds a member twice$"):
        read_artifact(path)


def declared(path: Path, name: str, size: int) -> None:
    """Change the size of a member in the directory of a zip, and nothing else."""
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    while data[entry + 46 : entry + 46 + len(name)] != name.encode():
        entry = data.index(b"PK\x01\x02", entry + 4)
    data[entry + 20 : entry + 28] = size.to_bytes(4, "little") * 2
    path.write_bytes(data)


def test_a_size_beyond_the_limit_is_refused(path):
    declared(path, "card.md", 1 << 24)
    message = r"card.md has 16777216 bytes, at most 1048576 are read"
    with pytest.raises(UnsafeArtifactError, match=message):
        read_artifact(path)


def test_a_size_beyond_the_file_is_refused_before_memory_is_taken(path):
    declared(path, "weights.safetensors", 1 << 31)
    with pytest.raises(UnsafeArtifactError, match=r"declares more bytes than it holds$"):
        read_artifact(path)


def test_altered_members_are_found(tmp_path, members):
    for name in ("encoder.json", "weights.safetensors", "card.md"):
        changed = {**members, name: members[name].replace(b"a", b"b", 1)}
        path = write_members(tmp_path / "altered.recurra", changed, digests=False)
        with pytest.raises(CorruptArtifactError, match=f"{name} was altered after the model was"):
            read_artifact(path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, r"x.recurra: the manifest lists no files$"),
        (["encoder.json"], r"the manifest lists no files$"),
        ({}, r"card.md was added or lost after the model was saved$"),
        ({name: {} for name in NAMES}, r"encoder.json was altered"),
        (dict.fromkeys(NAMES, "x"), r"encoder.json was altered"),
        ({name: {"sha256": None} for name in NAMES}, r"encoder.json was altered"),
        ({name: {} for name in [*NAMES, "more"]}, r"more was added or lost"),
    ],
)
def test_a_manifest_with_other_digests_is_refused(tmp_path, members, files, message):
    manifest = with_json(members["manifest.json"], files=files)
    path = write_members(
        tmp_path / "x.recurra", {**members, "manifest.json": manifest}, digests=False
    )
    with pytest.raises(CorruptArtifactError, match=message):
        read_artifact(path)


def test_a_lost_member_is_noticed(tmp_path, members):
    del members["card.md"]
    path = write_members(tmp_path / "x.recurra", members, digests=False)
    with pytest.raises(CorruptArtifactError, match=r"card.md was added or lost after the model"):
        read_artifact(path)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"", "manifest.json is not valid JSON"),
        (b"{'kind': 1}", "manifest.json is not valid JSON"),
        (b"[1, 2]", "manifest.json is not a JSON object"),
        (b"null", "manifest.json is not a JSON object"),
        (b"\xff\xfe{", "manifest.json is not valid JSON"),
        (b'{"a":' * 100_000, "manifest.json is not valid JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "manifest.json is not valid JSON"),
        (b'{"kind": NaN}', r"manifest.json is not valid JSON \(NaN is no JSON number\)"),
        (b'{"kind": -Infinity}', r"not valid JSON \(-Infinity is no JSON number\)"),
        (b'{"kind": ' + b"9" * 5000 + b"}", "manifest.json is not valid JSON"),
        (b"{}", "its manifest is of another kind"),
        (b'{"kind": "other", "format": "1.0"}', "its manifest is of another kind"),
    ],
)
def test_manifests_that_are_none_are_refused(tmp_path, members, manifest, message):
    path = write_members(
        tmp_path / "x.recurra", {**members, "manifest.json": manifest}, digests=False
    )
    with pytest.raises(CorruptArtifactError, match=message):
        read_artifact(path)


def with_format(tmp_path: Path, members: dict[str, bytes], version: object) -> Path:
    manifest = with_json(members["manifest.json"], format=version)
    return write_members(tmp_path / "v.recurra", {**members, "manifest.json": manifest})


@pytest.mark.parametrize("version", ["0.9", "1", "1.0", "1.3", "1.999"])
def test_older_and_newer_minor_versions_are_read(tmp_path, members, version):
    assert read_artifact(with_format(tmp_path, members, version)).manifest["format"] == version


@pytest.mark.parametrize("version", ["2.0", "10", "999999.1"])
def test_newer_major_versions_are_named(tmp_path, members, version):
    message = f"has format {version}, this Recurra reads up to 1.0: pip install --upgrade recurra$"
    with pytest.raises(ArtifactVersionError, match=message):
        read_artifact(with_format(tmp_path, members, version))


@pytest.mark.parametrize(
    "version", [None, "", "one", "²", "-1", "1.0.0.0", "v1", 1, 1.0, [1], {}, "9" * 5000, "1.x"]
)
def test_versions_that_are_none_are_refused(tmp_path, members, version):
    with pytest.raises(CorruptArtifactError, match=r"format version .* is not a version$"):
        read_artifact(with_format(tmp_path, members, version))


@pytest.mark.parametrize(
    "weights",
    [
        b"",
        b"garbage",
        b"\xff" * 64,
        (1 << 60).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}" + b"more",
        (9).to_bytes(8, "little") + b'{"a": [1]',
        len(t := b'{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}').to_bytes(8, "little")
        + t
        + b"ab",
        len(t := b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}').to_bytes(
            8, "little"
        )
        + t
        + b"a",
        len(t := b'{"a":{"dtype":"F32","shape":[99],"data_offsets":[0,4]}}').to_bytes(8, "little")
        + t
        + b"abcd",
    ],
)
def test_weights_that_are_none_are_refused(tmp_path, members, weights):
    path = write_members(tmp_path / "x.recurra", {**members, "weights.safetensors": weights})
    with pytest.raises(CorruptArtifactError, match=r"the weights (cannot be read|do not fit)"):
        load_predictor(path)


def test_every_truncation_is_an_artifact_error(path):
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ArtifactError):
            read_artifact(path)


def test_a_flipped_byte_is_an_artifact_error_or_changes_nothing(path):
    """Whatever a byte becomes, wherever it stands: never another exception, never other content."""
    data, good = path.read_bytes(), read_artifact(path)
    unchanged, directory = 0, data.index(b"PK\x01\x02")
    for position in range(len(data)):
        for mask in (0xFF, 0x01) if position > directory else (0xFF,):
            damaged = bytearray(data)
            damaged[position] ^= mask
            path.write_bytes(damaged)
            try:
                found = read_artifact(path)
            except ArtifactError:
                continue
            assert same(found, good), position
            unchanged += 1
    assert unchanged < len(data)  # dates and attributes of members, no more


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_file_patched_anywhere_is_an_artifact_error_or_the_same(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("patched", numbered=True)
    path = write_artifact(folder / "model.recurra", tiny_artifact())
    good, raw = read_artifact(path), bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw) - 1))
        patch = data.draw(st.binary(min_size=1, max_size=12))
        raw[start : start + len(patch)] = patch
    path.write_bytes(raw)
    try:
        found = read_artifact(path)
    except ArtifactError:
        return
    assert same(found, good)


def test_numbers_that_json_does_not_have_are_not_written(tmp_path, only_holds):
    broken = Artifact({"metrics": {"loss": float("nan")}}, {}, {})
    with pytest.raises(ValueError, match="Out of range float values"):
        write_artifact(tmp_path / "m.recurra", broken)
    only_holds()
