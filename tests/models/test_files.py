"""Saved files open in a program that has Keras and nothing of ours."""

from __future__ import annotations

import json
import warnings

import numpy as np
from networks import model_inputs, padded, probabilities, random_classifier, random_rows

READ = """
import json, sys
import numpy as np
import keras
folder = sys.argv[1]
names = json.load(open(f"{folder}/names.json"))
for name in names:
    inputs = np.load(f"{folder}/{name}.npz")
    inputs = [inputs[k] for k in sorted(inputs)]
    for ending in ("keras", "h5"):
        model = keras.models.load_model(f"{folder}/{name}.{ending}", compile=False)
        out = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
        np.save(f"{folder}/{name}.{ending}.npy", np.asarray(out))
assert not [m for m in sys.modules if m.split(".")[0] == "recurra"]
"""


def test_keras_and_h5_files_open_without_recurra(tmp_path, run_python):
    names = ["dense-deep", "bilstm-wide", "bigru-stack-attention", "rnn-last"]
    ids = padded(random_rows(np.random.default_rng(2), [7, 3, 1, 5]), 7)
    for name in names:
        model, inputs = random_classifier(name), model_inputs(name, ids)
        model.save(tmp_path / f"{name}.keras")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save(tmp_path / f"{name}.h5")
        arrays = inputs if isinstance(inputs, list) else [inputs]
        np.savez(tmp_path / f"{name}.npz", **{str(k): a for k, a in enumerate(arrays)})
    (tmp_path / "names.json").write_text(json.dumps(names))
    run_python(READ, tmp_path, env={"PYTHONPATH": "", "KERAS_BACKEND": "jax"})
    for name in names:
        expected = probabilities(random_classifier(name), model_inputs(name, ids))
        for ending in ("keras", "h5"):
            np.testing.assert_allclose(
                np.load(tmp_path / f"{name}.{ending}.npy"), expected, rtol=0, atol=1e-6
            )
