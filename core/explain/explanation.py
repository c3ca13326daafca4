"""An explanation: what a page shows, and what compares it with another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.explain.groups.attribution import Attribution
from core.explain.groups.exemplars import Telling
from core.explain.groups.paired import Paired
from core.explain.methods import EXPLAINERS, Explainer
from core.explain.sanity_checks.check import Check
from core.plan.plan import Plan

# How many people whose decision is another one after are named.
MOST_CHANGED = 50


@dataclass(frozen=True)
class Changed:
    """A person whose decision is another one after.

    `row` is the index in the table, from 0 (`Profile.row_words` says where it stands in the file); `group` names the
    value of each sensitive column.
    """

    row: int
    group: dict[str, str]
    score_before: float
    score_after: float
    selected_after: bool


def most_changed(people: Iterable[Changed]) -> tuple[Changed, ...]:
    """Those whose score changed most, at most `MOST_CHANGED`; of two alike the one who stands first in the table."""
    return tuple(sorted(people, key=lambda one: (-abs(one.score_after - one.score_before), one.row))[:MOST_CHANGED])


@dataclass(frozen=True, eq=False)
class Explanation:
    """What one model, or two models on the same people, look at.

    Attributes
    ----------
    plan, plan_after
        The questions; the second is None where only one model was explained.
    method
        A row of EXPLAINERS.
    before, after
        What the scores rest on, by group and by that model's own decision. `after` is None without a second model.
    paired
        Both on the same people, by the decision before.
    changed
        The people whose decision is another one after, those first whose score changed most; at most 50.
    kept
        How many people the plan keeps; `before.people` of them were explained.
    base
        The score that a person's values add up from, for each model: a typical person's, or the background's mean.
    proxies
        For each sensitive column, how strongly each feature tells it, from 0 to 1, in the order of the features.
    checks, checks_after
        How far each model's picture can be trusted; the second is empty where only one was explained.
    at_once
        How many people were explained together, by each model; empty in older explanations.
    telling
        The single images that tell most, of a model that looks at images; a few of each group.
    """

    plan: Plan
    plan_after: Plan | None
    method: str
    before: Attribution
    after: Attribution | None
    paired: Paired | None
    changed: tuple[Changed, ...]
    kept: int
    base: tuple[float, ...]
    proxies: dict[str, tuple[float, ...]]
    checks: tuple[Check, ...]
    checks_after: tuple[Check, ...]
    device: str
    warnings: tuple[str, ...]
    data_sha256: str
    model_sha256: str | None
    versions: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    telling: tuple[Telling, ...] = ()
    images_sha256: str | None = None
    at_once: tuple[int, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """What was weighed."""
        return self.before.features

    @property
    def explainer(self) -> Explainer:
        """The method's row."""
        return EXPLAINERS[self.method]

    @property
    def alone(self) -> Explanation:
        """The same of the first model by itself, without what was found beside it."""
        first = self.base[:1]
        return replace(self, plan_after=None, after=None, paired=None, changed=(), base=first, checks_after=())

    @property
    def settled(self) -> Explanation:
        """The same where nobody is to be added any more."""
        after = None if self.after is None else self.after.settled
        paired = None if self.paired is None else self.paired.settled
        return replace(self, before=self.before.settled, after=after, paired=paired)

    @property
    def is_trusted(self) -> bool:
        """Whether no check failed."""
        return all(check.state != "failed" for check in (*self.checks, *self.checks_after))
