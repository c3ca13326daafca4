"""The checks behind a picture's badge: each one fails where it should, and none passes where it could not run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from core.errors import ModelError
from core.explain.batching import MethodRunner
from core.explain.methods import EXPLAINERS, Explainer
from core.explain.methods.explainable import Effort, Explainable, Explained
from core.explain.sanity_checks import SanityTrial, check_trust
from core.explain.sanity_checks.check import NAMES, NUDGED, REDRAWN, Check
from core.models.model import Features
from tests.core.explain.explained_rows import First, rows_of

WIDTH = 6


@dataclass(frozen=True)
class Plain:
    """Rows of a matrix, as they are."""

    forward: Callable[[torch.Tensor], torch.Tensor]
    module: Any = None
    can_nudge: bool = True

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(f"x{i}" for i in range(WIDTH))

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        torch.manual_seed(11)
        background = torch.randn(40, WIDTH)
        what = rows_of(self.forward, torch.as_tensor(rows), background, module=self.module)
        nudge = (lambda x: x + 0.02 * torch.randn_like(x)) if self.can_nudge else None
        return replace(what, keys=torch.from_numpy(keys), nudge=nudge)

    def by_module(self) -> "Plain":
        return self


def tried(units: Plain, explainer: Explainer | str = "integrated_gradients", **effort: int) -> dict[str, Check]:
    torch.manual_seed(5)
    rows: Any = torch.randn(16, WIDTH).numpy()
    row = EXPLAINERS[explainer] if isinstance(explainer, str) else explainer
    trial = SanityTrial(row, units, rows, np.arange(16), Effort(**effort), lambda _: units)  # type: ignore[arg-type]
    checks = check_trust(trial)
    assert tuple(check.name for check in checks) == NAMES
    for check in checks:
        assert check.reason.endswith(".") and (check.value is None) == (check.state == "not_checkable")
    return {check.name: check for check in checks}


def network() -> nn.Module:
    torch.manual_seed(1)
    return First(nn.Sequential(nn.Linear(WIDTH, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid()))


def test_a_sound_explanation_of_a_small_network_passes_all_five() -> None:
    module = network()
    assert {check.state for check in tried(Plain(module, module)).values()} == {"passed"}
    assert {check.state for check in tried(Plain(module, module), "shapley_sampling").values()} == {"passed"}


def test_too_few_steps_on_a_sharp_score_do_not_add_up() -> None:
    check = tried(Plain(lambda x: torch.sigmoid(200 * (x.sum(dim=1) - 0.3))), steps=3)["completeness"]
    assert check.state == "failed" and check.value is not None and check.value > 0.05
    assert "parts miss" in check.reason


def test_a_picture_that_shakes_is_not_stable() -> None:
    check = tried(Plain(lambda x: (500 * x).sin().sum(dim=1)), "saliency")["stability"]
    assert check.state == "failed" and "shakes" in check.reason


def noise(what: Explainable, effort: Effort) -> Explained:
    return Explained(np.random.default_rng(int(abs(what.inputs.sum()) * 1e6)).normal(0, 1, (len(what), WIDTH)))


def by_size(what: Explainable, effort: Effort) -> Explained:
    """An explainer that never looks at the model."""
    return Explained(what.inputs.double().numpy())


@dataclass(frozen=True)
class Made(Explainer):
    """A row of the table with a function of the test's own."""

    own: Callable[[Explainable, Effort], Explained] = noise

    def function(self) -> Callable[..., Any]:
        return self.own


def made(own: Callable[[Explainable, Effort], Explained]) -> Made:
    return Made("made", "Made", "Made.", "path", "gradients", ("table",), "", lambda features: 1.0, own=own)


def test_noise_foretells_nothing_and_agrees_with_nobody() -> None:
    module = network()
    checks = tried(Plain(module, module), made(noise))
    assert checks["infidelity"].state == "failed" and checks["stability"].state == "failed"
    assert checks["completeness"].state == "not_checkable"


def test_a_picture_that_does_not_come_from_the_weights_is_found_out() -> None:
    module = network()
    check = tried(Plain(module, module), made(by_size))["randomisation"]
    assert check.state == "failed" and check.value == pytest.approx(1.0)


def test_the_weights_are_as_they_were_after_the_check() -> None:
    module = network()
    before = [weight.clone() for weight in module.parameters()]
    tried(Plain(module, module))
    assert all(torch.equal(one, other) for one, other in zip(before, module.parameters(), strict=True))


def test_a_method_that_weighs_other_columns_than_another_method_is_said() -> None:
    def upside_down(what: Explainable, effort: Effort) -> Explained:
        true = EXPLAINERS["feature_ablation"].function()(what, effort).values
        return Explained(1 / (0.01 + np.abs(true)))

    weights = torch.tensor([0.01, 0.1, 0.2, 0.4, 0.8, 1.6])
    assert tried(Plain(lambda x: x @ weights), made(upside_down))["agreement"].state == "failed"


def test_only_the_first_rows_are_explained_again_and_again() -> None:
    seen: list[int] = []

    def counted(what: Explainable, effort: Effort) -> Explained:
        seen.append(len(what))
        return by_size(what, effort)

    module = network()
    units, rows = Plain(module, module), torch.ones(16, WIDTH).numpy()
    check_trust(SanityTrial(made(counted), units, rows, np.arange(16), Effort(), lambda _: units, 4))
    assert seen[0] == 16 and sum(seen[1:]) == 4 * (1 + NUDGED + REDRAWN)


def test_what_cannot_be_checked_is_never_passed() -> None:
    checks = tried(Plain(lambda x: 0 * x.sum(dim=1), can_nudge=False), "feature_ablation")
    assert {name: check.state for name, check in checks.items() if name != "agreement"} == dict.fromkeys(
        ("completeness", "stability", "infidelity", "randomisation"), "not_checkable"
    )
    assert tried(Plain(network()), "saliency")["infidelity"].state == "not_checkable"


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize("method", ["integrated_gradients", "shapley_sampling"])
def test_memory_that_ends_is_survived_with_fewer_rows_at_once_and_the_same_values(method: str) -> None:
    module, most = network(), 700
    seen: list[int] = []

    def small(rows: torch.Tensor) -> torch.Tensor:
        seen.append(len(rows))
        if len(rows) > most:
            raise MemoryError
        return module(rows)

    rows: Any = torch.randn(900, WIDTH).numpy()
    expected = MethodRunner(EXPLAINERS[method], Plain(module), Effort(samples=4)).whole(rows, np.arange(900))
    found = MethodRunner(EXPLAINERS[method], Plain(small), Effort(samples=4)).whole(rows, np.arange(900))
    assert max(seen) > most
    if method == "integrated_gradients":
        np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    np.testing.assert_allclose(found.values.sum(axis=1), expected.values.sum(axis=1), atol=1e-4)


def test_a_model_for_which_one_row_is_too_much_is_said() -> None:
    def never(rows: torch.Tensor) -> torch.Tensor:
        raise MemoryError

    pace = MethodRunner(EXPLAINERS["integrated_gradients"], Plain(never), Effort())
    with pytest.raises(ModelError, match="more memory for a single row"):
        pace.whole(np.zeros((4, WIDTH), dtype=np.float32), np.arange(4))


def test_values_that_are_no_numbers_are_refused() -> None:
    pace = MethodRunner(EXPLAINERS["saliency"], Plain(lambda x: x.sum(dim=1) * torch.nan), Effort())
    with pytest.raises(ModelError, match="not a finite number"):
        pace.whole(np.zeros((4, WIDTH), dtype=np.float32), np.arange(4))
