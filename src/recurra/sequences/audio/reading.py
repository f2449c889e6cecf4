"""Reading of sound files, and changing the rate of what was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, MissingDependencyError, SourceError, UsageError

__all__ = ["AUDIO_ENDINGS", "StreamResampler", "check_rate", "read_audio", "resample"]

AUDIO_ENDINGS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au")
_LOWEST_RATE, _HIGHEST_RATE = 1_000, 768_000
_LENGTH_UNKNOWN = 0x7FFFF000  # or more, as the length of a WAV file's samples
_MOST_SAMPLES = 1 << 30  # over all channels; 4 GiB as float32

Samples = NDArray[np.float32]


def read_audio(path: str | Path) -> tuple[Samples, int]:
    """Read a sound file; several channels become their mean.

    Args:
        path: A WAV, FLAC, OGG, MP3, AIFF or AU file.

    Returns:
        Samples from -1 to 1, shape `(time,)`, and the samples in a second.

    Raises:
        SourceError: If there is no such file, or it is not sound.
        DataError: If it is empty, too large, cut off, or holds values that are no numbers.
        MissingDependencyError: If the extra `audio` is not installed.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"no sound file at {path}")
    soundfile = _soundfile()
    try:
        with soundfile.SoundFile(str(path)) as stream:
            _check_size(path, stream.frames, stream.channels)
            rate, promised = int(stream.samplerate), stream.frames
            channels = stream.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        raise SourceError(
            f"{path} cannot be read as sound ({_reason(error)}); give WAV, FLAC, OGG or MP3"
        ) from error
    if len(channels) < promised or _is_cut_off(path):
        raise DataError(f"{path} is cut off: its header promises more sound than the file holds")
    samples: Samples = channels[:, 0] if channels.shape[1] == 1 else channels.mean(axis=1)
    if not len(samples):
        raise DataError(f"{path} is empty: it holds no samples")
    if not np.isfinite(samples).all():
        raise DataError(f"{path} holds samples that are no numbers (NaN or infinite)")
    return np.ascontiguousarray(samples), check_rate(rate, str(path))


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """Change the rate of sound, band-limited.

    Args:
        samples: Shape `(time,)`.
        rate: Its samples in a second.
        wanted: The samples in a second of the result.

    Returns:
        About `time * wanted / rate` samples, at least one; `samples` itself at equal rates.

    Raises:
        MissingDependencyError: If the extra `audio` is not installed.
    """
    if rate == wanted or not len(samples):
        return samples
    result: Samples = _soxr().resample(samples, rate, wanted)
    return result if len(result) else samples[:1]


class StreamResampler:
    """Changes the rate of sound that comes in pieces; the pieces add up to the whole."""

    def __init__(self, rate: int, wanted: int) -> None:
        """Prepare for one stream.

        Args:
            rate: Samples in a second that come.
            wanted: Samples in a second that are wanted.

        Raises:
            MissingDependencyError: If the extra `audio` is not installed.
        """
        self._stream: Any = None
        if check_rate(rate) != check_rate(wanted):
            self._stream = _soxr().ResampleStream(rate, wanted, 1, dtype="float32")

    def push(self, samples: Samples, *, last: bool = False) -> Samples:
        """Return what can be computed so far; with `last`, all that is left."""
        if self._stream is None:
            return samples
        result: Samples = self._stream.resample_chunk(np.asarray(samples, np.float32), last=last)
        return result


def check_rate(rate: int, where: str = "the sound") -> int:
    """Return a sampling rate.

    Raises:
        UsageError: If it is outside of 1,000 to 768,000 samples in a second.
    """
    if not isinstance(rate, int) or isinstance(rate, bool):
        raise UsageError(f"a sampling rate must be a whole number, not {rate!r}")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise UsageError(
            f"{where} has {rate} samples in a second; expected {_LOWEST_RATE} to {_HIGHEST_RATE}"
        )
    return rate


def _check_size(path: Path, frames: int, channels: int) -> None:
    if frames * channels > _MOST_SAMPLES:
        raise DataError(
            f"{path} holds {frames} samples in {channels} channels, "
            f"at most {_MOST_SAMPLES} are read; cut it into pieces"
        )


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", "") or error).strip().rstrip(".")
    return text or type(error).__name__


def _is_cut_off(path: Path) -> bool:
    """Say whether a WAV file ends before its samples do, which libsndfile passes over."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return False
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                # Programs that write to a pipe do not know the length and put the largest there.
                return length < _LENGTH_UNKNOWN and file.tell() + length > size
            file.seek(length + length % 2, 1)
    return False


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: the package without its C library
        raise MissingDependencyError("soundfile", "audio", "reading sound") from error
    return soundfile


def _soxr() -> Any:
    try:
        import soxr
    except ImportError as error:
        raise MissingDependencyError("soxr", "audio", "changing a sampling rate") from error
    return soxr
