"""Checkpoints: one safetensors file after every epoch, replaced atomically.

It holds every variable of the model (the states of its random generators too) and of the
optimizer, the best weights so far, and the loop's state, so that a resumed run ends with the
same bits as one that was never interrupted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import CheckpointError, OutputError
from recurra.tasks._training_state import TrainingState

__all__ = ["Checkpoint"]

_FORMAT = 1


class Checkpoint:
    """The state of one training run on disk."""

    def __init__(
        self, directory: str | Path, fingerprint: Mapping[str, Any], *, resume: bool
    ) -> None:
        """Describe where the checkpoint is and which run it belongs to.

        Args:
            directory: Folder of the checkpoint; made when the first epoch ends.
            fingerprint: What must agree for a run to go on: data, architecture, options, seed.
            resume: Go on from what the folder holds; otherwise it is written over.
        """
        self.directory = Path(directory)
        self._fingerprint: dict[str, Any] = json.loads(json.dumps(dict(fingerprint)))
        self._resume = resume

    @property
    def path(self) -> Path:
        """The checkpoint file."""
        return self.directory / "state.safetensors"

    def load(self, model: keras.Model) -> tuple[TrainingState, dict[str, NDArray[Any]]] | None:
        """Put the saved values into the model and its optimizer.

        Returns:
            The loop's state and the best weights, or `None` when there is nothing to resume.

        Raises:
            CheckpointError: If the file is broken or belongs to another run.
        """
        if not self._resume or not self.path.is_file():
            return None
        arrays, fingerprint, state = self._read()
        self._check_same_run(fingerprint)
        _assign(self.path, "model", model.variables, arrays)
        _assign(self.path, "optimizer", model.optimizer.variables, arrays)
        best = {
            name.removeprefix("best/"): array
            for name, array in arrays.items()
            if name.startswith("best/")
        }
        return state, best

    def save(
        self, model: keras.Model, state: TrainingState, best: Mapping[str, NDArray[Any]]
    ) -> None:
        """Write the run's state, replacing the last one.

        Raises:
            OutputError: If it cannot be written.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        arrays = {f"best/{name}": np.asarray(array, order="C") for name, array in best.items()}
        arrays |= _numbered("model", model.variables)
        arrays |= _numbered("optimizer", model.optimizer.variables)
        facts = {"format": _FORMAT, "fingerprint": self._fingerprint, "state": asdict(state)}
        temporary = self.path.with_suffix(".tmp")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            save_file(arrays, temporary, metadata={"recurra": json.dumps(facts)})
            _flush_to_disk(temporary)
            temporary.replace(self.path)
        except (OSError, SafetensorError) as error:
            raise OutputError(f"cannot write the checkpoint {self.path}: {error}") from error
        finally:
            if self.directory.is_dir():
                temporary.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the checkpoint; the run is over and its result is saved."""
        for name in (self.path, self.path.with_suffix(".tmp")):
            name.unlink(missing_ok=True)
        if self.directory.is_dir() and not any(self.directory.iterdir()):
            self.directory.rmdir()

    def _read(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any], TrainingState]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, framework="np") as file:
                facts = json.loads((file.metadata() or {})["recurra"])
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            known = facts["format"] == _FORMAT
            fingerprint, state = dict(facts["fingerprint"]), TrainingState(**facts["state"])
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(
                f"the checkpoint {self.path} cannot be read ({error}); start again without --resume"
            ) from error
        if not known:
            raise CheckpointError(f"the checkpoint {self.path} has an unknown format")
        return arrays, fingerprint, state

    def _check_same_run(self, saved: Mapping[str, Any]) -> None:
        names = sorted({*saved, *self._fingerprint})
        odd = [name for name in names if saved.get(name) != self._fingerprint.get(name)]
        if odd:
            first = odd[0]
            raise CheckpointError(
                f"the checkpoint {self.path} belongs to another run: {', '.join(odd)} differ "
                f"({first} was {saved.get(first)!r}, is {self._fingerprint.get(first)!r}); give "
                "the same data and options, or start again without --resume"
            )


def _numbered(prefix: str, variables: list[Any]) -> dict[str, NDArray[Any]]:
    return {
        f"{prefix}/{index}": np.array(keras.ops.convert_to_numpy(variable.value), order="C")
        for index, variable in enumerate(variables)
    }


def _assign(
    path: Path, prefix: str, variables: list[Any], arrays: Mapping[str, NDArray[Any]]
) -> None:
    for index, variable in enumerate(variables):
        array = arrays.get(f"{prefix}/{index}")
        if array is None or array.shape != tuple(variable.shape):
            raise CheckpointError(f"the checkpoint {path} does not fit the model; start again")
        variable.assign(array)


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
