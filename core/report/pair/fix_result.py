"""What the audit of a fix opens on: the gap that the fix was for, before beside after, as it was judged."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.metrics.words.changes.sentence import change_sentence
from core.mitigate.advice.duplicates import decisions_sha256
from core.mitigate.effect.effect import Effect
from core.mitigate.effect.learned_from import learned_from
from core.mitigate.effect.mistake_costs import mistakes_sentence
from core.mitigate.fix import Fix
from core.mitigate.frontier.places import gap_words
from core.mitigate.goals.goal_test import KEPT_WORDS, Kept, goal_words, kept_sentence
from core.mitigate.results import Mitigated
from core.plan.plan import Plan

# Gaps that are told before what mistakes cost: a page shows so many and the mistakes, and the rest on request.
MOST_GAPS = 3


@dataclass(frozen=True)
class FixResult:
    """What a fix was for and what came of it, on the people that it was judged on.

    Attributes
    ----------
    title, question
        The fix, and what was asked of it, in words.
    before, after
        The gap by the goal, in its own unit.
    kept, said
        Whether the goal is met, and that in a sentence.
    lines
        The gaps that were to be closed and, after the first of them, what mistakes cost: how each turned, and a
        sentence.
    worse
        What got worse, or speaks against it, as sentences.
    asked
        The digest of the question that audits the fix: what is told is about no other one.
    by
        The sensitive columns whose groups the fix was for; empty in what earlier versions kept.
    decides
        The digest of what it decides (`decisions_sha256`); empty in what earlier versions kept.
    trained_on
        Whom it was trained on, in a sentence; empty where nothing was trained, and in what earlier versions kept.
    """

    title: str
    question: str
    before: str
    after: str
    kept: Kept
    said: str
    lines: tuple[tuple[str, str], ...]
    worse: tuple[str, ...]
    asked: str
    by: tuple[str, ...] = ()
    decides: str = ""
    trained_on: str = ""

    @property
    def words(self) -> str:
        """The pair in a line: "gap 26.3 % before, 5.1 % with the fix"."""
        return f"gap {self.before} before, {self.after} with the fix"

    def to_text(self) -> str:
        """The pair as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> FixResult:
        """The pair from `to_text`'s text. Raises KeyError, TypeError or ValueError where it is none."""
        document: dict[str, Any] = json.loads(text)
        lines = tuple((str(turn), str(sentence)) for turn, sentence in document["lines"])
        if document["kept"] not in KEPT_WORDS:
            raise ValueError("it says nothing of the goal")
        worse, by = tuple(map(str, document["worse"])), tuple(map(str, document.get("by", ())))
        return cls(**{**document, "lines": lines, "worse": worse, "by": by})


def told(found: Mitigated, fix: Fix, effect: Effect, plan: Plan) -> FixResult:
    """What the audit by `plan` of this fix has to tell first."""
    settings = found.settings
    lines = [(change.verdict, change_sentence(change, terms=effect.terms)) for change in effect.aimed]
    if effect.mistakes is not None:
        lines.insert(MOST_GAPS, (effect.mistakes.turn, mistakes_sentence(effect.mistakes)))
    goal = f"{settings.goal.said(effect.terms)}, between the groups of {' and '.join(settings.by)}"
    return FixResult(
        fix.title,
        f"{goal}: {goal_words(settings)}",
        gap_words(effect.goal_now.value, settings),
        gap_words(effect.goal_then.value, settings),
        effect.goal_then.kept,
        kept_sentence(effect.goal_now, effect.goal_then, settings, effect.terms),
        tuple(lines),
        (*fix.suspected, *filter(None, [effect.training_alone]), *effect.worse),
        plan.question_sha256,
        tuple(settings.by),
        decisions_sha256(fix),
        learned_from(fix, effect.terms),
    )


def answering(plan: Plan, found: Mitigated) -> Plan:
    """The plan that audits a fix, whose headline is the gap that the fix was for."""
    measures = found.settings.goal.measures
    if plan.policy.headline in measures:
        return plan
    return replace(plan, policy=replace(plan.policy, headline=measures[0]))
