"""Fine-tuning of `.pt2` programs, saved as they were exported with other weights in them."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.mitigate.training.fine_tuning import Tunable, Tuned
from core.models.model import Features
from core.models.pt2.sanitiser import sanitise
from core.models.recipe import FILE_NAME

if TYPE_CHECKING:
    from torch import Tensor

# Rows of many numbers, such as images, go in fewer at a time: what layers make of them is many times as large.
MOST_NUMBERS = 1 << 22


class TunableProgram(Tunable):
    """A `.pt2` file opened for training. Raises ModelError where it has nothing to train."""

    def _prepare(self) -> None:
        """Read what the program's inputs take."""
        self._program = _program(self._path, self._name)
        self._slots = _slots(self._program)

    def save(self, tuned: Tuned, path: Path) -> None:
        """Write the program with these weights, and the recipe that it came with, as a `.pt2` file."""
        import torch

        program = copy.copy(self._program)
        state = dict(program.state_dict)
        for name, value in tuned.weights.items():
            trained = value.detach().to("cpu", copy=True)
            state[name] = torch.nn.Parameter(trained) if isinstance(state[name], torch.nn.Parameter) else trained
        program._state_dict = state
        recipe = self.model.recipe
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.export.save(program, path, extra_files={} if recipe is None else {FILE_NAME: recipe.to_json()})

    @property
    def _fitting(self) -> int:
        """How many rows go in at a time by the numbers that each has."""
        numbers = sum(math.prod(shape[1:]) for _, shape in self._slots)
        return max(1, MOST_NUMBERS // max(1, numbers))

    def _inputs(self, features: Features) -> list[Tensor]:
        """What the module takes for all rows, on the device."""
        import torch

        arrays = list(features.values()) if isinstance(features, Mapping) else [features]
        return [
            torch.from_numpy(np.ascontiguousarray(array)).to(self._device, dtype).reshape(shape)
            for array, (dtype, shape) in zip(arrays, self._slots, strict=True)
        ]


def _program(path: Path, name: str) -> Any:
    """The exported program, on the CPU, from a clean copy of the file."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.load(sanitise(path, name).archive)


def _slots(program: Any) -> list[tuple[Any, tuple[int, ...]]]:
    """Type and shape, for any number of rows, of each input of the program."""
    from torch.export.graph_signature import InputKind

    wanted = {s.arg.name for s in program.graph_signature.input_specs if s.kind is InputKind.USER_INPUT}
    values = [node.meta["val"] for node in program.graph.nodes if node.op == "placeholder" and node.name in wanted]
    return [(value.dtype, (-1, *value.shape[1:])) for value in values]
