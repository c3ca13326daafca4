"""What can be tried on an audit, and every fix that a search found.

Fixes by thresholds are fitted here, from the fit part's counts; all others come from the mitigate job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.collect_mitigation import CHOOSE, FIT, RETRAINED, Decided, Mitigated, Proposed
from core.counts import UNKNOWN, Counts
from core.findings import plan_threshold
from core.intervals import FEW
from core.joint import JointCounts, from_rules
from core.mitigate.after import plan_with_rule, without_decisions
from core.mitigate.candidates import nearly_none
from core.mitigate.goals import Goal
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.rule_file import RuleFile
from core.mitigate.settings import Settings
from core.mitigate.solution import Solution
from core.mitigate.thresholds import search, shared
from core.record import AuditRecord
from core.sentences import group_words

WIDER = (0.02, 0.05)
# Of fewer people of one group and outcome, none may come to lie in the third that weights are taken from.
LIGHTEST = 5
# Which goals AIF360's methods know; AIF360 itself is imported in jobs only.
AIF360_GOALS = {
    "reject_option": ("demographic_parity", "equal_opportunity", "equalized_odds"),
    "eq_odds_postprocessing": ("equalized_odds",),
    "calibrated_eq_odds": ("equal_opportunity", "predictive_equality", "equalized_odds"),
}
_LABELS = "it needs to know what really happened"
_SCORES = "it needs a score, and here are only decisions"


# ---------------------------------------------------------------- what can be tried


def untried(record: AuditRecord, settings: Settings) -> dict[str, str]:
    """Why each mitigation cannot be tried on an audit, as half a sentence; "" where it can."""
    return {name: _reason_against(name, record, settings) for name in MITIGATIONS}


def _reason_against(name: str, record: AuditRecord, settings: Settings) -> str:
    axis, plan = record.counts.axis, record.plan
    has_label, has_score = plan.data.label is not None, axis.kind != "decision"
    if name in ("thresholds", "shared_threshold"):
        return "" if has_score else _SCORES
    if not has_label:
        return _LABELS
    if MITIGATIONS[name].is_trained:
        if name == "fairness_loss":
            is_pt2 = plan.decision.model is not None and plan.decision.model.endswith(".pt2")
            return "" if is_pt2 else "it needs a model with gradients, a .pt2 file"
        enough = _smallest_cell(record.counts, settings.by) >= LIGHTEST
        return "" if enough else f"some group has fewer than {LIGHTEST} people of one outcome, too few to weigh"
    if not has_score:
        return _SCORES
    if name in AIF360_GOALS and settings.goal.name not in AIF360_GOALS[name]:
        return "AIF360 has it for other goals"
    if name in AIF360_GOALS and len(settings.by) > 1:
        return "AIF360 takes one column at a time"
    return ""


def _smallest_cell(counts: Counts, by: tuple[str, ...]) -> int:
    """The fewest people of one outcome in any group that has people whose outcome is known."""
    n = counts.by(by).n[:, :UNKNOWN].sum(axis=2)
    return int(n[n.sum(axis=1) > 0].min(initial=0))


def progress_words(what: str) -> str:
    """What a mitigate job says it is doing, with the mitigation's title in place of its name."""
    name, _, doing = what.partition(": ")
    title = next((row.title for row in MITIGATIONS.values() if name.startswith(row.name)), None)
    return f"{title.lower()}: {doing}" if title is not None and doing else what


# ---------------------------------------------------------------- what was found


