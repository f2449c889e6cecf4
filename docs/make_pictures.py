"""Draws the pictures of docs/pictures.md from real models, and prints the figures of its tables.

Train the three models first:

    for cell in rnn lstm gru; do
        recurra train classify imdb -o imdb-$cell.recurra --cell $cell --seed 1
    done

Usage: python docs/make_pictures.py [FOLDER-OF-MODELS]
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import recurra
from recurra.sequences import resolve_source

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
IMAGES = Path(__file__).parent / "images"
SENTENCE = "I had high hopes for this film and the cast is fine, but the story was not good at all."
NAMES = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
COLOURS = {"rnn": "#cc5400", "lstm": "#0072b2", "gru": "#008f68"}  # those of the reports
LOWEST = 1e-30  # less is rounding in float32
METHODS = ("integrated_gradients", "gradient_x_input", "occlusion")


def long_review(words=240):
    """Return the first test review with at least so many words."""
    rows = resolve_source("imdb", None, None).test.iter_rows()
    return next(row.text for row in rows if len(row.text.split()) >= words)


def gates(trace):
    """Heat-maps of the gates and the cell state of an LSTM, alike units side by side."""
    layer = trace.layers[0]
    parts = {
        "input gate": layer.gates["input"],
        "forget gate": layer.gates["forget"],
        "output gate": layer.gates["output"],
        "cell state": layer.cell_state,
    }
    figure, panels = plt.subplots(4, 1, figsize=(8, 9), sharex=True, layout="constrained")
    for panel, (name, values) in zip(panels, parts.items(), strict=True):
        size = np.abs(layer.cell_state).max()
        scale = {"cmap": "viridis", "vmin": 0, "vmax": 1}
        if name == "cell state":
            scale = {"cmap": "PuOr", "vmin": -size, "vmax": size}
        image = panel.imshow(values[:, layer.unit_order].T, aspect="auto", **scale)
        panel.set(ylabel="unit", title=name)
        figure.colorbar(image, ax=panel, pad=0.01)
    steps = range(len(trace.labels))
    panels[-1].set_xticks(steps, trace.labels, rotation=60, ha="right")
    figure.savefig(IMAGES / "guide-gates.png", dpi=110)


def curves(name, panels, found, labels):
    """One line for each cell in each panel."""
    figure, axes = plt.subplots(1, len(panels), figsize=(4.5 * len(panels), 3.4), squeeze=False)
    figure.set_layout_engine("constrained")
    for axis, title, lines in zip(axes[0], panels, found, strict=True):
        for cell, (x, y) in lines.items():
            seen = np.where(y > LOWEST, y, np.nan)
            axis.plot(x, seen, color=COLOURS[cell], label=NAMES[cell])
        axis.set(title=title, xlabel=labels[0], ylabel=labels[1], yscale=labels[2])
        axis.legend()
    figure.savefig(IMAGES / name, dpi=110)


def attribution(trace):
    """Bars of three methods side by side."""
    chosen = [one for one in trace.attributions if one.method in METHODS]
    figure, panels = plt.subplots(len(chosen), 1, figsize=(8, 6.5), sharex=True)
    figure.set_layout_engine("constrained")
    for panel, one in zip(panels, chosen, strict=True):
        colours = np.where(one.scores > 0, "#b35806", "#542788")
        panel.bar(range(len(one.scores)), one.scores, color=colours)
        panel.axhline(0, color="black", linewidth=0.8)
        panel.set(title=f"{one.method.replace('_', ' ')}, faithfulness {one.faithfulness:.2f}")
    panels[1].set_ylabel(trace.explained)
    panels[-1].set_xticks(range(len(trace.labels)), trace.labels, rotation=60, ha="right")
    figure.savefig(IMAGES / "guide-attribution.png", dpi=110)


def tell(cell, short, review):
    """Print the figures of the tables."""
    print(f"{NAMES[cell]}: {short.answer[0]}, on the review {review.answer[0]}")
    norms = review.layers[0].gradient_norms
    print(f"  gradient: first step {norms[0]:.3g}, last {norms[-1]:.3g} of {len(norms)}")
    for flow in review.flows:
        half = "none" if flow.half_life is None else f"{flow.half_life:.1f}"
        print(f"  {flow.model}: half-life {half}, factor {flow.growth:.3f}")
    for gate, share in review.layers[0].saturation().items():
        mean = review.layers[0].gates[gate].mean()
        print(f"  {gate}: mean {mean:.2f}, {share['low']:.0%} shut, {share['high']:.0%} open")
    memory = review.memory
    print(f"  effective context {memory.effective_context:.0f} of {memory.length}")
    for one in short.attributions:
        error = "" if one.completeness_error is None else f", error {one.completeness_error:.2%}"
        print(f"  {one.method}: faithfulness {one.faithfulness:.2f}{error}")


def main():
    """Look with every model at the sentence and at a long review, and draw."""
    files = {cell: FOLDER / f"imdb-{cell}.recurra" for cell in NAMES}
    review = long_review()
    short = {cell: recurra.inspect(file, SENTENCE) for cell, file in files.items()}
    long = {cell: recurra.inspect(file, review) for cell, file in files.items()}
    for cell in NAMES:
        tell(cell, short[cell], long[cell])
    gates(short["lstm"])
    attribution(short["gru"])
    trained, fresh, total, memory = {}, {}, {}, {}
    for cell, trace in long.items():
        own, *others = trace.flows
        untrained = next(flow for flow in others if flow.cell == cell)
        trained[cell], fresh[cell] = (
            (np.arange(len(flow.norms)), flow.norms / flow.norms[0]) for flow in (own, untrained)
        )
        norms = trace.layers[0].gradient_norms
        total[cell] = (np.arange(len(norms)), norms / norms[-1])
        memory[cell] = (trace.memory.distances, trace.memory.change)
    names = ("steps back", "norm, the last step is 1", "log")
    curves("guide-flows.png", ("Fresh weights", "Trained"), (fresh, trained), names)
    names = ("word of the review", "norm, the last step is 1", "log")
    curves("guide-bptt.png", ("Total gradient at each step",), (total,), names)
    names = ("steps back", "change of the probabilities", "linear")
    curves("guide-memory.png", ("One word exchanged",), (memory,), names)


if __name__ == "__main__":
    main()
