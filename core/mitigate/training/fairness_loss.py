"""A loss that grows with the gap between groups, for training: L = L_task + strength * L_fair.

    from core.mitigate import equal_opportunity_gap

    loss = task_loss + 2.0 * equal_opportunity_gap(logits, labels, groups)

A decision is 1 or 0 and has no slope, so each is replaced by a smooth one: with z the logit of the good outcome and t
the threshold, `sigmoid((z - logit(t)) / temperature)`. Its mean over a group's people is the group's smooth rate r_g,
and with m the mean of the rates

    L_fair = sqrt(2 * sum over g of (r_g - m)^2 + c^2) - c,    c = 0.001

For two groups that is |r_1 - r_2| with its corner rounded; for more it is never less than the largest rate minus the
smallest, bar the rounding, and every group has a slope. Groups may be intersections; a group with nobody in the batch
is left out, and with fewer than two groups the loss is 0.

Shapes, everywhere: `logits` float of shape (n,); `labels` whole numbers of shape (n,), 1 the good outcome, 0 the other,
anything else unknown; `groups` int64 of shape (n,), from 0. Each function returns a scalar that carries gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, UNKNOWN

if TYPE_CHECKING:
    from torch import Tensor

TEMPERATURE = 0.5
CORNER = 1e-3

# Logits, labels, groups and the threshold to the loss.
GapLoss = Callable[["Tensor", "Tensor", "Tensor", float], "Tensor"]


def demographic_parity_gap(
    logits: Tensor, groups: Tensor, threshold: float = 0.5, temperature: float = TEMPERATURE
) -> Tensor:
    """L_fair over everybody: groups are to be selected equally often. Scalar."""
    return _spread(smooth_decisions(logits, threshold, temperature), groups)


def equal_opportunity_gap(
    logits: Tensor, labels: Tensor, groups: Tensor, threshold: float = 0.5, temperature: float = TEMPERATURE
) -> Tensor:
    """L_fair over those with the good outcome (equal true positive rates). Scalar."""
    return _spread_among(labels == 1, logits, groups, threshold, temperature)


def predictive_equality_gap(
    logits: Tensor, labels: Tensor, groups: Tensor, threshold: float = 0.5, temperature: float = TEMPERATURE
) -> Tensor:
    """L_fair over those with the other outcome (equal false positive rates). Scalar."""
    return _spread_among(labels == 0, logits, groups, threshold, temperature)


def equalized_odds_gap(
    logits: Tensor, labels: Tensor, groups: Tensor, threshold: float = 0.5, temperature: float = TEMPERATURE
) -> Tensor:
    """L_fair among those with the good outcome plus L_fair among those with the other. Scalar."""
    return equal_opportunity_gap(logits, labels, groups, threshold, temperature) + predictive_equality_gap(
        logits, labels, groups, threshold, temperature
    )


def smooth_decisions(logits: Tensor, threshold: float = 0.5, temperature: float = TEMPERATURE) -> Tensor:
    """How nearly each person is selected: sigmoid((z - logit(threshold)) / temperature), shape (n,).

    `threshold` lies strictly between 0 and 1; the lower the temperature, the nearer to the decision itself.
    """
    return ((logits - math.log(threshold / (1 - threshold))) / temperature).sigmoid()


def _spread_among(among: Tensor, logits: Tensor, groups: Tensor, threshold: float, temperature: float) -> Tensor:
    return _spread(smooth_decisions(logits[among], threshold, temperature), groups[among])


def _spread(decisions: Tensor, groups: Tensor) -> Tensor:
    """L_fair of smooth decisions, shape (n,), of people in `groups`, shape (n,)."""
    rates = _rates(decisions, groups)
    squares = ((rates - rates.mean()) ** 2).sum() if len(rates) > 1 else decisions.sum() * 0
    return (2 * squares + CORNER**2).sqrt() - CORNER


def _rates(decisions: Tensor, groups: Tensor) -> Tensor:
    """The mean smooth decision of every group that has people, shape (groups with people,)."""
    import torch

    _, place = torch.unique(groups, return_inverse=True)
    people = torch.bincount(place)
    total = torch.zeros(len(people), dtype=decisions.dtype, device=decisions.device)
    return total.index_add(0, place, decisions) / people


# The loss of each row of GOALS: a gap in the ratio of selection rates closes with the one in their difference.
GAP_LOSSES: dict[str, GapLoss] = {
    "demographic_parity": lambda logits, labels, groups, threshold: demographic_parity_gap(logits, groups, threshold),
    "four_fifths": lambda logits, labels, groups, threshold: demographic_parity_gap(logits, groups, threshold),
    "equal_opportunity": equal_opportunity_gap,
    "predictive_equality": predictive_equality_gap,
    "equalized_odds": equalized_odds_gap,
}

# Whom each goal compares, as sets of labels: each is drawn in balance.
EVERYBODY = (UNFAVOURABLE, FAVOURABLE, UNKNOWN)
COMPARED: dict[str, tuple[tuple[int, ...], ...]] = {
    "demographic_parity": (EVERYBODY,),
    "four_fifths": (EVERYBODY,),
    "equal_opportunity": ((FAVOURABLE,),),
    "predictive_equality": ((UNFAVOURABLE,),),
    "equalized_odds": ((FAVOURABLE,), (UNFAVOURABLE,)),
}