@dataclass(frozen=True, eq=False)
class Fix:
    """One fix, whole.

    Attributes
    ----------
    id
        Its own among the fixes of one search.
    mechanism
        A row of MITIGATIONS, or RETRAINED for the same training without the mitigation.
    title
        What a page calls it.
    decided
        What it decides about every part.
    joint
        The present decisions and these, on the parts "choose" and "report".
    against
        Why it is not recommended, as sentences.
    rule, proposed
        The rule to take away, and the job's proposal, where there is one.
    notes
        What a reader must know of it.
    """

    id: str
    mechanism: str
    title: str
    decided: Decided
    joint: dict[str, JointCounts]
    against: tuple[str, ...] = ()
    rule: RuleFile | None = None
    proposed: Proposed | None = None
    notes: tuple[str, ...] = ()

    @property
    def needs_attribute(self) -> bool:
        """Whether the sensitive value must be known when somebody is decided about."""
        return self.mechanism != RETRAINED and MITIGATIONS[self.mechanism].needs_attribute

    @property
    def draws_lots(self) -> bool:
        """Whether two people with the same score can get different answers."""
        return self.rule is not None and any(0 < p < 1 for row in self.rule.groups for _, p in row.steps)

    @property
    def is_recommended(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def fixes(found: Mitigated, names: tuple[str, ...]) -> tuple[Fix, ...]:
    """Every fix of a search for `names`: thresholds first, then what the job proposes, in order.

    Raises PlanError where the goal asks nothing of these groups.
    """
    offered = [*_by_thresholds(found, names), *(_proposed(found, proposal) for proposal in found.proposals)]
    return tuple(replace(fix, against=(*fix.against, *_one_sided(found, fix))) for fix in offered)


def _by_thresholds(found: Mitigated, names: tuple[str, ...]) -> Iterator[Fix]:
    """One threshold for each group at the accepted gap and at wider ones, and one threshold for all."""
    fit = found.present.counts[FIT]
    settings, seen = found.settings, list[Solution]()
    widths = [settings.at_most, *(w for w in WIDER if settings.goal.kind == "difference" and w > settings.at_most)]
    ways = (("thresholds", search, widths), ("shared_threshold", shared, widths[:1]))
    for way, at_most in [(way, at_most) for name, way, limits in ways if name in names for at_most in limits]:
        solution = way(replace(settings, at_most=at_most).question(fit, found.present_rule))
        for each, extra in ((solution, ""), (solution.instead, ", without extremes")):
            if each is not None and not any(_same(each, other) for other in seen):
                seen.append(each)
                yield _threshold_fix(found, each, len(seen), extra)


def _same(one: Solution, other: Solution) -> bool:
    return one.needs_attribute == other.needs_attribute and bool((one.rule.selected == other.rule.selected).all())


def _threshold_fix(found: Mitigated, solution: Solution, number: int, extra: str) -> Fix:
    present, goal = found.present, found.settings.goal
    fit = present.counts[FIT]
    rule = RuleFile.of(solution, None if fit.axis.decided else plan_threshold(present.plan))
    decided = replace(
        present,
        plan=plan_with_rule(present.plan, fit, rule),
        counts={part: without_decisions(counts) for part, counts in present.counts.items()},
        near_threshold=0,
    )
    joint = {
        part: from_rules(counts, found.present_rule, rule.rule(counts.groups, counts.axis))
        for part, counts in present.counts.items()
        if part != FIT
    }
    at_most = float(solution.question.limit)
    wide = at_most != found.settings.at_most
    title = MITIGATIONS[solution.mechanism].title + (f", up to {_width(goal, at_most)}" if wide else "") + extra
    return Fix(
        f"{solution.mechanism}_{number}",
        solution.mechanism,
        title,
        decided,
        joint,
        tuple(_unmet(found, solution)),
        rule,
        None,
        solution.notes,
    )


def _unmet(found: Mitigated, solution: Solution) -> Iterator[str]:
    goal = found.settings.goal
    if not solution.meets:
        yield (
            f"No such thresholds bring the gap to {_width(goal, float(solution.question.limit))} even on the people"
            f" they are fitted on; these come nearest, with {_width(goal, float(solution.outcome.gap))}."
        )
    if solution.degenerate:
        who = _listed([group_words(group) for group in solution.degenerate])
        yield f"Of {who} it would select nearly everybody or nearly nobody."


def _width(goal: Goal, gap: float) -> str:
    return f"{100 * gap:.3g} {'%' if goal.kind == 'ratio' else 'point' if gap == 0.01 else 'points'}"


def _proposed(found: Mitigated, proposal: Proposed) -> Fix:
    is_plain = proposal.mechanism == RETRAINED
    title = "The same training without the fix" if is_plain else MITIGATIONS[proposal.mechanism].title
    if proposal.strength is not None:
        title += f", price {proposal.strength:g}"
    if proposal.is_stand_in:
        title += " (on a stand-in)"
    return Fix(
        proposal.id,
        proposal.mechanism,
        title,
        proposal.decided,
        proposal.joint,
        ("It stands here for comparison only.",) if is_plain else (),
        proposal.rule,
        proposal,
        proposal.notes,
    )


def _one_sided(found: Mitigated, fix: Fix) -> Iterator[str]:
    """A sentence where nearly all or nearly none of a group are selected on the choose part, and were not before."""
    if any("nearly everybody" in said for said in fix.against):
        return
    people = fix.joint[CHOOSE].by(found.settings.by)
    n = people.n.sum(axis=(1, 2, 3))
    before, after = people.n[:, :, 1, :].sum(axis=(1, 2)), people.n[:, :, :, 1].sum(axis=(1, 2))
    then, already = nearly_none(after, n), nearly_none(before, n)
    changed = np.any([now & ~was for now, was in zip(then, already, strict=True)], axis=0) & (n >= FEW)
    if changed.any():
        who = _listed([group_words(people.groups.names(g)) for g in np.flatnonzero(changed).tolist()])
        yield f"Of {who} it would select nearly everybody or nearly nobody."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
