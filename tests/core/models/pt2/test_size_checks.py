"""An operator that trusts sizes is given none that do not fit, in scoring, in gradients and in training alike."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.explain.methods.hooks import hookable
from core.mitigate.training.fine_tuning_pt2 import TunableProgram
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import Aim
from core.models import open_model
from core.models.pt2.size_checks import look_inside
from core.plan.plan import Decision

WRONG = "is given the wrong sizes"
ROWS = np.random.default_rng(0).random((6, 3), dtype=np.float32)


class Normed(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.last = torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.last(self.norm(self.first(x))))


class Attending(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.key, self.value = (torch.nn.Parameter(torch.rand(1, 5, 3)) for _ in "kv")
        self.last = torch.nn.Linear(3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = torch.nn.functional.scaled_dot_product_attention(x.unsqueeze(0), self.key, self.value)
        return torch.sigmoid(self.last(seen.squeeze(0)))


class Remembering(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.last = torch.nn.LSTM(3, 4, batch_first=True), torch.nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.last(self.lstm(x.unsqueeze(1))[0][:, -1]))


# A net, and the weight that an attacker makes too large in the file: too small would be read beyond its end.
TRUSTED = {
    "batch norm": (Normed, "norm.running_mean", (8,)),
    "attention": (Attending, "value", (1, 7, 3)),
    "lstm": (Remembering, "lstm.weight_ih_l0", (16, 9)),
}
Exported = Callable[..., tuple[torch.nn.Module, Path]]


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    """The net of this name and its file, with its weight as it is or of the wrong size."""

    def export(kind: str, wrong: bool) -> tuple[torch.nn.Module, Path]:
        torch.manual_seed(0)
        made, key, shape = TRUSTED[kind]
        net, path = made().eval(), tmp_path / "model.pt2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
            rows = torch.export.Dim("rows", min=2)
            program = torch.export.export(net, (torch.rand(4, 3),), dynamic_shapes=({0: rows},))
            if kind == "batch norm":
                program = program.run_decompositions()
            if wrong:
                held = program.state_dict[key]
                program.state_dict[key] = type(held)(torch.ones(shape))
            torch.export.save(program, path)
        return net, path

    return export


@pytest.mark.parametrize("kind", TRUSTED)
def test_wrong_sizes_are_refused_in_every_way_a_program_is_run(exported: Exported, kind: str) -> None:
    model = open_model(exported(kind, wrong=True)[1], "m.pt2", "cpu")
    assert model.module is not None
    with pytest.raises(ModelError, match=WRONG):
        model.run(ROWS)
    with pytest.raises(ModelError, match=rf'^"m.pt2" is damaged .* {WRONG}\.$'):
        model.module()(torch.from_numpy(ROWS))


@pytest.mark.parametrize("kind", TRUSTED)
def test_sound_sizes_give_the_nets_own_scores_and_slopes(exported: Exported, kind: str) -> None:
    net, path = exported(kind, wrong=False)
    model = open_model(path, "m.pt2", "cpu")
    assert model.module is not None
    slopes = []
    for module in (net, model.module()):
        given = torch.from_numpy(ROWS).requires_grad_()
        scores = module(given)
        scores.sum().backward()
        slopes.append(given.grad)
        np.testing.assert_allclose(model.run(ROWS).scores, scores.detach().numpy(), rtol=1e-6)
    torch.testing.assert_close(*slopes)
    assert slopes[0].abs().sum() > 0


def test_training_is_refused_too(exported: Exported) -> None:
    rows = TrainingRows(ROWS, np.arange(6) % 2, np.zeros(6, np.int64), np.ones(6))
    tunable = TunableProgram(exported("lstm", wrong=True)[1], "m.pt2", Decision(model="m"), 0.5, "cpu")
    with pytest.raises(ModelError, match=rf"{WRONG}\.$"):
        tunable.tune(rows, rows, Aim(), 0, lambda done, total: None)


def test_an_operator_keeps_its_name(exported: Exported) -> None:
    model = open_model(exported("batch norm", wrong=False)[1], "m.pt2", "cpu")
    assert model.module is not None
    with pytest.raises(ModelError, match="operation _native_batch_norm"):
        hookable(model.module(), needs_relu=False)


def test_what_is_named_instead_of_given_in_order_is_looked_at() -> None:
    graph = torch.fx.Graph()
    rows, few = graph.placeholder("rows"), graph.placeholder("few")
    named = {"weight": None, "bias": None, "running_mean": few, "running_var": few, "momentum": 0.1, "eps": 1e-5}
    normed = graph.call_function(torch.ops.aten._native_batch_norm_legit_no_training.default, (rows,), named)
    graph.output(normed)
    with pytest.raises(ModelError, match=WRONG):
        look_inside(_Part(graph), "m.pt2")(torch.rand(2, 4), torch.ones(8))


class _Part(torch.nn.Module):
    """A part of a program as torch unflattens it."""

    def __init__(self, graph: torch.fx.Graph) -> None:
        super().__init__()
        self.graph = graph

    def finalize(self) -> None:
        self.graph.lint()

    def forward(self, *given: torch.Tensor) -> object:
        return torch.fx.Interpreter(self, self.graph).run(*given)
