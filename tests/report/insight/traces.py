"""Traces such as `recurra.inspect` makes, of small networks with random weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recurra.study.insight.trace import (
    Array,
    Attribution,
    Block,
    GradientFlow,
    LayerTrace,
    MemoryCurve,
    Trace,
)

_SENTENCE = (
    "this film is not bad at all and the acting was surprisingly good but I would never watch it "
    "again because the plot has no end <script>alert(1)</script> [UNK] incomprehensibilities"
)
WORDS = _SENTENCE.split()


def sentiment(time: int = 200) -> Trace:
    """A classifier of reviews with two bidirectional LSTM layers."""
    generator = np.random.default_rng(7)
    sizes = (("forward_lstm", 32), ("forward_lstm_1", 24))
    layers, features = [], 16
    for name, units in sizes:
        for backwards in (False, True):
            shown = name.replace("forward", "backward") if backwards else name
            layers.append(lstm(generator, shown, time, features, units, backwards=backwards))
        features = 2 * units
    words = tuple(WORDS[place % len(WORDS)] for place in range(time))
    return Trace(
        task="text-classification",
        model="bilstm",
        labels=words,
        answer=(("pos", 0.9312), ("neg", 0.0688)),
        explained="log-odds of 'pos'",
        loss=0.0713,
        layers=tuple(layers),
        blocks=(
            Block("embedding", "Embedding", "(time)", "(time, 16)", 160_000, False, 1),
            Block("bidirectional", "LSTM", "(time, 16)", "(time, 64)", 12_544, True, 2),
            Block("bidirectional_1", "LSTM", "(time, 64)", "(48)", 17_088, True, 2),
            Block("dense", "Dense", "(48)", "(1)", 49, False, 1),
        ),
        attributions=tuple(attribution(generator, name, time) for name in METHODS),
        memory=memory(time),
        flows=tuple(flows(time)),
        facts={"words_removed": 0, "seconds": 1.7},
    )


def forecast(time: int = 48) -> Trace:
    """A forecaster with one GRU over hourly values."""
    generator = np.random.default_rng(3)
    stamps = np.datetime64("2024-03-01T00:00:00") + np.arange(time) * np.timedelta64(1, "h")
    return Trace(
        task="forecasting",
        model="gru",
        labels=tuple(str(stamp) for stamp in stamps),
        answer=(("t+1", 102.4), ("t+2", 98.1), ("t+3", 91.0)),
        explained="mean of the median forecast",
        loss=0.31,
        layers=(gru(generator, "gru", time, 3, 20),),
        blocks=(
            Block("gru", "GRU", "(time, 3)", "(20)", 1_500, True, 1),
            Block("dense", "Dense", "(20)", "(9)", 189, False, 1),
            Block("reshape", "Reshape", "(9)", "(3, 3)", 0, False, 1),
        ),
        attributions=tuple(attribution(generator, name, time) for name in METHODS[:3]),
        memory=memory(time),
        flows=tuple(flows(time)),
    )


def characters(time: int = 120) -> Trace:
    """A language model of characters with one LSTM that puts out every step."""
    generator = np.random.default_rng(5)
    text = ('He said: "no, not now".\n\tThen the line ended, and a new one began. ' * 9)[:time]
    return Trace(
        task="text-generation",
        model="lstm",
        labels=tuple(text),
        answer=(("e", 0.41), (" ", 0.22), ("\n", 0.04)),
        explained="log-probability of the next token 'e'",
        loss=1.42,
        layers=(lstm(generator, "lstm", time, 12, 48),),
        blocks=(
            Block("embedding", "Embedding", "(time)", "(time, 12)", 1_200, False, 1),
            Block("lstm", "LSTM", "(time, 12)", "(time, 48)", 11_712, True, 1),
            Block("dense", "Dense", "(time, 48)", "(time, 100)", 4_900, False, 1),
        ),
        attributions=(attribution(generator, "integrated_gradients", time),),
        memory=memory(time),
    )


def simple(time: int = 12) -> Trace:
    """A SimpleRNN over a few values, nothing but its states known."""
    generator = np.random.default_rng(1)
    states = _walk(generator, time, 8)
    layer = _layer("simple_rnn", "rnn", generator.normal(size=(time, 1)), states, {}, None)
    return Trace(
        task="",
        model="simple_rnn",
        labels=tuple(str(step) for step in range(time)),
        answer=(),
        explained="",
        loss=0.0,
        layers=(replace(layer, note="gradients were not asked for", hidden_gradient=None),),
        blocks=(
            Block("simple_rnn", "SimpleRNN", "(time, 1)", "(8)", 80, True, 1),
            Block("dense", "Dense", "(8)", "(1)", 9, False, 1),
        ),
    )


METHODS = ("integrated_gradients", "gradient_x_input", "occlusion", "attention")


def attribution(generator: np.random.Generator, method: str, time: int) -> Attribution:
    """Scores with a few steps that count."""
    scores = generator.normal(0, 0.05, time)
    scores[generator.integers(0, time, max(1, time // 12))] += generator.normal(0, 1)
    if method == "attention":
        scores = np.abs(scores) / np.abs(scores).sum()
    shares = np.linspace(0, 1, 11, dtype=np.float32)
    values = (2.6 * np.exp(-4 * shares) - 0.4 + 0.05 * generator.normal(size=11)).astype(np.float32)
    error = 0.0042 if method == "integrated_gradients" else None
    return Attribution(method, scores.astype(np.float32), error, (shares, values), 0.61)


def memory(time: int) -> MemoryCurve:
    """A curve that falls to a hundredth."""
    places = np.geomspace(1, time, 12).round()
    distances = np.unique(np.append(0, places - 1)).astype(np.float32)
    return MemoryCurve(distances, (0.2 * np.exp(-distances / 14)).astype(np.float32), 43.0, time, 8)


def flows(time: int) -> list[GradientFlow]:
    """Gradients of three cells, trained and not: shrinking, growing and steady ones."""
    back = np.arange(time)
    rows = (
        ("SimpleRNN", "rnn", 0.62, 0.74),
        ("LSTM", "lstm", 0.9, 0.985),
        ("GRU", "gru", 0.88, 1.01),
    )
    found = []
    for name, cell, fresh, learnt in rows:
        for trained, factor in ((True, learnt), (False, fresh)):
            norms = (0.3 * factor**back * np.exp(0.1 * np.sin(back))).astype(np.float32)
            label = f"{name}, {'trained' if trained else 'untrained'}"
            half = float(np.log(0.5) / np.log(factor)) if factor < 1 else None
            found.append(GradientFlow(label, cell, trained, norms, half, factor))  # type: ignore[arg-type]
    return found


def lstm(
    generator: np.random.Generator,
    name: str,
    time: int,
    features: int,
    units: int,
    *,
    backwards: bool = False,
) -> LayerTrace:
    """One LSTM layer, its gates drawn so that units and steps differ."""
    gates = {
        gate: _sigmoid(_walk(generator, time, units, scale))
        for gate, scale in (("input", 4.0), ("forget", 7.0), ("output", 5.0))
    }
    gates["candidate"] = np.tanh(_walk(generator, time, units, 3.0))
    cell = np.zeros((time, units), np.float32)
    steps = range(time)[::-1] if backwards else range(time)
    state = np.zeros(units, np.float32)
    for step in steps:
        state = gates["forget"][step] * state + gates["input"][step] * gates["candidate"][step]
        cell[step] = state
    inputs = generator.normal(size=(time, features))
    hidden = gates["output"] * np.tanh(cell)
    return _layer(name, "lstm", inputs, hidden, gates, cell, backwards=backwards)


def gru(
    generator: np.random.Generator, name: str, time: int, features: int, units: int
) -> LayerTrace:
    """One GRU layer."""
    gates = {
        "update": _sigmoid(_walk(generator, time, units, 5.0)),
        "reset": _sigmoid(_walk(generator, time, units, 5.0)),
        "candidate": np.tanh(_walk(generator, time, units, 2.0)),
    }
    hidden = np.tanh(_walk(generator, time, units, 2.0))
    return _layer(name, "gru", generator.normal(size=(time, features)), hidden, gates, None)


def _layer(
    name: str,
    cell: str,
    inputs: np.ndarray,
    hidden: Array,
    gates: dict[str, Array],
    cell_state: Array | None,
    *,
    backwards: bool = False,
) -> LayerTrace:
    time, units = hidden.shape
    back = np.arange(time) if backwards else np.arange(time)[::-1]
    gradient = (0.5 * 0.93**back)[:, None] * np.random.default_rng(units).normal(size=hidden.shape)
    order = np.argsort(hidden.mean(axis=0)).astype(np.int64)
    return LayerTrace(
        name=name,
        cell=cell,  # type: ignore[arg-type]
        units=units,
        backwards=backwards,
        valid=np.ones(time, np.bool_),
        inputs=inputs.astype(np.float32),
        hidden=hidden.astype(np.float32),
        cell_state=cell_state,
        gates=gates,
        hidden_gradient=gradient.astype(np.float32),
        cell_gradient=None if cell_state is None else (1.4 * gradient).astype(np.float32),
        unit_order=order,
    )


def _walk(generator: np.random.Generator, time: int, units: int, scale: float = 1.0) -> Array:
    """Smooth random curves around a level of each unit."""
    noise = generator.normal(size=(time, units))
    walk = np.zeros((time, units))
    for step in range(time):
        walk[step] = 0.8 * walk[step - 1] + 0.5 * noise[step] if step else noise[0]
    level = generator.normal(0, 0.5, units)
    return (scale * (0.5 * walk + level)).astype(np.float32)


def _sigmoid(values: Array) -> Array:
    found: Array = (1 / (1 + np.exp(-values))).astype(np.float32)
    return found
