"""Reads TensorBoard's event files without TensorFlow."""

from __future__ import annotations

import struct
from pathlib import Path

from tensorboardX.proto.event_pb2 import Event


def read_scalars(folder: Path) -> dict[str, dict[int, float]]:
    """Return the values of every scalar by step, from the only event file of a folder."""
    (path,) = folder.iterdir()
    scalars: dict[str, dict[int, float]] = {}
    data = path.read_bytes()
    place = 0
    while place < len(data):  # length (8), its checksum (4), event, its checksum (4)
        (length,) = struct.unpack_from("<Q", data, place)
        event = Event.FromString(data[place + 12 : place + 12 + length])
        place += 16 + length
        for value in event.summary.value:
            scalars.setdefault(value.tag, {})[event.step] = value.simple_value
    return scalars
