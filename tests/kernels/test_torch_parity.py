"""The float64 reference computes what torch's own cells compute, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest
from cells import backward, forward, last_states, problem

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

CELLS = ("lstm", "gru", "tanh", "relu")
SIZES = [(3, 5, 4, 3), (1, 1, 1, 1), (2, 60, 7, 9), (5, 3, 2, 17)]
# Norm of the difference over the norm of the result; both sides round in float64. The largest seen
# is 1e-15, and a gate in the wrong place gives 0.1 and more.
LIMIT = 1e-12


def to_torch(weights, cell, units):
    """Return weights and biases as torch names them: rows of gates, two biases, GRU as r, z, n."""
    order = [1, 0, 2] if cell == "gru" else range(weights.recurrent_kernel.shape[1] // units)

    def rows(array):
        blocks = np.split(array, array.shape[-1] // units, axis=-1)
        return torch.tensor(np.concatenate([blocks[i] for i in order], axis=-1).T)

    bias = weights.bias
    if bias is None:
        biases = {}
    elif cell == "gru":
        biases = {"bias_ih_l0": rows(bias[0]), "bias_hh_l0": rows(bias[1])}
    else:
        biases = {"bias_ih_l0": rows(bias), "bias_hh_l0": torch.zeros(bias.shape[-1]).double()}
    kernels = {"weight_ih_l0": weights.kernel, "weight_hh_l0": weights.recurrent_kernel}
    return {name: rows(array) for name, array in kernels.items()} | biases


def torch_layer(p):
    features, units = p.x.shape[2], p.units
    options = {"batch_first": True, "bias": p.weights.bias is not None, "dtype": torch.float64}
    if p.cell == "lstm":
        layer = torch.nn.LSTM(features, units, **options)
    elif p.cell == "gru":
        layer = torch.nn.GRU(features, units, **options)
    else:
        layer = torch.nn.RNN(features, units, nonlinearity=p.cell, **options)
    layer.load_state_dict(to_torch(p.weights, p.cell, units))
    return layer


def compare(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, tensor in theirs.items():
        expected = tensor.detach().numpy()
        assert ours[name].shape == expected.shape
        error = np.linalg.norm(ours[name] - expected)
        assert error <= LIMIT * np.linalg.norm(expected), (name, error)


def check(p, lengths=None):
    steps = np.arange(p.x.shape[1])[:, None]
    valid = steps < np.reshape(p.x.shape[1] if lengths is None else lengths, (-1, 1, 1))
    r = np.random.default_rng(5)
    out = forward(p, keep_cache=True, lengths=lengths)
    # At padding torch's outputs are zeros and have no gradient.
    d_sequence = r.normal(size=out.sequence.shape) * valid
    d_states = [r.normal(size=s.shape) for s in p.states]
    ours = backward(p, out.cache, d_sequence, d_states)

    layer = torch_layer(p)
    x = torch.tensor(p.x, requires_grad=True)
    states = [torch.tensor(s[None], requires_grad=True) for s in p.states]
    sequence, ends = run_torch(layer, x, states, lengths)
    total = (sequence * torch.tensor(d_sequence)).sum()
    for end, gradient in zip(ends, d_states, strict=True):
        total = total + (end[0] * torch.tensor(gradient)).sum()
    total.backward()

    lasts = dict(zip("hc", last_states(p, out), strict=False))
    theirs = dict(zip("hc", (end[0] for end in ends), strict=False))
    compare({"sequence": out.sequence * valid, **lasts}, {"sequence": sequence, **theirs})
    inputs = {"x": ours.x, "h0": ours.h0} | ({"c0": ours.c0} if p.cell == "lstm" else {})
    theirs = dict(zip(("h0", "c0"), (s.grad[0] for s in states), strict=False))
    compare(inputs, {"x": x.grad, **theirs})
    compare_weights(p, ours.weights, layer)


def compare_weights(p, gradients, layer):
    ours = {n: t.numpy() for n, t in to_torch(gradients, p.cell, p.units).items()}
    if p.cell != "gru" and "bias_hh_l0" in ours:
        ours["bias_hh_l0"] = ours["bias_ih_l0"]  # torch adds two biases where Keras has one
    compare(ours, {name: parameter.grad for name, parameter in layer.named_parameters()})


def run_torch(layer, x, states, lengths):
    initial = tuple(states) if len(states) > 1 else states[0]
    given = x
    if lengths is not None:
        given = torch.nn.utils.rnn.pack_padded_sequence(
            x, torch.tensor(lengths), batch_first=True, enforce_sorted=False
        )
    sequence, ends = layer(given, initial)
    if lengths is not None:
        sequence, _ = torch.nn.utils.rnn.pad_packed_sequence(
            sequence, batch_first=True, total_length=x.shape[1]
        )
    return sequence, ends if isinstance(ends, tuple) else (ends,)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_outputs_and_gradients_equal_torch(cell, size, bias):
    check(problem(cell, *size, bias=bias))


@pytest.mark.parametrize("cell", CELLS)
def test_lengths_equal_packed_sequences(cell):
    check(problem(cell, 4, 6, 3, 5), lengths=[6, 1, 4, 3])
