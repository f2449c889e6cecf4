"""Music as piano rolls: train on Bach's chorales, measure, write a new one as a MIDI file.

Usage: python examples/music.py [EPOCHS]
"""

import struct
import sys
from pathlib import Path

import numpy as np

from recurra import RollGenerator

LOWEST = 21  # the MIDI number of a piano's first key


def midi(roll: np.ndarray) -> bytes:
    """Return a MIDI file of a roll `(time, 88)`, a quarter note for each step."""
    played = np.diff(np.pad(roll.astype(int), ((1, 1), (0, 0))), axis=0)
    events, waited = b"", 0
    for step in played:
        for key in np.flatnonzero(step):
            status = 0x90 if step[key] > 0 else 0x80
            events += bytes([*variable_length(waited), status, LOWEST + key, 70])
            waited = 0
        waited += 96
    events += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    return header + b"MTrk" + struct.pack(">I", len(events)) + events


def variable_length(ticks: int) -> bytes:
    """Return a number in MIDI's groups of seven bits."""
    groups = [ticks & 0x7F]
    while ticks := ticks >> 7:
        groups.append(ticks & 0x7F | 0x80)
    return bytes(reversed(groups))


epochs = int(sys.argv[1]) if len(sys.argv) > 1 else None
generator = RollGenerator(cell="gru", epochs=epochs, seed=1).fit("jsb-chorales")
metrics = generator.metrics_
print(f"{metrics['nll']:.2f} nats per step on {metrics['pieces']} chorales never heard")

chorale = generator.generate(length=64, seed=7)
Path("chorale.mid").write_bytes(midi(chorale))
print(f"wrote chorale.mid: {len(chorale)} steps, {chorale.sum(axis=1).mean():.1f} notes in each")

generator.save("bach.recurra")
