"""Text from sound: train on clips and transcripts alone, transcribe files and streams.

Usage: python examples/transcribe_digits.py [TABLE]

TABLE has the columns path and transcript. Without one, spoken digits are joined where the dataset
fsdd is at hand ($RECURRA_DATA/fsdd), and beeps of three pitches stand for words where it is not.
"""

import os
import sys
from pathlib import Path

import numpy as np

import recurra
from recurra import SpeechRecognizer
from recurra.sequences.audio import JoinedClip, join_clips, read_audio, read_clips, write_joined

generator = np.random.default_rng(0)
digits = Path(os.environ.get("RECURRA_DATA", ".")) / "fsdd" / "recordings"


def beeps(count, rate=4000):
    """Return clips of beeps, and what each says."""
    pitches, clips = {"low": 300, "mid": 800, "high": 1600}, []
    for _ in range(count):
        words = generator.choice(list(pitches), generator.integers(1, 4))
        parts = []
        for word in words:
            time = np.arange(600) / rate
            beep = 0.4 * np.sin(2 * np.pi * pitches[word] * time) * np.hanning(600)
            parts += [np.zeros(generator.integers(100, 500)), beep]
        sound = np.concatenate([*parts, np.zeros(200)])
        sound += 0.003 * generator.standard_normal(len(sound))
        clips.append(JoinedClip(sound.astype(np.float32), rate, " ".join(words), "nobody"))
    return clips


options = {"epochs": 12, "units": 20, "layers": 1, "learning_rate": 0.02, "batch_size": 8}
if len(sys.argv) == 2:
    table, options = sys.argv[1], {}
elif digits.is_dir():
    clips = read_clips(digits, pattern="{label}_{speaker}_{take}.wav")
    table, options = write_joined(join_clips(clips, 1200, generator), Path("sound"), "digits"), {}
else:
    table = write_joined(beeps(80), Path("sound"), "beeps")

# One direction only, so that it can write while the sound comes.
recognizer = SpeechRecognizer(bidirectional=False, seed=1, **options)
recognizer.fit_source(table, test_share=0.15)
print(f"word error rate on held-out clips: {recognizer.metrics_['word_error_rate']:.2f}")
print(f"seconds of work for a second of sound: {recognizer.metrics_['real_time_factor']:.3f}")
recognizer.save("words.recurra")

predictor = recurra.load_predictor("words.recurra")  # NumPy alone: no Keras, no JAX
sample = Path(table).parent / Path(table).read_text().splitlines()[1].split(",")[0]
(answer,) = predictor.answer([sample], beam=8)
print(f"{answer.text!r}, probability {answer.probability:.2f}")
for word in answer.words:
    print(f"{word.start:6.2f} s  {word.word}")

stream = predictor.stream()
samples, _ = read_audio(sample)
for piece in np.array_split(samples, 4):
    stream.push(piece)
    print(f"after {stream.seconds:.2f} s: {stream.text!r}")
