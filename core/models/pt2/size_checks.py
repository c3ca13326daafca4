"""Looks at sizes before each call of an operator that trusts them, in every way a program of a `.pt2` file is run."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import ModelError
from core.models.pt2.operators import TRUSTING, fits


def looked_at(graph: Any, name: str) -> Any:
    """The graph of the file `name` as something to call; as fast as itself where no operator trusts sizes."""
    import torch

    if not any(_trusts(node.target) for node in graph.graph.nodes):
        return graph

    class Looking(torch.fx.Interpreter):
        def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
            if _trusts(target):
                _look(target, args, kwargs, name)
            return super().call_function(target, args, kwargs)

    return Looking(graph).run


def look_inside(module: Any, name: str) -> Any:
    """The module of the file `name`, changed in place: its graphs, or layers, look too, for gradients and training."""
    import torch

    for part in module.modules():
        graph = getattr(part, "graph", None)
        trusting = [] if graph is None else [node for node in graph.nodes if _trusts(node.target)]
        for node in trusting:
            node.target = _looking(node.target, name)
        if trusting:
            part.recompile() if isinstance(part, torch.fx.GraphModule) else part.finalize()
    return module


def _looking(target: Any, name: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        _look(target, args, kwargs, name)
        return target(*args, **kwargs)

    # Explainers know an operator by its name.
    return functools.update_wrapper(call, target, assigned=("__name__",), updated=())


def _trusts(target: Any) -> bool:
    import torch

    return isinstance(target, torch._ops.OpOverload) and _operation(target) in TRUSTING


def _look(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any], name: str) -> None:
    operation = _operation(target)
    # A file may name what it gives instead of giving it in order.
    rest = target._schema.arguments[len(args) :]
    given = [*args, *(kwargs.get(argument.name, argument.default_value) for argument in rest)]
    if not fits(operation, given):
        raise ModelError(f'"{name}" is damaged or was changed: {operation} is given the wrong sizes.')


def _operation(target: Any) -> str:
    return str(target.overloadpacket.__name__)
