"""Running a function of a model on whatever backend Keras has: compiled on JAX, eager elsewhere.

Op by op, JAX compiles every operation by itself for every new shape, which costs more than the
whole program compiled at once (measured: 2 s against 0.5 s for an LSTM classifier). What is run
once or a few times gains nothing from LLVM's costly passes either (0.5 s against 0.35 s).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras

__all__ = ["Program", "forward"]

_QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


class Program:
    """A function of tensors that calls a model, which it leaves as it was.

    On JAX it is compiled once for every combination of shapes, as long as the object lives.
    Stateful layers start from zeros, whatever was read before and however many rows there are.
    """

    def __init__(self, model: Any, function: Callable[..., Any]) -> None:
        """Take the model and the function.

        Args:
            model: A built `keras.Model`.
            function: Takes structures of tensors, calls the model (`forward`) and returns a
                structure of tensors.
        """
        self._variables = model.variables
        self._stateful = [la for la in model._flatten_layers() if getattr(la, "stateful", False)]
        self._function = function
        self._run = self._jitted() if keras.backend.backend() == "jax" else self._eager

    def __call__(self, *arrays: Any) -> Any:
        """Return what the function returns for these structures of arrays."""
        with _stateless(self._stateful):
            return self._run(*arrays)

    def _eager(self, *arrays: Any) -> Any:
        tensors = keras.tree.map_structure(_tensor, arrays)
        with keras.StatelessScope():
            return self._function(*tensors)

    def _jitted(self) -> Callable[..., Any]:
        import jax

        def pure(values: list[Any], *arrays: Any) -> Any:
            mapping = list(zip(self._variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return self._function(*arrays)

        compiled = jax.jit(pure, compiler_options=_QUICKLY if _on_cpu() else None)
        return lambda *arrays: compiled([v.value for v in self._variables], *arrays)


@contextlib.contextmanager
def _stateless(layers: list[Any]) -> Iterator[None]:
    """Let stateful layers be as others for the time of a `with` block."""
    try:
        for layer in layers:
            vars(layer)["stateful"] = False  # not by setattr, see `wrapped_calls`
        yield
    finally:
        for layer in layers:
            vars(layer)["stateful"] = True


def _tensor(value: Any) -> Any:
    return None if value is None else keras.ops.convert_to_tensor(value)


def _on_cpu() -> bool:
    import jax

    return bool(jax.default_backend() == "cpu")


def forward(model: Any, inputs: Any) -> Any:
    """Call a model as for a prediction."""
    return model(inputs, training=False)
