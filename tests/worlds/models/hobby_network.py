"""A model of one layer, for tests that have to know what it looks at: merit, a hobby and noise."""

import tempfile
import warnings
from functools import cache
from pathlib import Path

import torch

from core.models.export import save_pt2


@cache
def network(merit: float, hobby: float, noise: float = 0.0) -> bytes:
    """A `.pt2` file of a model that weighs its columns so; the hobby, 0 or 1, from its middle."""
    layer = torch.nn.Linear(3, 1)
    layer.weight.data, layer.bias.data = torch.tensor([[merit, hobby, noise]]), torch.tensor([-hobby / 2])
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(torch.nn.Sequential(layer, torch.nn.Sigmoid()), 3, Path(folder) / "net.pt2")
        return (Path(folder) / "net.pt2").read_bytes()
