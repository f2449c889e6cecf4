"""What the cells share: checks, activations, and products whose inputs are dropped out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recurra.errors import ShapeError
from recurra.kernels._schedule import Array, IntArray, Rows, Schedule

__all__ = [
    "DropoutProduct",
    "bias_sum",
    "check_array",
    "check_dropout",
    "check_sequence",
    "check_weights",
    "enter_mask",
    "half_steps",
    "squash",
    "start",
]


def check_array(name: str, array: npt.NDArray[Any], shape: tuple[int, ...], like: Array) -> Array:
    """Return `array` if it has `shape` and the dtype of `like`.

    Args:
        name: What the caller calls the array.
        array: What came.
        shape: Expected shape.
        like: An array of the expected dtype.

    Returns:
        The array itself.

    Raises:
        ShapeError: If shape or dtype differ.
    """
    if array.shape != shape:
        raise ShapeError(f"{name} has shape {array.shape}, expected {shape}")
    if array.dtype != like.dtype:
        raise ShapeError(
            f"{name} is {array.dtype}, x is {like.dtype}; convert one with astype, "
            "the result has the dtype of x"
        )
    return array


def check_sequence(x: npt.NDArray[Any], axes: int = 3) -> Array:
    """Return `x` if it is floating point and `(batch, time, features)` or `(batch, features)`.

    Raises:
        ShapeError: If it is not.
    """
    names = ("batch", "time", "features") if axes == 3 else ("batch", "features")
    if x.ndim != axes:
        raise ShapeError(f"x has shape {x.shape}, expected ({', '.join(names)})")
    if not np.issubdtype(x.dtype, np.floating):
        raise ShapeError(f"x is {x.dtype}, expected a floating-point dtype; use astype")
    return x


def check_weights(
    x: Array, kernel: Array, recurrent_kernel: Array, bias: Array | None, gates: int
) -> int:
    """Check the shapes and dtypes of a cell's weights against its input.

    Args:
        x: Input, last axis `features`.
        kernel: Input weights, expected `(features, gates * units)`.
        recurrent_kernel: State weights, expected `(units, gates * units)`.
        bias: Bias, expected `(gates * units,)` or None.
        gates: Blocks of columns of the cell.

    Returns:
        `units`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    units = recurrent_kernel.shape[0] if recurrent_kernel.ndim == 2 else 0
    if units < 1 or recurrent_kernel.shape[1] != gates * units:
        columns = "units" if gates == 1 else f"{gates} * units"
        raise ShapeError(
            f"recurrent_kernel has shape {recurrent_kernel.shape}, expected (units, {columns})"
        )
    check_array("recurrent_kernel", recurrent_kernel, recurrent_kernel.shape, x)
    check_array("kernel", kernel, (x.shape[-1], gates * units), x)
    if bias is not None:
        check_array("bias", bias, (gates * units,), x)
    return units


def start(name: str, state: Array | None, units: int, x: Array, schedule: Schedule) -> Array:
    """Return a fresh copy of an initial state, zeros for None, in the schedule's order."""
    if state is None:
        return np.zeros((schedule.batch, units), x.dtype)
    return schedule.enter(check_array(name, state, (schedule.batch, units), x))


