"""What the Explain page says of one explanation: how to read it, and scores that never seem to reach a mark."""

from __future__ import annotations

from core.explain.explanation import Explanation
from core.explain.nouns import NOUNS, Kind, Nouns
from core.explain.person import Counterfactual, Person, PersonSide
from core.metrics.findings.sentences import capital
from core.metrics.stated_rule import rule_file
from core.metrics.verdicts import plan_threshold
from core.metrics.words import beside, rows_word
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan

DIGITS = 2


def kind_of(plan: Plan) -> Kind:
    """What a plan's model reads."""
    decision = plan.decision
    return "image" if decision.image is not None else "text" if decision.text is not None else "table"


def nouns_of(plan: Plan) -> Nouns:
    """What is weighed, and in what, by the words of a plan's kind of input."""
    return NOUNS[kind_of(plan)]


def start_words(found: Explanation) -> str:
    """Whose score the reasons start from."""
    nouns = nouns_of(found.plan)
    return nouns.start if found.explainer.from_typical else nouns.nothing


def reading_words(found: Explanation) -> str:
    """How to read the picture of groups."""
    nouns, people = nouns_of(found.plan), rows_word(found.plan)
    starts = f" Scores start from that of {start_words(found)}." if found.explainer.adds_up else ""
    return (
        f"How to read it: a cell says how many points of 100 a {nouns.part} moves a group's scores on"
        f" average.{starts} Below a group's name stands how many {people} it has. The {nouns.parts} with the"
        f" deepest colour come first. Where a {nouns.part} “goes along” with a sensitive column, the model can partly"
        " tell the group from it."
    )


def doubted(sentence: str) -> str:
    """A sentence that rests on a picture which a check speaks against."""
    return f"In doubt: {sentence[0].lower()}{sentence[1:]}"


def score_words(score: float, plan: Plan, group: dict[str, str]) -> str:
    """A score with as many digits as it takes not to seem to reach the score that this group needs."""
    mark = _mark(plan, group)
    return f"{score:.{DIGITS}f}" if mark is None else beside(score, mark, DIGITS)


def decided_words(found: Explanation, plan: Plan, person: Person, side: PersonSide) -> str:
    """What one model decided about a person, from which score, and where its reasons start."""
    terms = Terms.of(plan)
    decision = capital(terms.selected if side.selected else terms.turned_down)
    start = f"{side.base:.2f}, the score of {start_words(found)}"
    return f"{decision}, with a score of {score_words(side.score, plan, person.group)}. The reasons start from {start}."


def change_words(change: Counterfactual, plan: Plan, person: Person) -> str:
    """A change that would turn the decision, and the score that it would give."""
    parts = [
        f"“{column}” {then or '(empty)'} instead of {now or '(empty)'}"
        for column, now, then in zip(change.columns, change.now, change.then, strict=True)
    ]
    return f"{' and '.join(parts)} (score {score_words(change.score, plan, person.group)})"


def _mark(plan: Plan, group: dict[str, str]) -> float | None:
    """The score that parts the refused of a group from the selected; None where there is no one such score."""
    rule = rule_file(plan)
    if rule is None:
        return plan_threshold(plan)
    for one in rule.groups:
        if one.group.items() <= group.items():
            return one.threshold(rule.lower_is_better)
    return rule.otherwise
