"""Methods beside captum on the original module, its published numbers, exact Shapley values, and each other."""

import itertools
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, IntegratedGradients, Saliency
from torch import nn

from core.errors import ModelError, PlanError
from core.explain.methods import EXPLAINERS, chosen, recommend
from core.explain.methods.explainable import Effort
from core.explain.methods.gradients import (
    deep_lift,
    gradient_shap,
    integrated_gradients,
    mc_dropout,
    saliency,
    smoothgrad,
)
from core.explain.methods.hooks import hookable
from core.explain.methods.perturbation import feature_ablation, kernel_shap, lime, shapley_sampling
from core.explain.nouns import NOUNS
from core.models import open_model
from core.models.export import save_pt2
from tests.core.explain.explained_rows import First, Toy, rows_of

pytestmark = pytest.mark.jobs

EFFORT = Effort(seed=1)


def exported(module: nn.Module, width: int, path: Path) -> Any:
    """The module as a `.pt2` file gives it back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(module, width, path)
    model = open_model(path, path.name)
    assert model.module is not None
    return model.module()


def network(*layers: nn.Module) -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(*layers).eval()


def small(activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Module:
    torch.manual_seed(4)
    return network(nn.Linear(5, 8), activation(), nn.Linear(8, 8), activation(), nn.Linear(8, 1), nn.Sigmoid())


def captums(method: Any, **options: Any) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(method.attribute(**options).detach().numpy())


# ---------------------------------------------------------------- published numbers


@pytest.mark.parametrize("again", [False, True], ids=["the module", "the module from a file"])
def test_integrated_gradients_and_deep_lift_give_the_numbers_in_captums_readme(tmp_path: Path, again: bool) -> None:
    torch.manual_seed(123)
    rows = torch.rand(2, 3)
    toy: Any = exported(Toy(), 3, tmp_path / "toy.pt2") if again else Toy()
    published = [[-0.5922, -1.5497, -1.0067], [0.0, -0.2219, -5.1991]]
    what = rows_of(First(toy), rows, torch.zeros(4, 3))
    np.testing.assert_allclose(integrated_gradients(what, Effort(steps=200)).values, published, atol=1e-4)
    layered = First(hookable(toy, needs_relu=False))
    what = rows_of(layered, rows, torch.zeros(4, 3), module=layered)
    np.testing.assert_allclose(deep_lift(what, EFFORT).values, published, atol=1e-4)


def test_integrated_gradients_gives_the_papers_example() -> None:
    """f(x1, x2) = relu(relu(x1) - 1 - relu(x2)) at (3, 1): Sundararajan et al. 2017, appendix B."""

    def forward(rows: torch.Tensor) -> torch.Tensor:
        return torch.relu(torch.relu(rows[:, 0]) - 1 - torch.relu(rows[:, 1]))

    what = rows_of(forward, torch.tensor([[3.0, 1.0]]), torch.zeros(2, 2))
    found = integrated_gradients(what, Effort(steps=2000))
    np.testing.assert_allclose(found.values, [[1.5, -0.5]], atol=2e-3)


# ---------------------------------------------------------------- captum on the original module


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.Sigmoid])
def test_a_file_gives_captums_values_on_the_original_module(
    tmp_path: Path, activation: Callable[[], nn.Module]
) -> None:
    original = small(activation)
    rows, background = torch.randn(40, 5), torch.randn(30, 5)
    typical = background.mean(dim=0, keepdim=True)
    again = First(exported(original, 5, tmp_path / "net.pt2"))
    what = rows_of(again, rows, background)
    expected = captums(IntegratedGradients(original), inputs=rows, baselines=typical, target=0, n_steps=50)
    np.testing.assert_allclose(integrated_gradients(what, EFFORT).values, expected, atol=1e-5)
    np.testing.assert_allclose(
        saliency(what, EFFORT).values, captums(Saliency(original), inputs=rows, target=0, abs=False), atol=1e-5
    )
    layered = First(hookable(exported(original, 5, tmp_path / "again.pt2"), needs_relu=False))
    expected = captums(DeepLift(original), inputs=rows, baselines=typical, target=0)
    found = deep_lift(rows_of(layered, rows, background, module=layered), EFFORT)
    np.testing.assert_allclose(found.values, expected, atol=1e-5)


def test_deep_lift_is_refused_where_it_has_no_rule(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no rule for the model's operation gelu"):
        hookable(exported(small(nn.GELU), 5, tmp_path / "net.pt2"), needs_relu=False)


def test_guided_backpropagation_is_refused_where_it_would_be_the_plain_slope(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="made for models whose layers end in a ReLU, and this one also uses Tanh"):
        hookable(exported(small(nn.Tanh), 5, tmp_path / "net.pt2"), needs_relu=True)
    hookable(exported(small(nn.ReLU), 5, tmp_path / "relu.pt2"), needs_relu=True)


def test_dropout_in_a_file_is_switched_on_for_the_repeats_alone(tmp_path: Path) -> None:
    original = network(nn.Linear(5, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 1), nn.Sigmoid())
    module = First(exported(original, 5, tmp_path / "net.pt2"))
    rows, background = torch.randn(8, 5), torch.randn(30, 5)
    with torch.no_grad():
        before = module(rows)
    what = rows_of(module, rows, background, module=module)
    sure = integrated_gradients(what, EFFORT).values
    found = mc_dropout(what, Effort(samples=30, seed=1))
    assert found.spread is not None and (found.spread[np.abs(sure) > 1e-3] > 0).all()
    assert (np.abs(found.values - sure) <= 4 * found.spread / np.sqrt(30) + 0.02).all()
    with torch.no_grad():
        torch.testing.assert_close(module(rows), before)
    bare = First(exported(small(), 5, tmp_path / "bare.pt2"))
    with pytest.raises(ModelError, match="no dropout to switch on"):
        mc_dropout(rows_of(bare, rows, background, module=bare), EFFORT)


def test_the_columns_of_a_block_are_added_up() -> None:
    module, rows, background = First(small()), torch.randn(7, 5), torch.randn(30, 5)
    single = integrated_gradients(rows_of(module, rows, background), EFFORT).values
    blocks = integrated_gradients(rows_of(module, rows, background, torch.tensor([0, 1, 1, 1, 0])), EFFORT).values
    np.testing.assert_allclose(blocks, np.column_stack([single[:, [0, 4]].sum(1), single[:, 1:4].sum(1)]), atol=1e-9)


def test_integrated_gradients_add_up_on_every_row() -> None:
    module, rows, background = First(small(nn.Tanh)), torch.randn(300, 5), torch.randn(50, 5)
    what = rows_of(module, rows, background)
    with torch.no_grad():
        wanted = (module(rows) - module(what.typical)).numpy()
    np.testing.assert_allclose(integrated_gradients(what, EFFORT).values.sum(axis=1), wanted, atol=1e-3)


# ---------------------------------------------------------------- Shapley values


def game(rows: torch.Tensor) -> torch.Tensor:
    """Six features that interact."""
    x = rows.to(torch.float64)
    return torch.tanh(x[:, 0] * x[:, 1] + x[:, 2]) + torch.relu(x[:, 3] - x[:, 4]) * x[:, 5]


def exact_shapley(row: torch.Tensor, base: torch.Tensor) -> np.ndarray:
    """The definition: every coalition of the others, weighted by how many orders end with it."""
    n = len(row)
    values = np.zeros(n)
    for feature in range(n):
        others = [f for f in range(n) if f != feature]
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for coalition in itertools.combinations(others, size):
                present = torch.zeros(n, dtype=torch.bool)
                present[list(coalition)] = True
                without = float(game(torch.where(present, row, base)[None])[0])
                present[feature] = True
                values[feature] += weight * (float(game(torch.where(present, row, base)[None])[0]) - without)
    return values


def test_sampled_shapley_values_meet_the_exact_ones_within_their_own_standard_errors() -> None:
    torch.manual_seed(2)
    rows, base = torch.randn(4, 6), torch.randn(1, 6)
    found = shapley_sampling(rows_of(game, rows, base), Effort(samples=400, seed=3))
    assert found.spread is not None
    exact = np.stack([exact_shapley(row, base[0]) for row in rows])
    assert np.abs(found.values - exact).max() < 0.1
    assert (np.abs(found.values - exact) <= 4 * found.spread + 1e-6).all()
    with torch.no_grad():
        np.testing.assert_allclose(found.values.sum(axis=1), (game(rows) - game(base)).numpy(), atol=1e-6)
    kernel = kernel_shap(rows_of(game, rows, base), Effort(samples=3, seed=3))
    assert np.corrcoef(kernel.values.reshape(-1), exact.reshape(-1))[0, 1] > 0.85


def test_on_a_linear_model_every_method_agrees() -> None:
    weights = torch.tensor([0.3, -0.2, 0.05, 0.0])
    torch.manual_seed(0)
    rows, background = torch.randn(6, 4), torch.randn(10, 4)
    exact = (weights * (rows - background.mean(dim=0))).numpy()
    what = rows_of(lambda x: x @ weights, rows, background)
    for method in (integrated_gradients, feature_ablation, shapley_sampling):
        np.testing.assert_allclose(method(what, Effort(samples=10)).values, exact, atol=1e-5)
    np.testing.assert_allclose(gradient_shap(what, Effort(steps=4000)).values, exact, atol=0.03)
    for method in (saliency, smoothgrad):
        np.testing.assert_allclose(method(what, EFFORT).values, np.broadcast_to(weights, (6, 4)), atol=1e-5)
    one = rows_of(lambda x: x @ weights, rows, background.mean(dim=0, keepdim=True))
    for method in (kernel_shap, lime):
        np.testing.assert_allclose(method(one, EFFORT).values, exact, atol=0.01)


@pytest.mark.parametrize("method", [feature_ablation, shapley_sampling, gradient_shap, smoothgrad, lime])
def test_the_same_seed_gives_the_same_numbers_and_leaves_the_generators_alone(method: Callable[..., Any]) -> None:
    what = rows_of(First(small()), torch.randn(5, 5), torch.randn(20, 5))
    torch.manual_seed(7)
    np.random.seed(7)
    undisturbed = (torch.rand(1).item(), np.random.rand())
    torch.manual_seed(7)
    np.random.seed(7)
    first = method(what, EFFORT).values
    assert (torch.rand(1).item(), np.random.rand()) == undisturbed
    np.testing.assert_array_equal(method(what, EFFORT).values, first)


# ---------------------------------------------------------------- the table


def test_every_row_of_the_table_leads_to_a_function() -> None:
    assert all(callable(row.function()) for row in EXPLAINERS.values())
    assert all(row.fits for row in EXPLAINERS.values())
    for row, kind in itertools.product(EXPLAINERS.values(), NOUNS):
        assert row.reads(kind).endswith(".") and "{" not in row.reads(kind)


def test_the_recommendation_says_why_and_can_always_be_run() -> None:
    for kind, gradients, features in itertools.product(("table", "image", "text"), (True, False), (5, 500)):
        advice = recommend(kind, gradients, features)  # type: ignore[arg-type]
        assert advice.reason.endswith(".") and chosen(advice.name, kind, gradients, features).name == advice.name  # type: ignore[arg-type]


def test_what_a_model_cannot_serve_is_refused_with_what_it_can() -> None:
    with pytest.raises(PlanError, match="inner workings.*Choose one of .*shapley_sampling"):
        chosen("integrated_gradients", "table", False, 5)
    with pytest.raises(PlanError, match="does not fit a model that reads a table"):
        chosen("attention_rollout", "table", True, 5)


def test_the_cost_grows_with_rows_features_and_slopes() -> None:
    row = EXPLAINERS["shapley_sampling"]
    assert row.seconds(2000, 13, 1e-5) == pytest.approx(2000 * 140 * 1e-5)
    own = EXPLAINERS["kernel_shap"]  # which takes its time even of a model that takes none
    assert own.seconds(500, 13, 0.0) == pytest.approx(500 * 24 * 13 * own.seconds_per_scoring) and own.draws
    assert EXPLAINERS["integrated_gradients"].seconds(100, 13, 1e-5) == pytest.approx(100 * 50 * 3 * 1e-5)
