"""A device that adds and multiplies matrices and can do nothing else, made by torch's own way to bring a device.

`wobbly` passes the first small computation, and then fails each model as an unfit GPU does: in the middle of its work.
Once in a process for good, so it is for processes of their own.
"""

from typing import Any

import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "wobbly"


def bring() -> None:
    """Let torch know the device."""
    _setup_privateuseone_for_python_backend(NAME)
    for name, operation in _OPERATIONS.items():
        torch.library.impl(name, "PrivateUse1")(operation)


def _made(values: torch.Tensor) -> Any:
    tensor: Any = torch._C._acc.create_empty_tensor(tuple(values.shape), values.dtype)
    tensor.held = values
    return tensor


def _empty(size: Any, dtype: Any = None, **settings: Any) -> Any:
    return _made(torch.empty(size, dtype=dtype or torch.get_default_dtype()))


def _strided(size: Any, stride: Any, dtype: Any = None, **settings: Any) -> Any:
    return _made(torch.empty_strided(size, stride, dtype=dtype))


def _fill(tensor: Any, value: float) -> Any:
    tensor.held.fill_(value)
    return tensor


def _copy(source: Any, target: Any, non_blocking: bool = False) -> Any:
    _values(target).copy_(_values(source))
    return target


def _values(tensor: Any) -> torch.Tensor:
    if tensor.device.type == "cpu":
        return tensor
    if not hasattr(tensor, "held"):
        raise NotImplementedError(f"{NAME} holds no parameters")
    return tensor.held


_OPERATIONS = {
    "aten::empty.memory_format": _empty,
    "aten::empty_strided": _strided,
    "aten::fill_.Scalar": _fill,
    "aten::mm": lambda one, other: _made(one.held @ other.held),
    "aten::_copy_from": _copy,
}
