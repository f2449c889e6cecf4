"""Transcribe strings of digits: word error rates of seen speakers and of an unseen one.

    python benchmarks/joined_digits.py [--unseen nicolas] [--seed 0] [--json FILE]
    python benchmarks/joined_digits.py --choose lucas [--settings '{"speed": 1.3}']

Recordings of the Free Spoken Digit Dataset (in $RECURRA_DATA/fsdd) are joined, 3 to 7 a clip, with
pauses and overlaps. Three speakers' recordings 10-49 train, their recordings 5-9 stop the training,
their recordings 0-4 measure seen speakers; all recordings of the fourth measure an unseen one. No
recording is in two parts. Settings are chosen with `--choose`, which leaves out a second speaker
and measures on that one alone, neither on the fourth speaker nor on any test recording.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from recurra import SpeechRecognizer
from recurra.sequences.audio import AudioClips, join_clips, read_clips, write_joined

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
COUNTS = {"train": 1200, "validation": 150, "other": 300, "seen": 300, "unseen": 300}


def main() -> None:
    """Make the clips, train once, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("RECURRA_DATA", ".")))
    parser.add_argument("--unseen", default="nicolas", help="the speaker who is left out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--settings", type=json.loads, default={}, help="settings as JSON")
    parser.add_argument("--choose", help="a second speaker to leave out, for choosing settings")
    parser.add_argument("--clips", type=int, default=COUNTS["train"], help="to train on")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = make_tables(options, Path(folder))
        figures = measure(tables, options)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


def make_tables(options: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """Join recordings of each part; return the parts' tables."""
    recordings = options.data / "fsdd" / "recordings"
    clips = read_clips(recordings, pattern="{label}_{speaker}_{take}.wav")
    takes = np.array([int(take) for take in clips.fields["take"]])
    speakers = np.asarray(clips.fields["speaker"])
    seen = (speakers != options.unseen) & (speakers != options.choose)
    rows = {"train": seen & (takes >= 10), "validation": seen & (takes >= 5) & (takes < 10)}
    if options.choose:
        rows["other"] = speakers == options.choose
    else:
        rows |= {"seen": seen & (takes < 5), "unseen": speakers == options.unseen}
    spelt = _spelt(clips)
    tables = {}
    for number, (part, chosen) in enumerate(rows.items()):
        joined = join_clips(
            spelt.take(np.flatnonzero(chosen)),
            options.clips if part == "train" else COUNTS[part],
            np.random.default_rng([7, number]),
        )
        tables[part] = write_joined(joined, folder, part)
    return tables


def measure(tables: dict[str, Path], options: argparse.Namespace) -> dict[str, object]:
    """Train on one table, measure on the others."""
    recognizer = SpeechRecognizer(preset=options.preset, seed=options.seed, **options.settings)
    wall, processor = time.perf_counter(), time.process_time()
    recognizer.fit_source(tables["train"], validation=tables["validation"])
    figures: dict[str, object] = {
        "unseen speaker": options.unseen,
        "seed": options.seed,
        "settings": {"preset": options.preset, **options.settings},
        "training seconds": time.perf_counter() - wall,
        "processor seconds": time.process_time() - processor,
        "epochs": recognizer.training_.epoch,
        "parameters": recognizer.model_.count_params(),
        "audio minutes": recognizer.data_["seconds"]["train"] / 60,
    }
    for part in list(tables)[1:]:
        for beam in (1, 8):
            started = time.process_time()
            found = recognizer.evaluate_source(tables[part], beam=beam)
            figures[f"{part}, beam {beam}"] = {
                name: round(found[name], 5)
                for name in ("word_error_rate", "clip_accuracy", "real_time_factor")
            }
            taken = (time.process_time() - started) / found["seconds"]
            figures[f"{part}, beam {beam}"] |= {"processor_factor": round(taken, 5)}
            print(part, beam, figures[f"{part}, beam {beam}"], file=sys.stderr, flush=True)
    history = recognizer.history_
    figures["history"] = {k: [round(v, 4) for v in history[k]] for k in ("loss", "val_loss")}
    return figures


def _spelt(clips: AudioClips) -> AudioClips:
    words = tuple(DIGITS[int(label)] for label in clips.labels or ())
    return AudioClips(
        clips.name, clips.source, clips.paths, clips.places, {**clips.fields, "label": words}
    )


if __name__ == "__main__":
    main()
