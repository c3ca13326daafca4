"""Measures whether an explanation can be trusted, on a few of the rows that were explained; runs in a job."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.features.columns import Modular, Units
from core.explain.features.words import Spelled
from core.explain.methods import EXPLAINERS, Explainer
from core.explain.methods.explainable import Effort, Explainable, Explained
from core.explain.methods.seeding import quiet, seeded
from core.explain.sanity_checks.check import NUDGED, REDRAWN, ROWS, Check
from core.models.inputs.rows import taken
from core.models.model import Features

if TYPE_CHECKING:
    from torch import Tensor

# Fewer features put in order say nothing.
FEWEST_RANKED = 3
LEFT_OUT, PERTURBED = 0.3, 20
LIMITS = {"completeness": 0.05, "stability": 0.5, "infidelity": 0.5, "randomisation": 0.5, "agreement": 0.5}


@dataclass(frozen=True, eq=False)
class SanityTrial:
    """A few rows explained by one method, to be explained again under other conditions.

    `units_for` makes the units that another method needs; the first `again` rows are those that are explained many
    times over.
    """

    explainer: Explainer
    units: Units
    rows: Features
    keys: npt.NDArray[np.int64]
    effort: Effort
    units_for: Callable[[Explainer], Units]
    again: int = ROWS

    @property
    def shorter(self) -> SanityTrial:
        """The rows that are explained many times over."""
        return replace(self, rows=taken(self.rows, slice(0, self.again)), keys=self.keys[: self.again])

    def run(self, units: Units | None = None) -> tuple[Explainable, Explained]:
        """The rows, and what the method finds; with other units of the same rows where they are given."""
        what = (units or self.units).explainable(self.rows, self.keys)
        return what, self.explainer.function()(what, self.effort)


def check_trust(trial: SanityTrial, tell: Callable[[int], None] = lambda done: None) -> tuple[Check, ...]:
    """All five checks. One that cannot run says so; it never passes. `tell` hears how many are made."""
    tell(0)
    what, found = trial.run()
    steps: tuple[Callable[[], Check], ...] = (
        lambda: _completeness(trial, what, found.values),
        lambda: _stability(trial, what.part(0, trial.again)),
        lambda: _infidelity(trial, what, found.values),
        lambda: _randomisation(trial.shorter, found.values[: trial.again]),
        lambda: _agreement(trial, found.values),
    )
    checks = []
    for number, step in enumerate(steps, 1):
        checks.append(step())
        tell(number)
    return tuple(checks)


def _completeness(trial: SanityTrial, what: Explainable, values: Floats) -> Check:
    """The parts' sum beside f(x) - f(baseline): the mean error over the mean difference."""
    if not trial.explainer.adds_up:
        return _not_checkable("completeness", "This method does not claim to share the whole score out.")
    wanted = _scores(what, what.inputs) - _start(trial, what)
    error = float(np.abs(values.sum(axis=1) - wanted).mean() / max(np.abs(wanted).mean(), 1e-12))
    missed = f"{100 * error:.1f}" if error >= 0.001 else "less than 0.1"
    says = f"The parts add up to the score but for {missed} % of it."
    return _at_most("completeness", error, says, f"The parts miss {100 * error:.0f} % of the score.")


