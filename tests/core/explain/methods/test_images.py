"""Methods on images: a network from its file gives captum's values on the network itself, or is refused."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, GuidedBackprop, IntegratedGradients, LayerGradCam, Occlusion, Saliency
from torch import nn

from core.data.profile import Profile
from core.data.profiling import take_profile
from core.errors import ModelError
from core.explain.explained_model import OpenedModel
from core.explain.features.image_cells import image_units
from core.explain.methods import EXPLAINERS
from core.explain.methods.explainable import Effort
from core.plan.plan import Plan
from tests.worlds.image_worlds import table

pytestmark = pytest.mark.jobs

PLAN = Plan.from_toml(
    'plumbline = 1\n[data]\nfile = "people.csv"\n[groups]\nsensitive = ["sex"]\n'
    '[decision]\nmodel = "net.pt2"\nimage = "photo"\nimages = "photos.zip"\n'
)
SIDE, ROWS, STEPS = 16, 5, 20
LAST_CONVOLUTION = 3


def network(bend: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    """A small network of images, SIDE pixels a side."""
    torch.manual_seed(3)
    layers = [nn.Conv2d(3, 6, 3, padding=1), bend(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), bend()]
    rest = [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 8), bend(), nn.Linear(8, 1), nn.Sigmoid()]
    return nn.Sequential(*layers, *rest).eval()


class Functional(nn.Module):
    """The same network, which calls its bends as functions: captum's hooks do not see them."""

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            images = torch.relu(images) if isinstance(layer, nn.ReLU) else layer(images)
        return images


@dataclass(frozen=True)
class World:
    """The table's profile, images of some people, and images of others."""

    profile: Profile
    folder: Path
    rows: np.ndarray
    background: np.ndarray

    def values(self, module: nn.Module, name: str) -> np.ndarray:
        """What a method finds in the module once it went through a file."""
        path = self.folder / "net.pt2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
            shapes = ({0: torch.export.Dim("rows")},)
            torch.export.save(
                torch.export.export(module, (torch.zeros(2, 3, SIDE, SIDE),), dynamic_shapes=shapes), path
            )
        units = image_units(OpenedModel.of(path, PLAN, self.profile), self.background, EXPLAINERS[name])
        what = units.explainable(self.rows, np.arange(ROWS))
        return np.asarray(EXPLAINERS[name].function()(what, Effort(steps=STEPS, at_once=64)).values)

    @property
    def tensors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The images, and the typical one."""
        return torch.from_numpy(self.rows), torch.from_numpy(self.background).mean(dim=0, keepdim=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    (folder / "people.csv").write_text(table())
    profile = take_profile(folder / "people.csv", "people.csv", folder, lambda done, total, what: None)
    rows, background = np.split(np.random.default_rng(1).normal(0, 1, (30, 3, SIDE, SIDE)).astype(np.float32), [ROWS])
    return World(profile, folder, rows, background)


def in_cells(attributions: torch.Tensor, mean: bool = False) -> np.ndarray:
    """Attributions of every number of (n, 3, SIDE, SIDE), added up (or their mean) in 8 by 8 cells."""
    blocks = attributions.detach().double().numpy().reshape(-1, 3, 8, SIDE // 8, 8, SIDE // 8)
    cells = blocks.mean(axis=(1, 3, 5)) if mean else blocks.sum(axis=(1, 3, 5))
    return np.asarray(cells.reshape(-1, 64))


def captums(name: str, module: nn.Sequential, rows: torch.Tensor, typical: torch.Tensor) -> np.ndarray:
    """The method as captum has it, on the module itself."""
    if name == "grad_cam":
        found = LayerGradCam(module, module[LAST_CONVOLUTION]).attribute(rows, target=0)
        wide = nn.functional.interpolate(found.double(), (SIDE, SIDE), mode="bilinear")
        return in_cells(wide.expand(-1, 3, -1, -1), mean=True)
    if name == "occlusion":
        covered = {"sliding_window_shapes": (3, 2, 2), "strides": (3, 1, 1), "baselines": typical}
        return in_cells(Occlusion(module).attribute(rows, target=0, **covered), mean=True)
    started: dict[str, Any] = {
        "integrated_gradients": {"baselines": typical, "n_steps": STEPS},
        "deep_lift": {"baselines": typical},
        "saliency": {"abs": False},
        "guided_backprop": {},
    }
    methods = {
        "integrated_gradients": IntegratedGradients,
        "deep_lift": DeepLift,
        "saliency": Saliency,
        "guided_backprop": GuidedBackprop,
    }
    return in_cells(methods[name](module).attribute(rows, target=0, **started[name]))


METHODS = ("integrated_gradients", "deep_lift", "saliency", "guided_backprop", "grad_cam", "occlusion")


@pytest.mark.filterwarnings("ignore")  # captum's remarks on hooks
@pytest.mark.parametrize("name", METHODS)
def test_a_file_gives_captums_values_on_the_network_itself(world: World, name: str) -> None:
    expected = captums(name, network(), *world.tensors)
    assert np.abs(expected).max() > 1e-4  # there is something to be equal to
    np.testing.assert_allclose(world.values(network(), name), expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["deep_lift", "guided_backprop"])
def test_bends_that_are_only_called_are_seen_although_captum_would_miss_them(world: World, name: str) -> None:
    expected = captums(name, network(), *world.tensors)
    np.testing.assert_allclose(world.values(Functional(network()), name), expected, atol=1e-5)
    if name == "guided_backprop":
        missed = in_cells(GuidedBackprop(Functional(network())).attribute(world.tensors[0], target=0))
        assert np.abs(missed - expected).max() > 1e-4  # silently another picture


@pytest.mark.parametrize(
    ("name", "bend", "why"),
    [
        ("guided_backprop", nn.Tanh, "this one also uses Tanh"),
        ("guided_backprop", nn.LeakyReLU, "this one also uses LeakyReLU"),
        ("guided_backprop", nn.Identity, "this one has none"),
        ("deep_lift", nn.GELU, "no rule for the model's operation gelu"),
    ],
)
def test_what_would_be_silently_wrong_is_refused(
    world: World, name: str, bend: Callable[[], nn.Module], why: str
) -> None:
    with pytest.raises(ModelError, match=why):
        world.values(network(bend), name)
