"""Seconds of training until a test accuracy is first reached, by what computes the recurrences.

    RECURRA_DATA=... python benchmarks/time_to_accuracy.py [SOURCE] [--target 0.85] [--points 8]
                     [--cell lstm] [--rows N] [--repeats 1] [--json FILE]

Three ways to train the same network (the one of `recurra train classify imdb`) from the same seed
on the same encoded texts:

    native    TextClassifier's training, recurrences on the core
    keras     TextClassifier's training, Keras's own recurrences
    stock     plain `fit` of the Keras model on arrays padded to the longest text read

The clock runs in training steps only, compilation included; it stands still while the test texts
are predicted, several times an epoch, and while TextClassifier validates. Reading and encoding come
before and are the same for all. The machine should be idle.

`recurra train` keeps compiled programs between commands. To measure that, set
JAX_COMPILATION_CACHE_DIR and JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0, and take a second run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import recurra  # noqa: F401, I001 - chooses the backend before Keras is imported

import keras
import numpy as np

from recurra.models import build_classifier
from recurra.tasks import comparable as parts

WAYS = ("native", "keras", "stock")


class Reached(Exception):  # noqa: N818 - no error
    """The target is reached; training may end."""


class Clock(keras.callbacks.Callback):
    """Counts the seconds of training steps; looks at the test accuracy several times an epoch."""

    def __init__(self, accuracy, target, points):
        super().__init__()
        self.accuracy, self.target, self.points = accuracy, target, points
        self.durations = []
        self.seen = []

    @property
    def seconds(self):
        return sum(self.durations)

    @property
    def compiling(self):
        """Seconds of steps that took over five times the median: the first of each shape."""
        usual = statistics.median(self.durations)
        return sum(t for t in self.durations if t > 5 * usual)

    def on_epoch_begin(self, epoch, logs=None):
        steps = self.params["steps"]
        self.stops = {round(steps * (k + 1) / self.points) - 1 for k in range(self.points)}
        self.started = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        float(logs["loss"])  # the step may still be running
        self.durations.append(time.perf_counter() - self.started)
        if batch in self.stops:
            with weights_to_measure(self.model):
                self.seen.append(self.accuracy(self.model))
            print(
                f"  {len(self.durations)} steps, {self.seconds:.1f} s: {self.seen[-1]:.4f}",
                file=sys.stderr,
            )
            if self.seen[-1] >= self.target:
                raise Reached
        self.started = time.perf_counter()


@contextlib.contextmanager
def weights_to_measure(model):
    """Put the moving average of the weights into the model, where the training keeps one."""
    sync = getattr(model, "jax_state_sync", None)
    if sync is not None:
        sync()
    if not model.optimizer.use_ema:
        yield
        return
    variables = model.trainable_variables
    raw = copies(variables)
    model.optimizer.finalize_variable_values(variables)
    assign(variables, copies(variables))  # not the optimizer's own buffers
    try:
        yield
    finally:
        assign(variables, raw)


def copies(variables):
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


class Contest:
    """What the ways to train share: encoded texts, settings, test rows."""

    def __init__(self, source, options, rows, seed):
        split = parts.open_split(source, test_share=0.2, seed=seed)
        train, test = split.train, split.test
        if rows is not None:
            train, test = few(train, rows, seed), few(test, rows, seed)
        self.settings = parts.resolve_settings("fast", options, len(train), train.sample())
        self.prepared = parts.prepare_texts(train, self.settings, seed)
        encoded = parts.encode_texts(test.iter_texts(), self.prepared.encoder)
        self.test = parts.TextInputs(encoded, self.prepared.inputs.boundaries)
        self.codes = test.codes

    def clock(self, kernels, target, points):
        def accuracy(model):
            rows = np.arange(len(self.codes))
            probabilities = parts.predict_rows(model, self.test, rows, kernels)
            return float((probabilities.argmax(axis=1) == self.codes).mean())

        return Clock(accuracy, target, points)

    def train(self, way, seed, target, points):
        """Train in one of the ways until the target is reached or the epochs are over."""
        kernels = "native" if way == "native" else "keras"
        clock = self.clock(kernels, target, points)
        with contextlib.suppress(Reached):
            if way == "stock":
                self.fit_stock(seed, clock)
            else:
                options = {**self.settings.to_dict(), "kernels": kernels}
                settings = parts.resolve_settings("fast", options)
                classifier = parts.TextClassifier(seed=seed)
                classifier.fit_prepared(self.padded_for(kernels), settings, callbacks=[clock])
        reached = bool(clock.seen) and clock.seen[-1] >= target
        return {
            "way": way,
            "seed": seed,
            "reached": reached,
            "seconds": clock.seconds,
            "compiling_seconds": clock.compiling,
            "steps": len(clock.durations),
            "accuracy": max(clock.seen, default=None),
        }

    def padded_for(self, kernels):
        """Return the texts with the padded lengths that training would choose."""
        inputs, rows = self.prepared.inputs, self.prepared.train
        boundaries = parts.choose_boundaries(inputs.encoded.lengths[rows], kernels)
        return replace(self.prepared, inputs=replace(inputs, boundaries=boundaries))

    def fit_stock(self, seed, clock):
        prepared, settings = self.prepared, self.settings
        classes = len(prepared.classes)
        specification = settings.specification(prepared.encoder.vocabulary_size, classes, ngrams=0)
        keras.utils.set_random_seed(seed)
        model = build_classifier(specification, seed)
        optimizer = keras.optimizers.Adam(settings.learning_rate)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        encoded, rows = prepared.inputs.encoded, prepared.train
        padded = encoded.batch(rows, int(encoded.lengths[rows].max()))
        model.fit(
            padded,
            prepared.codes[rows],
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            callbacks=[clock],
            verbose=0,
        )


def few(examples, rows, seed):
    chosen = np.random.default_rng(seed).permutation(len(examples))[:rows]
    return examples.take(np.sort(chosen), f"{rows} rows")


def summary(records):
    """Return Markdown: medians over the repeats, and how much sooner the core is there."""
    titles = ("Training", "reached", "seconds", "without compiling", "steps", "best accuracy")
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    figures = {}
    for way in dict.fromkeys(r["way"] for r in records):
        own = [r for r in records if r["way"] == way]
        whole = statistics.median(r["seconds"] for r in own)
        warm = statistics.median(r["seconds"] - r["compiling_seconds"] for r in own)
        figures[way] = whole, warm
        steps = statistics.median(r["steps"] for r in own)
        best = max(r["accuracy"] or 0 for r in own)
        reached = f"{sum(r['reached'] for r in own)} of {len(own)}"
        cells = (way, reached, f"{whole:.1f}", f"{warm:.1f}", f"{steps:.0f}", f"{best:.4f}")
        lines.append("| " + " | ".join(cells) + " |")
    ours = figures.pop("native", None)
    if ours and all(r["reached"] for r in records):
        lines += [
            f"\n{way} / native: {whole / ours[0]:.2f}, without compiling {warm / ours[1]:.2f}"
            for way, (whole, warm) in figures.items()
        ]
    return "\n".join(lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", default="imdb")
    parser.add_argument("--target", type=float, default=0.85)
    parser.add_argument("--points", type=int, default=8, help="looks at the accuracy in an epoch")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--cell")
    parser.add_argument("--units", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--rows", type=int, help="train and measure on some rows only")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main():
    arguments = parse()
    options = {name: getattr(arguments, name) for name in ("cell", "units", "epochs")}
    contest = Contest(arguments.source, options, arguments.rows, seed=0)
    records = []
    for seed in range(arguments.repeats):
        for way in arguments.ways.split(","):
            print(f"{way}, seed {seed}", file=sys.stderr)
            records.append(contest.train(way, seed, arguments.target, arguments.points))
    print(summary(records))
    if arguments.json:
        facts = {"versions": parts.versions(), "kernel": parts.kernel_name("native")}
        result = {**facts, "settings": contest.settings.to_dict(), "records": records}
        temporary = arguments.json.with_name(f".{arguments.json.name}.tmp")
        temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        temporary.replace(arguments.json)


if __name__ == "__main__":
    main()