def half_steps(units: int, sigmoids: tuple[bool, ...], dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return the scale and offset with which one tanh serves sigmoid and tanh gates alike."""
    columns = np.repeat(np.asarray(sigmoids), units)
    return np.where(columns, 0.5, 1.0).astype(dtype), np.where(columns, 0.5, 0.0).astype(dtype)


def squash(z: Array, scale: Array | float = 0.5, offset: Array | float = 0.5) -> None:
    """Apply the gates' activations in place; sigmoid unless told otherwise.

    `sigmoid(z) = tanh(z / 2) / 2 + 1 / 2` cannot overflow and needs no branch on the sign.
    """
    np.multiply(z, scale, out=z)
    np.tanh(z, out=z)
    np.multiply(z, scale, out=z)
    np.add(z, offset, out=z)


def bias_sum(dz: Array) -> Array:
    """Return the gradient of a bias that was added to every row of `dz`, shape `(columns,)`."""
    total: Array = dz.sum(axis=0, dtype=dz.dtype)
    return total


class DropoutProduct:
    """`x @ kernel`, where `x` may be multiplied by a dropout mask that differs by gate.

    Keras draws one mask for all gates (`SimpleRNN`, and input dropout without recurrent dropout)
    or one for each gate; a mask holds for every step of a row.
    """

    def __init__(self, kernel: Array, mask: Array | None, gates: int) -> None:
        """Prepare a product.

        Args:
            kernel: Weights, shape `(inputs, gates * units)`.
            mask: None, `(batch, inputs)` or `(gates, batch, inputs)`, in the rows' own order.
            gates: Blocks of columns.
        """
        self.kernel = kernel
        self.mask = mask
        units = kernel.shape[1] // gates
        self.blocks = [slice(g * units, (g + 1) * units) for g in range(gates)]

    def __call__(self, x: Array, rows: Rows) -> Array:
        """Return the product, shape `(n, gates * units)`, for `x` of shape `(n, inputs)`."""
        if self.mask is None:
            plain: Array = np.matmul(x, self.kernel)
            return plain
        if self.mask.ndim == 2:
            shared: Array = np.matmul(x * self.mask[rows], self.kernel)
            return shared
        out = np.empty((x.shape[0], self.kernel.shape[1]), x.dtype)
        for mask, block in zip(self.mask, self.blocks, strict=True):
            out[:, block] = np.matmul(x * mask[rows], self.kernel[:, block])
        return out

    def input_gradient(self, dz: Array, rows: Rows) -> Array:
        """Return the gradient of `x`, shape `(n, inputs)`, for `dz` of the product's shape."""
        if self.mask is None:
            plain: Array = np.matmul(dz, self.kernel.T)
            return plain
        if self.mask.ndim == 2:
            shared: Array = np.matmul(dz, self.kernel.T) * self.mask[rows]
            return shared
        dx = np.zeros((dz.shape[0], self.kernel.shape[0]), dz.dtype)
        for mask, block in zip(self.mask, self.blocks, strict=True):
            dx += np.matmul(dz[:, block], self.kernel[:, block].T) * mask[rows]
        return dx

    def kernel_gradient(self, x: Array, dz: Array, rows: IntArray) -> Array:
        """Return the gradient of the kernel for all packed rows at once."""
        if self.mask is None:
            plain: Array = np.matmul(x.T, dz)
            return plain
        if self.mask.ndim == 2:
            shared: Array = np.matmul((x * self.mask[rows]).T, dz)
            return shared
        dkernel = np.empty_like(self.kernel)
        for mask, block in zip(self.mask, self.blocks, strict=True):
            dkernel[:, block] = np.matmul((x * mask[rows]).T, dz[:, block])
        return dkernel


def enter_mask(
    name: str, mask: Array | None, shape: tuple[int, int], x: Array, schedule: Schedule
) -> Array | None:
    """Check a dropout mask and bring it into the schedule's order of rows.

    Args:
        name: What the caller calls the mask.
        mask: None, `(batch, inputs)` or `(gates, batch, inputs)`.
        shape: `(gates, inputs)`.
        x: An array of the expected dtype.
        schedule: The order of computation.

    Returns:
        The mask, or None.

    Raises:
        ShapeError: If shape or dtype differ.
    """
    gates, inputs = shape
    checked = check_dropout(name, mask, (gates, schedule.batch, inputs), x)
    return None if checked is None else schedule.enter(checked)


def check_dropout(
    name: str, mask: Array | None, shape: tuple[int, int, int], x: Array
) -> Array | None:
    """Return a dropout mask if its shape is `(gates, batch, inputs)` or that without the gates.

    Raises:
        ShapeError: If shape or dtype differ.
    """
    if mask is None:
        return None
    return check_array(name, mask, shape[1:] if mask.ndim == 2 else shape, x)
