"""A `.pt2` program as something that trains: its graph as it is, with weights of its own.

The layers of the unflattened module are run node by node by an interpreter, each with its own checks of what comes in:
for a small network that takes ten times as long as the computing. The graph computes the same, operator by operator.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from core.models.pt2.size_checks import look_inside


class LearningProgram:
    """Takes what the program takes, and gives what it gives; its weights are copies, which may change."""

    def __init__(self, program: Any, name: str) -> None:
        """Of the program in the file `name`, on the program's own device."""
        import torch
        from torch.export.graph_signature import InputKind

        held = {**program.state_dict, **program.constants}
        self._weights: dict[str, Any] = {}
        self._taken: list[Any] = []
        for spec in program.graph_signature.input_specs:
            if spec.kind is InputKind.USER_INPUT:
                continue
            value = held[spec.target]
            if spec.kind is InputKind.PARAMETER:
                value = torch.nn.Parameter(value.detach().clone(), requires_grad=value.is_floating_point())
                self._weights[spec.target] = value
            self._taken.append(value)
        graph = torch.fx.GraphModule(program.graph_module, copy.deepcopy(program.graph_module.graph))
        self._forward = look_inside(graph, name).forward

    def __call__(self, *inputs: Any) -> Any:
        """What the program gives, in a list."""
        return self._forward(*self._taken, *inputs)

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """The weights by the names that the file has for them."""
        yield from self._weights.items()
