"""`.pt2` files of all the kinds that people export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.models import open_model
from core.models.model import Input

ROWS = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], np.float32)


def test_outputs_equal_the_module(pt2_of: Callable[..., Path], affine: Any) -> None:
    module = affine(3, 2, lambda z: torch.softmax(z, dim=1))
    model = open_model(pt2_of(module, torch.zeros(2, 3)), "model.pt2")
    outputs = model.run(ROWS)
    np.testing.assert_array_equal(outputs.scores, module(torch.from_numpy(ROWS)).detach().numpy())
    assert (model.width, model.format, model.score_dtype, model.rows) == (3, "pt2", "float32", (1, None))


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_fewer_rows_than_the_export_takes_are_scored_too(pt2_of: Callable[..., Path], affine: Any, rows: int) -> None:
    dynamic = ({0: torch.export.Dim("rows", min=4, max=64)},)
    model = open_model(pt2_of(affine(3), torch.zeros(8, 3), dynamic=dynamic), "model.pt2")
    assert model.rows == (4, 64)
    many = np.tile(ROWS, (8, 1))
    scores = model.run(many[:rows]).scores
    assert scores is not None
    np.testing.assert_allclose(scores, np.asarray(model.run(many).scores)[:rows], atol=1e-7)


def test_one_input_per_column(pt2_of: Callable[..., Path]) -> None:
    class Named(torch.nn.Module):
        def forward(self, age: torch.Tensor, hours: torch.Tensor) -> torch.Tensor:
            return torch.sigmoid(age[:, 0] - hours)

    path = pt2_of(Named(), torch.zeros(2, 1), torch.zeros(2))
    model = open_model(path, "model.pt2")
    assert model.inputs == (Input("age", "number"), Input("hours", "number"))
    scores = model.run({"age": np.array([1.0, 2.0]), "hours": np.array([1.0, 1.0])}).scores
    np.testing.assert_allclose(scores, [0.5, 1 / (1 + np.exp(-1))], atol=1e-7)


def test_inputs_by_keyword_and_outputs_in_a_dictionary(pt2_of: Callable[..., Path]) -> None:
    class Keyword(torch.nn.Module):
        def forward(self, *, x: torch.Tensor) -> dict[str, torch.Tensor]:
            return {"score": torch.sigmoid(x.sum(dim=1))}

    path = pt2_of(Keyword(), kwargs={"x": torch.zeros(2, 3)}, dynamic={"x": {0: torch.export.Dim("rows")}})
    scores = open_model(path, "model.pt2").run(ROWS).scores
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-ROWS.sum(axis=1))), atol=1e-6)


def test_whole_number_inputs_refuse_missing_cells(pt2_of: Callable[..., Path]) -> None:
    class Coded(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(5, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.sigmoid(self.embedding(x).sum(dim=(1, 2)))

    model = open_model(pt2_of(Coded(), torch.zeros(2, 3, dtype=torch.int64)), "model.pt2")
    assert model.run(np.array([[1.0, 2.0, 4.0]])).scores is not None
    for cell in (np.nan, 1.5):
        with pytest.raises(ModelError, match="missing or has a fraction"):
            model.run(np.array([[1.0, 2.0, cell]]))
    with pytest.raises(ModelError, match="failed while scoring"):
        model.run(np.array([[1.0, 2.0, 9.0]]))


def test_labels_alone(pt2_of: Callable[..., Path], affine: Any) -> None:
    model = open_model(pt2_of(affine(3, 2, lambda z: z.argmax(dim=1)), torch.zeros(2, 3)), "model.pt2")
    outputs = model.run(ROWS)
    assert model.score_dtype is None
    assert outputs.scores is None
    assert outputs.labels is not None
    assert set(outputs.labels.tolist()) <= {0, 1}


class Dropout(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.layers(x))


class Normalised(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.layers(x))


class Noisy(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(x.sum(dim=1) + torch.randn_like(x[:, 0]))


@pytest.mark.parametrize("module", [Dropout, Normalised])
def test_training_mode_is_refused_and_evaluation_mode_opens(pt2_of: Callable[..., Path], module: Any) -> None:
    with pytest.raises(ModelError, match=r"training mode.*model\.eval\(\)"):
        open_model(pt2_of(module(), torch.zeros(2, 3), train=True), "model.pt2")
    assert open_model(pt2_of(module(), torch.zeros(2, 3)), "model.pt2").run(ROWS).scores is not None


def test_random_steps_are_refused(pt2_of: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match="random numbers"):
        open_model(pt2_of(Noisy(), torch.zeros(2, 3)), "model.pt2")


class TwoResults(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.sum(dim=1), x.mean(dim=1)


class TwoMatrices(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x.sum(dim=1) + y.sum(dim=1)


def test_shapes_that_a_table_cannot_feed_are_refused_in_words(pt2_of: Callable[..., Path], affine: Any) -> None:
    cases = [
        (pt2_of(affine(3), torch.zeros(8, 3), dynamic=None), ["exactly 8 rows", "torch.export.Dim", ".pt2"]),
    ]
    for path, words in cases:
        with pytest.raises(ModelError) as raised:
            open_model(path, "model.pt2")
        assert all(word in str(raised.value) for word in words)
        assert raised.value.snippet == "torch"
    with pytest.raises(ModelError, match="2 results"):
        open_model(pt2_of(TwoResults(), torch.zeros(2, 3)), "model.pt2")
    with pytest.raises(ModelError, match=r"several matrices: \"x\" \(3 columns\), \"y\" \(2 columns\)"):
        open_model(pt2_of(TwoMatrices(), torch.zeros(2, 3), torch.zeros(2, 2)), "model.pt2")
    with pytest.raises(ModelError, match="one of 5 dimensions"):
        open_model(pt2_of(torch.nn.Flatten(), torch.zeros(2, 3, 4, 4, 4)), "model.pt2")


def test_modules_of_every_common_layer_survive_the_cleaning(pt2_of: Callable[..., Path]) -> None:
    class Common(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lift = torch.nn.Linear(3, 8)
            self.layers = torch.nn.ModuleDict({"a-b": torch.nn.LayerNorm(8), "c": torch.nn.PReLU()})
            self.attention = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
            self.shared = torch.nn.Linear(8, 8)
            self.register_buffer("scale", torch.tensor([2.0]))
            self.last = torch.nn.Linear(8, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.layers["c"](self.layers["a-b"](self.lift(x)))
            x = self.attention(x[:, None, :])[:, 0]
            x = self.shared(torch.nn.functional.gelu(self.shared(x), approximate="tanh")) * self.scale
            x = torch.einsum("ij,kj->ik", x, self.shared.weight)
            x = torch.where(x > 0, x, torch.full_like(x, float("-inf")).clamp(min=-1.0))
            return torch.log_softmax(self.last(x.reshape(x.shape[0] * 2, 4).reshape(-1, 8)), dim=-1).exp()

    torch.manual_seed(0)
    module = Common().eval()
    model = open_model(pt2_of(module, torch.zeros(2, 3)), "model.pt2")
    with torch.inference_mode():
        np.testing.assert_allclose(model.run(ROWS).scores, module(torch.from_numpy(ROWS)).numpy(), atol=1e-6)


def test_gradients_flow_through_the_opened_module(pt2_of: Callable[..., Path], affine: Any) -> None:
    model = open_model(pt2_of(affine(3), torch.zeros(2, 3)), "model.pt2")
    rows = torch.from_numpy(ROWS.copy()).requires_grad_()
    assert model.module is not None
    model.module()(rows).sum().backward()
    assert rows.grad is not None
    assert rows.grad.abs().sum() > 0


def test_the_samples_recipe_comes_with_its_model(root: Path) -> None:
    model = open_model(root / "core" / "samples" / "loans.pt2", "loans.pt2")
    assert model.recipe is not None
    assert model.recipe.width == model.width
