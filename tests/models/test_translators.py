"""What holds for every translator."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from translation_networks import (
    EVERYDAY,
    TARGETS,
    every_translator,
    logits,
    random_pairs,
    random_translator,
    translator_specification,
)

from recurra.layers import accelerated, explain_kernels
from recurra.models import build_translator, named_weights

TOLERANCE = {"rtol": 0, "atol": 2e-6}


def padded(pairs, source=2, target=3):
    wider = {"source": source, "target": target}
    return {key: np.pad(rows, ((0, 0), (0, wider[key]))) for key, rows in pairs.items()}


@every_translator
def test_every_recurrent_layer_runs_on_the_core(name):
    with accelerated():
        kernels = explain_kernels(random_translator(name))
    spec = translator_specification(name)
    assert len(kernels) == spec.encoder_layers * (1 + spec.bidirectional) + spec.decoder_layers
    assert all(kernel.fused for kernel in kernels), kernels


@every_translator
def test_padding_on_either_side_changes_nothing(name):
    pairs = random_pairs()
    expected = logits(random_translator(name), pairs)
    found = logits(random_translator(name), padded(pairs))
    assert expected.shape == (*pairs["target"].shape, TARGETS)
    np.testing.assert_allclose(found[:, : expected.shape[1]], expected, **TOLERANCE)
    assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize("name", EVERYDAY)
def test_permuting_the_batch_permutes_the_logits(name):
    pairs, order = random_pairs(), np.array([3, 0, 4, 1, 2])
    found = logits(random_translator(name), pairs)
    permuted = logits(random_translator(name), {k: v[order] for k, v in pairs.items()})
    np.testing.assert_allclose(permuted, found[order], **TOLERANCE)


@pytest.mark.parametrize("name", EVERYDAY)
def test_a_step_depends_on_the_target_up_to_it_and_on_the_whole_source(name):
    pairs = random_pairs()
    found = logits(random_translator(name), pairs)[3]
    changed = {k: v.copy() for k, v in pairs.items()}
    changed["target"][3, 4] = changed["target"][3, 4] % (TARGETS - 1) + 1
    moved = np.abs(logits(random_translator(name), changed)[3] - found).max(axis=-1)
    assert moved[:4].max() < 1e-6
    assert moved[4] > 1e-4
    for place in range(5):
        changed = {k: v.copy() for k, v in pairs.items()}
        changed["source"][3, place] = changed["source"][3, place] % (TARGETS - 1) + 1
        other = logits(random_translator(name), changed)[3]
        assert np.abs(other - found).max() > 1e-5, place


@pytest.mark.parametrize(
    "name",
    ["bilstm-additive-2-2", "gru-none-1-2", "bigru-dot-1-1", "bigru-dropout", "rnn-dot-2-1"],
)
def test_every_weight_learns(name):
    import jax

    model, pairs = random_translator(name), random_pairs()
    variables = model.trainable_variables

    def loss(trainable):
        out, _ = model.stateless_call(trainable, fixed, pairs)
        return (out**2).sum()

    fixed = [v.value for v in model.non_trainable_variables]
    with accelerated():
        gradients = jax.jit(jax.grad(loss))([v.value for v in variables])
    names = {id(variable): key for key, variable in _variables(model)}
    still = [names[id(v)] for v, g in zip(variables, gradients, strict=True) if not np.any(g)]
    assert not still
    assert all(np.isfinite(np.asarray(g)).all() for g in gradients)


def _variables(model):
    from recurra.models._weights import named_variables

    return named_variables(model)


READ = """
import json, sys
import numpy as np
import keras
folder = sys.argv[1]
pairs = dict(np.load(f"{folder}/pairs.npz"))
for name in json.load(open(f"{folder}/names.json")):
    model = keras.models.load_model(f"{folder}/{name}.keras", compile=False, safe_mode=True)
    np.save(f"{folder}/{name}.npy", np.asarray(model.predict_on_batch(pairs)))
assert not [m for m in sys.modules if m.split(".")[0] == "recurra"]
"""


def test_saved_files_open_without_recurra(tmp_path, run_python):
    """There Keras's own loops compute them, so this also compares the core with those."""
    names = ["bilstm-additive-2-2", "bigru-dropout"]
    for name in names:
        random_translator(name).save(tmp_path / f"{name}.keras")
    np.savez(tmp_path / "pairs.npz", **random_pairs())
    (tmp_path / "names.json").write_text(json.dumps(names))
    run_python(READ, tmp_path, env={"PYTHONPATH": "", "KERAS_BACKEND": "jax"})
    for name in names:
        expected = logits(random_translator(name), random_pairs())
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), expected, **TOLERANCE)


def test_translators_are_plain_keras_models():
    model = random_translator("bilstm-additive-2-2")
    assert model.name == "bilstm_additive_translator"
    assert list(model.input) == ["source", "target"]
    for name in EVERYDAY:
        kinds = {type(layer).__module__ for layer in random_translator(name).layers}
        assert all(kind.startswith("keras.") for kind in kinds)


def test_logits_carry_no_implicit_mask():
    """Keras would average losses over it, on top of the weights that say which tokens count."""
    for name in ("bilstm-additive-2-2", "bigru-dot-1-1", "lstm-dot-1-2"):
        assert all(
            getattr(out, "_keras_mask", None) is None for out in random_translator(name).outputs
        )


def test_a_seed_fixes_the_weights():
    spec = translator_specification("bigru-dropout")
    first, same, other = (named_weights(build_translator(spec, seed)) for seed in (1, 1, 2))
    for key, array in first.items():
        np.testing.assert_array_equal(array, same[key])
        if not key.endswith("bias"):
            assert (array != other[key]).any(), key


def test_both_directions_start_from_weights_of_their_own():
    weights = named_weights(build_translator(translator_specification("bigru-dropout"), 3))
    for part in ("kernel", "recurrent_kernel"):
        assert (weights[f"encoder_0/forward/{part}"] != weights[f"encoder_0/backward/{part}"]).any()


def test_tied_weights_are_one_matrix():
    tied = named_weights(random_translator("bigru-dropout"))
    apart = named_weights(random_translator("gru-additive-2-1"))
    assert "logits/kernel" in apart
    assert not [name for name in tied if name.startswith("logits")]
    assert tied["readout/kernel"].shape[1] == tied["target_embedding/embeddings"].shape[1]


@pytest.mark.parametrize("name", ["bigru-additive-1-1", "lstm-dot-1-2"])
def test_training_lowers_the_loss(name):
    model = build_translator(translator_specification(name), 5)
    before, pairs = named_weights(model), random_pairs()
    answers = np.roll(pairs["target"], -1, axis=1)
    with accelerated():
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.03), loss)
        losses = model.fit(pairs, answers, epochs=60, batch_size=5, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.8 * losses[0]
    after = named_weights(model)
    assert not [key for key in after if (after[key] == before[key]).all()]


def test_dropout_works_in_training_alone():
    model, pairs = random_translator("bigru-dropout"), random_pairs()
    with accelerated():
        trained = np.asarray(model(pairs, training=True))
    found = [logits(model, pairs) for _ in range(2)]
    assert np.abs(trained - found[0]).max() > 0.1
    np.testing.assert_array_equal(*found)
