"""Which values of a measure are acceptable: the plan's own limits, a named policy's, or the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from core.catalogue import table
from core.errors import PlanError
from core.metrics.gaps import GAPS, Measure
from core.plan.plan import Plan

DEFAULT_RATIO, DEFAULT_DIFFERENCE = 0.8, 0.05


@dataclass(frozen=True)
class StandardPolicy:
    """A named set of limits: for each measure the largest difference or the smallest ratio that it accepts."""

    name: str
    limits: dict[str, float]
    reads: str


POLICIES = table(
    StandardPolicy(
        "four_fifths", {"disparate_impact": 0.8}, "the four-fifths rule of the US Uniform Guidelines (29 CFR 1607.4 D)"
    ),
)


@dataclass(frozen=True)
class Band:
    """The acceptable values of a measure: a ratio within [limit, 1/limit], a difference within [-limit, limit]."""

    limit: float
    source: Literal["plan", "policy", "default"]
    is_ratio: bool

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest acceptable value."""
        return (self.limit, 1 / self.limit) if self.is_ratio else (0.0 - self.limit, self.limit)  # 0 - 0 is 0, not -0

    def holds(self, value: Fraction) -> bool:
        """Whether the value is acceptable, compared exactly: a ratio of 4/5 is not below 0.8."""
        limit = Fraction(str(self.limit))
        return limit <= value <= 1 / limit if self.is_ratio else -limit <= value <= limit


def check_policy(plan: Plan) -> None:
    """Refuse what no audit could honour: a measure or policy that does not exist, a limit of the wrong kind."""
    for name in plan.policy.use:
        POLICIES[name]
    for limit in plan.policy.limits:
        is_ratio = GAPS[limit.measure].kind == "ratio"
        if is_ratio != (limit.least is not None):
            key, other = ("least", "most") if is_ratio else ("most", "least")
            raise PlanError(
                f"The limit on {limit.measure} says {other}: give {key} for this measure, not {other}.",
                in_plan=f'{{measure = "{limit.measure}", {key} = ...}} in limits, under [policy]',
            )
    if not GAPS[plan.policy.headline].is_tested:
        raise PlanError(
            f"The answer cannot open with {plan.policy.headline}, which has no verdict. Name another measure.",
            in_plan="another headline under [policy]",
        )


def policy_warnings(plan: Plan) -> tuple[str, ...]:
    """What a plan's limits make impossible."""
    return tuple(
        f"the limit of {limit.most if limit.least is None else limit.least:g} on {limit.measure} can never be shown to"
        ' hold: no verdict on it can be "no gap"'
        for limit in plan.policy.limits
        if limit.most == 0 or limit.least == 1
    )


def band(measure: Measure, plan: Plan) -> Band:
    """The acceptable values of a measure: the plan's own limit, else a policy's, else the default."""
    is_ratio = measure.kind == "ratio"
    for limit in plan.policy.limits:
        if limit.measure == measure.name:
            bound = limit.least if is_ratio else limit.most
            return Band(DEFAULT_RATIO if bound is None else bound, "plan", is_ratio)
    for name in plan.policy.use:
        if measure.name in POLICIES[name].limits:
            return Band(POLICIES[name].limits[measure.name], "policy", is_ratio)
    return Band(DEFAULT_RATIO if is_ratio else DEFAULT_DIFFERENCE, "default", is_ratio)
