"""The goal that a search for fixes begins with: the one that closes the gap that the audit told first."""

from __future__ import annotations

from dataclasses import replace

from core.metrics.findings.group_pairs import headline_measure
from core.metrics.findings.ordering import findings
from core.metrics.gaps import GAPS
from core.metrics.policies import band
from core.metrics.verdicts import Gap, Judgement
from core.mitigate.goals import GOALS, Goal
from core.plan.plan import MitigationPlan, Plan


def opening_mitigate(judgement: Judgement, plan: Plan) -> MitigationPlan:
    """`[mitigate]` for the measure that the first finding rests on, between its groups; what the plan states stands.

    A ratio, and whatever else breaks a limit where the headline's own measure does not, is to come within the limit
    that the audit used; of a headline that is a difference the goal's own width is asked. The plan's own where
    nothing was compared.
    """
    stated, told = plan.mitigate, findings(judgement, plan)
    if not told:
        return stated
    headline = headline_measure(judgement, plan)
    measure = _measure(judgement.gaps[told[0].gap], headline)
    goal = _goal(measure)
    if goal is None or (goal.needs_label and plan.data.label is None):
        return stated
    asked = replace(stated, by=judgement.gaps[told[0].gap].by if stated.by is None else stated.by)
    if stated.goal is not None:
        return asked
    asked = replace(asked, goal=goal.name)
    if stated.at_most is None and (goal.kind == "ratio" or measure != headline):
        limit = band(GAPS[measure], plan).limit
        return replace(asked, at_most=round(1 - limit if goal.kind == "ratio" else limit, 8))
    return asked


def _measure(first: Gap, headline: str) -> str:
    """What the first finding breaks: who gets selected has two limits, and one may hold where the other is broken."""
    same_question = GAPS[first.measure].metrics == GAPS[headline].metrics
    return first.measure if first.verdict == "gap" and same_question else headline


def _goal(measure: str) -> Goal | None:
    """The goal whose own measure it is, else one by which an audit sees it too; None where none makes it equal."""
    own = (goal for goal in GOALS.values() if measure == goal.measures[0])
    return next(own, next((goal for goal in GOALS.values() if measure in goal.measures), None))
