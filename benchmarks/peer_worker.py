"""One peer of `peers.py` in a process of its own: opens cases, takes steps, times itself.

    python benchmarks/peer_worker.py PEER

Reads one JSON command a line and answers with one JSON value a line.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np

import recurra
from recurra.study.bench_cases import BENCH_CASES, BenchSizes, draw_batches, draw_weights


class KerasPeer:
    """Keras on the backend that the environment names, accelerated or not."""

    def __init__(self, accelerate):
        self.accelerate = accelerate
        if accelerate:
            recurra.accelerate()

    def open(self, case, sizes):
        import keras

        from recurra.study.bench_networks import build_network

        keras.backend.clear_session()
        self.batches = draw_batches(case, sizes)
        self.network = build_network(case, sizes)
        records = recurra.explain_kernels(self.network)
        wrong = [r for r in records if r.fused != self.accelerate]
        if wrong or not records:
            raise RuntimeError(f"the path is another than {self.accelerate=}: {wrong}")
        path = "core" if self.accelerate else f"Keras's own ({records[0].reason})"
        return f"{keras.config.backend()}, {path}"

    def train(self, steps):
        from recurra.study.bench_networks import train_steps

        return train_steps(self.network, self.batches, steps)

    def step_seconds(self, steps):
        from recurra.study.bench_networks import step_seconds

        return step_seconds(self.network, self.batches, steps)

    def predict(self, turn):
        from recurra.study.bench_networks import predict_batch

        return predict_batch(self.network, self.batches, turn)

    def facts(self):
        from recurra.study._machine import machine_facts

        return machine_facts()


class TorchPeer:
    """A plain PyTorch training loop with torch.nn's own layers and default settings."""

    def open(self, case, sizes):
        import torch

        if case.dropout:
            raise NotImplementedError("torch.nn has no recurrent dropout")
        torch.manual_seed(0)
        batches = draw_batches(case, sizes)
        self.ids = torch.tensor(batches.ids.astype(np.int64))
        self.targets = torch.tensor(batches.targets)
        self.network = torch_network(case, sizes)
        self.optimizer = torch.optim.Adam(self.network.parameters())
        self.loss = torch.nn.MSELoss()
        return f"torch.nn.{type(self.network.recurrent).__name__}"

    def train(self, steps):
        losses = []
        self.network.train()
        for turn in range(steps):
            ids, targets = (array[turn % len(array)] for array in (self.ids, self.targets))
            self.optimizer.zero_grad()
            loss = self.loss(self.network(ids), targets)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def step_seconds(self, steps):
        started = time.perf_counter()
        self.train(steps)
        return (time.perf_counter() - started) / steps

    def predict(self, turn):
        import torch

        self.network.eval()
        with torch.inference_mode():
            return self.network(self.ids[turn % len(self.ids)]).numpy()

    def facts(self):
        import torch

        return {"versions": {"torch": torch.__version__}, "threads": torch.get_num_threads()}


def torch_network(case, sizes):
    """Build the case's network with the same weights; torch adds a second bias of zeros."""
    import torch

    units, directions = case.units_at(sizes), 2 if case.stacked else 1
    make = getattr(torch.nn, {"SimpleRNN": "RNN"}.get(case.layer, case.layer))
    drawn = [torch.tensor(array) for array in draw_weights(case, sizes)]

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(sizes.words, sizes.features)
            self.recurrent = make(
                sizes.features,
                units,
                num_layers=directions,
                bidirectional=case.stacked,
                batch_first=True,
            )
            self.dense = torch.nn.Linear(directions * units, 1)

        def forward(self, ids):
            x = self.embedding(ids)
            if case.padded:
                lengths = (ids != 0).sum(dim=1)
                x = torch.nn.utils.rnn.pack_padded_sequence(
                    x, lengths, batch_first=True, enforce_sorted=False
                )
            _, states = self.recurrent(x)
            h = states[0] if isinstance(states, tuple) else states
            return self.dense(torch.cat(tuple(h[-directions:]), dim=1))

    network = Network()
    with torch.no_grad():
        network.embedding.weight.copy_(drawn.pop(0))
        network.dense.bias.copy_(drawn.pop())
        network.dense.weight.copy_(drawn.pop().T)
        for start in range(0, len(drawn), 3):
            layer, direction = divmod(start // 3, directions)
            ending = f"l{layer}{'_reverse' * direction}"
            copy_cell(network.recurrent, ending, drawn[start : start + 3], units)
    return network


def copy_cell(layer, ending, arrays, units):
    """Copy kernel, recurrent kernel and bias of Keras; its gates z, r, h are torch's r, z, n."""
    import torch

    def rows(array):
        blocks = array.split(units, dim=-1)
        order = [1, 0, 2] if len(blocks) == 3 else range(len(blocks))
        return torch.cat([blocks[i] for i in order], dim=-1).T

    kernel, recurrent, bias = arrays
    biases = list(bias) if bias.ndim == 2 else [bias, torch.zeros_like(bias)]
    for name, array in zip(
        ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), (kernel, recurrent, *biases), strict=True
    ):
        getattr(layer, f"{name}_{ending}").copy_(rows(array))


def answer(peer, command):
    """Carry out one command."""
    if command["do"] == "facts":
        return peer.facts()
    if command["do"] == "open":
        sizes = BenchSizes(**command["sizes"])
        path = peer.open(BENCH_CASES[command["case"]], sizes)
        outputs = peer.predict(0).ravel().tolist()  # before the weights change
        return {"path": path, "outputs": outputs, "loss": peer.train(1)}
    steps = command["steps"]
    if command["do"] == "train":
        return {"seconds": peer.step_seconds(steps)}
    started = time.perf_counter()
    for turn in range(steps):
        peer.predict(turn)
    return {"seconds": (time.perf_counter() - started) / steps}


def main():
    # Libraries write to standard output as they please: the answers get it for themselves.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    name = sys.argv[1]
    peer = TorchPeer() if name == "torch.nn" else KerasPeer(name.startswith("recurra"))
    for line in sys.stdin:
        try:
            reply = answer(peer, json.loads(line))
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