def _stability(trial: SanityTrial, what: Explainable) -> Check:
    """captum.metrics.sensitivity_max (Yeh et al. 2019): the largest relative change under small nudges."""
    if what.nudge is None:
        return _not_checkable("stability", "There is no number here that could be changed a little.")
    import torch
    from captum.metrics import sensitivity_max

    nudge, explain = what.nudge, trial.explainer.function()

    def explained(inputs: Any, **_: Any) -> tuple[Tensor]:
        rows = inputs[0] if isinstance(inputs, tuple) else inputs
        again = replace(what, inputs=rows, keys=what.keys.repeat_interleave(len(rows) // len(what)))
        return (torch.from_numpy(explain(again, trial.effort).values),)

    with quiet(), seeded(trial.effort.seed):
        moved = sensitivity_max(explained, what.inputs, perturb_func=nudge, n_perturb_samples=NUDGED)
    value = float(moved.double().nan_to_num(0.0).mean())
    says = f"Small changes of the values change the picture by {100 * value:.0f} %."
    return _at_most("stability", value, says, f"{says} It shakes.")


def _infidelity(trial: SanityTrial, what: Explainable, values: Floats) -> Check:
    """captum.metrics.infidelity (Yeh et al. 2019) of leaving several features out, over that of a blank picture."""
    if trial.explainer.family == "slope":
        return _not_checkable("infidelity", "A slope does not say how far the score moves when a value is replaced.")
    if isinstance(what, Spelled):
        what, values = _in_words(trial, values)
    import torch
    from captum.metrics import infidelity

    def masked(kept: Tensor, place: Tensor) -> Tensor:
        rows, among = what.inputs[place], kept.to(torch.bool)[:, what.mask.reshape(-1)]
        among = among.reshape(rows.shape).to(rows.device)
        scores = [
            what.forward(torch.where(among, rows, base.expand_as(what.inputs)[place])) for base in _bases(trial, what)
        ]
        return torch.stack(scores).mean(dim=0).cpu()

    def left_out(kept: Tensor) -> tuple[Tensor, Tensor]:
        gone = (torch.rand_like(kept) < LEFT_OUT).to(kept.dtype)
        return gone, kept - gone

    every = torch.ones(len(what), what.features, dtype=torch.float64)
    errors = []
    for picture in (torch.from_numpy(values), torch.zeros_like(every)):
        with quiet(), seeded(trial.effort.seed), torch.no_grad():
            found = infidelity(
                masked,
                left_out,
                every,
                picture,
                additional_forward_args=(torch.arange(len(what)),),
                n_perturb_samples=PERTURBED,
            )
        errors.append(float(found.mean()))
    if errors[1] <= 0:
        return _not_checkable("infidelity", "Leaving values out does not move the score at all.")
    value = errors[0] / errors[1]
    says = f"It foretells what leaving several values out does to the score, but for {100 * value:.0f} %."
    return _at_most(
        "infidelity", value, says, f"It misses {100 * value:.0f} % of what leaving several values out does."
    )


def _in_words(trial: SanityTrial, values: Floats) -> tuple[Explainable, Floats]:
    """The texts as whole words that can be left out, and the value of each."""
    what = trial.units_for(EXPLAINERS[trial.explainer.beside]).explainable(trial.rows, trial.keys)
    assert isinstance(what, Spelled)
    return what, what.own(values)


def _randomisation(trial: SanityTrial, values: Floats) -> Check:
    """Rank correlation with the picture of the same model with its weights drawn anew (Adebayo et al. 2018)."""
    units = trial.units
    if not isinstance(units, Modular) or units.module is None:
        return _not_checkable("randomisation", "The file does not let its weights be drawn anew.")
    if values.shape[1] < FEWEST_RANKED:
        return _not_checkable("randomisation", "There is too little to put in order.")
    alike = []
    for redraw in range(REDRAWN):
        with _redrawn(units.module, trial.effort.seed + redraw):
            _, found = trial.run(units.by_module())
        alike.append(_rank_correlation(values, found.values))
    value = float(np.mean(alike))
    says = f"With its inner numbers scrambled the model gives another picture ({_alike(value)})."
    return _at_most(
        "randomisation",
        value,
        says,
        f"A model with scrambled inner numbers gives much the same picture ({_alike(value)}).",
    )


def _agreement(trial: SanityTrial, values: Floats) -> Check:
    """Rank correlation of the features' weights with those by a method of another kind."""
    if values.shape[1] < FEWEST_RANKED:
        return _not_checkable("agreement", "There is too little to put in order.")
    other = EXPLAINERS[trial.explainer.beside]
    what = trial.units_for(other).explainable(trial.rows, trial.keys)
    second: Explained = other.function()(what, trial.effort)
    value = _rank_correlation(np.abs(values).mean(axis=0), np.abs(second.values).mean(axis=0))
    title = other.title.lower()
    if value >= LIMITS["agreement"]:
        says = f'Another method ("{title}") finds much the same order of weight ({_alike(value)}).'
        return Check("agreement", "passed", says, value, LIMITS["agreement"])
    says = f'Another method ("{title}") finds another order of weight ({_alike(value)}).'
    return Check("agreement", "failed", says, value, LIMITS["agreement"])


def _bases(trial: SanityTrial, what: Explainable) -> list[Tensor]:
    if trial.explainer.from_typical:
        return [what.typical]
    return [what.baselines(draw) for draw in range(trial.effort.samples)]


def _start(trial: SanityTrial, what: Explainable) -> Floats:
    """Each row's starting score, shape (n,)."""
    starts = [_scores(what, base.expand_as(what.inputs)) for base in _bases(trial, what)]
    return np.asarray(np.mean(starts, axis=0))


def _scores(what: Explainable, inputs: Tensor) -> Floats:
    import torch

    with torch.no_grad():
        return np.asarray(what.forward(inputs).cpu().numpy(), dtype=np.float64)


@contextlib.contextmanager
def _redrawn(module: Any, seed: int) -> Iterator[None]:
    """Within this, every weight is drawn from a normal distribution around 0 of the same spread.

    In place, because an exported program cannot be copied.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    weights = [weight for weight in module.parameters() if weight.is_floating_point()]
    before = [weight.detach().clone() for weight in weights]
    with torch.no_grad():
        for weight in weights:
            spread = float(weight.std()) if weight.numel() > 1 else float(weight.abs().mean())
            noise = torch.randn(weight.shape, generator=generator)
            weight.copy_((noise * spread).to(weight.device, weight.dtype))
    try:
        yield
    finally:
        with torch.no_grad():
            for weight, kept in zip(weights, before, strict=True):
                weight.copy_(kept)


def _rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's, 0 where one of the two is the same everywhere."""
    from scipy.stats import rankdata

    first, second = rankdata(one.reshape(-1)), rankdata(other.reshape(-1))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _alike(value: float) -> str:
    return f"alike to {max(0.0, 100 * value):.0f} %"


def _at_most(name: str, value: float, passed: str, failed: str) -> Check:
    limit = LIMITS[name]
    if not np.isfinite(value):
        return _not_checkable(name, "The measure is not a finite number here.")
    return (
        Check(name, "passed", passed, value, limit) if value <= limit else Check(name, "failed", failed, value, limit)
    )


def _not_checkable(name: str, why: str) -> Check:
    return Check(name, "not_checkable", why)
