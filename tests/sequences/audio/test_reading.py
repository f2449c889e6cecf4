"""Sound files are read as they are, and what cannot be read is named."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from recurra.errors import DataError, MissingDependencyError, SourceError, UsageError
from recurra.sequences.audio import StreamResampler, check_rate, read_audio, resample


@pytest.mark.parametrize(("name", "step"), [("a.wav", 2**-15), ("a.flac", 2**-15)])
def test_samples_come_back(write_sound, tone, name, step):
    samples, rate = read_audio(write_sound(name, tone()))
    assert (samples.dtype, rate) == (np.float32, 8000)
    np.testing.assert_allclose(samples, tone(), atol=step)


def test_channels_become_their_mean(write_sound, tone):
    both = np.stack([tone(), -0.5 * tone()], axis=1)
    samples, _ = read_audio(write_sound("two.wav", both, subtype="FLOAT"))
    np.testing.assert_allclose(samples, 0.25 * tone(), atol=1e-6)


def test_bad_files_are_named(write_sound, tmp_path):
    with pytest.raises(SourceError, match=r"no sound file at .*gone\.wav"):
        read_audio(tmp_path / "gone.wav")
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(SourceError, match=r"text\.wav cannot be read as sound \(.*WAV, FLAC"):
        read_audio(tmp_path / "text.wav")
    with pytest.raises(DataError, match=r"empty\.wav is empty"):
        read_audio(write_sound("empty.wav", np.zeros(0)))
    broken = write_sound("nan.wav", np.full(9, np.nan, np.float32), subtype="FLOAT")
    with pytest.raises(DataError, match=r"nan\.wav holds samples that are no numbers"):
        read_audio(broken)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_file_that_is_cut_off_is_named(write_sound, noise, name):
    path = write_sound(name, noise)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises((DataError, SourceError), match=rf"{name} (is cut off|cannot be read)"):
        read_audio(path)


def test_a_length_that_was_not_known_is_no_cut(write_sound, tone):
    path = write_sound("pipe.wav", tone())
    whole = path.read_bytes()
    at = whole.index(b"data") + 4
    path.write_bytes(whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :])
    np.testing.assert_allclose(read_audio(path)[0], tone(), atol=2**-15)


def test_the_extra_is_named(monkeypatch, tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'recurra\[audio\]'"):
        read_audio(tmp_path / "a.wav")


@pytest.mark.parametrize(("rate", "wanted"), [(8000, 16000), (16000, 8000), (44100, 8000)])
def test_resampling_keeps_a_tone(tone, rate, wanted):
    result = resample(tone(rate=rate), rate, wanted)
    expected = tone(rate=wanted)
    assert abs(len(result) - len(expected)) <= 1
    inner = slice(200, -200)
    np.testing.assert_allclose(result[: len(expected)][inner], expected[inner], atol=2e-3)


def test_resampling_removes_what_would_alias(tone):
    assert np.abs(resample(tone(3500, rate=16000), 16000, 4000)[100:-100]).max() < 1e-3


def test_resampling_in_pieces_equals_the_whole(noise):
    stream = StreamResampler(16000, 8000)
    pieces = [stream.push(part) for part in np.array_split(noise, 13)]
    joined = np.concatenate([*pieces, stream.push(noise[:0], last=True)])
    np.testing.assert_allclose(joined, resample(noise, 16000, 8000), atol=1e-6)
    assert StreamResampler(8000, 8000).push(noise) is noise


@pytest.mark.parametrize("rate", [0, 900, 10**6, 8000.0, True])
def test_odd_rates_are_refused(rate):
    with pytest.raises(UsageError, match=r"samples in a second|whole number"):
        check_rate(rate)
