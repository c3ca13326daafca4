"""The goal that a search for fixes begins with: the one that closes the gap that the audit told first."""

from __future__ import annotations

from typing import Any

from core.metrics.findings.ordered import findings
from core.metrics.findings.pairs import headline_measure
from core.metrics.gaps import GAPS
from core.metrics.policies import band
from core.metrics.verdicts import Gap, Judgement
from core.mitigate.goals import GOALS, Goal
from core.plan.plan import Plan


def opening_mitigate(judgement: Judgement, plan: Plan) -> dict[str, Any]:
    """`[mitigate]` for the measure that the first finding rests on, between its groups; what the plan states stands.

    A ratio, and whatever else breaks a limit where the headline's own measure does not, is to come within the limit
    that the audit used; of a headline that is a difference the goal's own width is asked. Empty where nothing was
    compared.
    """
    told = findings(judgement, plan)
    if not told:
        return dict(plan.mitigate)
    headline = headline_measure(judgement, plan)
    measure = _measure(judgement.gaps[told[0].gap], headline)
    goal = _goal(measure)
    if goal is None or (goal.needs_label and plan.data.label is None):
        return dict(plan.mitigate)
    asked: dict[str, Any] = {"by": list(judgement.gaps[told[0].gap].by)}
    if "goal" not in plan.mitigate:
        asked["goal"] = goal.name
        if goal.kind == "ratio" or measure != headline:
            limit = band(GAPS[measure], plan).limit
            asked["at_most"] = round(1 - limit if goal.kind == "ratio" else limit, 8)
    return {**asked, **plan.mitigate}


def _measure(first: Gap, headline: str) -> str:
    """What the first finding breaks: who gets selected has two limits, and one may hold where the other is broken."""
    same_question = GAPS[first.measure].metrics == GAPS[headline].metrics
    return first.measure if first.verdict == "gap" and same_question else headline


def _goal(measure: str) -> Goal | None:
    """The goal whose own measure it is, else one by which an audit sees it too; None where none makes it equal."""
    own = (goal for goal in GOALS.values() if measure == goal.measures[0])
    return next(own, next((goal for goal in GOALS.values() if measure in goal.measures), None))
