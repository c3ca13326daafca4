"""The fairness loss: the slow definition, its slope, and the ways it is used from Python."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.mitigate import (
    demographic_parity_gap,
    equal_opportunity_gap,
    equalized_odds_gap,
    predictive_equality_gap,
    smooth_decisions,
)
from core.mitigate.goals import GOALS
from core.mitigate.training.fairness_loss import COMPARED, CORNER, GAP_LOSSES


def world(seed: int = 0, n: int = 60, groups: int = 3) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(n, generator=draw, dtype=torch.float64)
    labels, group = (torch.randint(k, (n,), generator=draw) for k in (3, groups))
    return logits, labels, group


def slow_gap(logits: torch.Tensor, groups: torch.Tensor, among: torch.Tensor, threshold: float, heat: float) -> float:
    """L_fair, person by person."""
    people: dict[int, list[float]] = {}
    for z, g, counted in zip(logits.tolist(), groups.tolist(), among.tolist(), strict=True):
        if counted:
            people.setdefault(g, []).append(1 / (1 + math.exp(-(z - math.log(threshold / (1 - threshold))) / heat)))
    rates = [sum(some) / len(some) for some in people.values()]
    mean = sum(rates) / len(rates)
    return math.sqrt(2 * sum((r - mean) ** 2 for r in rates) + CORNER**2) - CORNER


@pytest.mark.parametrize("groups", [2, 3, 7])
@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_each_loss_is_its_definition(groups: int, threshold: float) -> None:
    logits, labels, group = world(groups=groups)
    everybody = torch.ones_like(labels, dtype=torch.bool)
    slow = {kind: slow_gap(logits, group, among, threshold, 0.5) for kind, among in
            (("all", everybody), ("good", labels == 1), ("other", labels == 0))}  # fmt: skip
    assert float(demographic_parity_gap(logits, group, threshold)) == pytest.approx(slow["all"])
    assert float(equal_opportunity_gap(logits, labels, group, threshold)) == pytest.approx(slow["good"])
    assert float(predictive_equality_gap(logits, labels, group, threshold)) == pytest.approx(slow["other"])
    assert float(equalized_odds_gap(logits, labels, group, threshold)) == pytest.approx(slow["good"] + slow["other"])


def test_for_two_groups_it_is_the_gap_and_for_more_no_less() -> None:
    logits, _, group = world(groups=5)
    for among in (group < 2, group < 5):
        chosen, groups = smooth_decisions(logits[among]), group[among]
        rates = [float(chosen[groups == g].mean()) for g in groups.unique().tolist()]
        loss = float(demographic_parity_gap(logits[among], groups))
        assert loss >= max(rates) - min(rates) - CORNER
        if len(rates) == 2:
            assert loss == pytest.approx(max(rates) - min(rates), abs=CORNER)


def test_a_low_temperature_comes_near_to_the_decision() -> None:
    logits, _, group = world(n=400, groups=2)
    rates = [float((logits[group == g] >= 0).double().mean()) for g in (0, 1)]
    gap = float(demographic_parity_gap(logits, group, temperature=1e-4))
    assert gap == pytest.approx(abs(rates[0] - rates[1]), abs=2 * CORNER)


@pytest.mark.parametrize("goal", GAP_LOSSES)
def test_its_slope_is_right(goal: str) -> None:
    logits, labels, group = world(n=30)
    checked: Callable[..., torch.Tensor] = lambda z: GAP_LOSSES[goal](z, labels, group, 0.4)  # noqa: E731
    assert torch.autograd.gradcheck(checked, (logits.requires_grad_(),))


@pytest.mark.parametrize("goal", GAP_LOSSES)
def test_equal_groups_cost_nothing_and_have_a_slope_of_zero(goal: str) -> None:
    half = torch.linspace(-2, 2, 20, dtype=torch.float64)
    logits = torch.cat([half, half]).requires_grad_()
    labels, group = torch.arange(40) % 2, torch.arange(40) // 20
    loss = GAP_LOSSES[goal](logits, labels, group, 0.5)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-12)
    assert logits.grad is not None and float(logits.grad.abs().max()) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("goal", GAP_LOSSES)
def test_one_group_or_nobody_costs_nothing(goal: str) -> None:
    logits, labels, group = world()
    for among in (group == 0, group == 99):
        loss = GAP_LOSSES[goal](logits[among], labels[among], group[among], 0.5)
        assert float(loss) == 0 and bool(loss.isfinite())


def test_order_and_the_names_of_groups_do_not_matter() -> None:
    logits, labels, group = world()
    mixed = torch.from_numpy(np.random.default_rng(0).permutation(len(logits)))
    first = float(equalized_odds_gap(logits, labels, group))
    assert float(equalized_odds_gap(logits[mixed], labels[mixed], group[mixed])) == pytest.approx(first)
    assert float(equalized_odds_gap(logits, labels, 10 * (2 - group))) == pytest.approx(first)


def test_every_goal_has_a_loss() -> None:
    assert set(GAP_LOSSES) == set(COMPARED) == set(GOALS)
