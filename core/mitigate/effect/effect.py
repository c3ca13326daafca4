"""What one fix does on the report part: people on whom nothing was fitted or chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.metrics.comparison import Comparison, GapChange, compare_audits
from core.metrics.intervals import z_value
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Gap, Judgement, judge
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.consequences import got_worse, price_sentences, warnings
from core.mitigate.effect.levelling_down import levelling_down
from core.mitigate.effect.mistake_costs import Mistakes, mistakes
from core.mitigate.effect.one_answer import nearly_one_answer
from core.mitigate.effect.rates_before_after import Shifts, shifts
from core.mitigate.fix import Fix
from core.mitigate.goals.goal_test import GoalGap, goal_gap, kept_sentence
from core.mitigate.results import FIT, REPORT, Decided, Mitigated
from core.mitigate.settings import Settings


@dataclass(frozen=True, eq=False)
class Effect:
    """Before and after.

    Attributes
    ----------
    compared
        Every gap and everybody's decisions, before and after.
    aimed
        How the gaps that were to be closed moved, one for each compared group and rate of the goal.
    before_ranges
        The plausible range of each of them before.
    retrained
        The same against the same training without the fix; empty where nothing was trained.
    mistakes
        What wrong decisions cost by the chosen measure; None where no outcome is known.
    shifts
        How often each group is selected before and after, by the goal's rate; None where no two can be compared.
    goal_now, goal_then
        How far apart the groups are by the goal, now and with the fix, and whether that meets the goal.
    levelling
        Who loses where the gap closes and no group gains, which `warnings` begin with; else empty.
    price, warnings, worse
        What it means for people, what speaks against it, and which gaps got worse, as sentences.
    terms
        What the plan calls things.
    """

    compared: Comparison
    aimed: tuple[GapChange, ...]
    before_ranges: tuple[tuple[float | None, float | None], ...]
    retrained: tuple[GapChange, ...]
    mistakes: Mistakes | None
    goal_now: GoalGap
    goal_then: GoalGap
    levelling: str
    price: tuple[str, ...]
    warnings: tuple[str, ...]
    worse: tuple[str, ...]
    shifts: Shifts | None
    terms: Terms

    @property
    def people(self) -> str:
        """What rows are called."""
        return self.terms.people

    @property
    def may_be_training_alone(self) -> bool:
        """Whether a gap closed, but the same training without the fix may have closed it as well."""
        return bool(self.retrained) and _is_better(self.aimed) and not _is_better(self.retrained)

    @property
    def training_alone(self) -> str:
        """That in a sentence; empty where it is not so."""
        if not self.may_be_training_alone:
            return ""
        return f"These {self.people} cannot tell that the fix did it: training anew without it may bring as much."

    def goal_document(self, settings: Settings) -> dict[str, Any]:
        """Whether the goal is met, as comparison.json holds it."""
        low, high = self.goal_then.interval or (None, None)
        said = kept_sentence(self.goal_now, self.goal_then, settings, self.terms)
        return {"kept": self.goal_then.kept, "gap": self.goal_then.value, "low": low, "high": high, "said": said}


def _is_better(changes: tuple[GapChange, ...]) -> bool:
    return any(change.verdict == "better" for change in changes)


def effect(found: Mitigated, fix: Fix) -> Effect:
    """What a fix does, on the report part."""
    settings, confidence = found.settings, found.present.plan.run.confidence
    terms = Terms.of(found.present.plan)
    before, after = (_judgement(found, decided, REPORT) for decided in (found.present, fix.decided))
    joint = fix.joint[REPORT]
    compared = _believed(compare_audits(before, after, joint, confidence), fix)
    on_fit = compare_audits(
        _judgement(found, found.present, FIT), _judgement(found, fix.decided, FIT), None, confidence
    )
    against = warnings(compared, settings.by, settings.goal, on_fit, terms)
    without = against_retrained(found, fix, after)
    wrong = mistakes(joint.n.sum(axis=0), settings.cost, z_value(confidence))
    if wrong is not None and fix.suspected:
        wrong = replace(wrong, is_suspected=True)
    aimed = _aimed(compared.gaps, settings)
    levelled = levelling_down(joint, settings, terms) if _is_better(aimed) else ""
    ranges = {_key(gap): (gap.low, gap.high) for gap in before.gaps}
    return Effect(
        compared,
        aimed,
        tuple(ranges[_key(change)] for change in aimed),
        () if without is None else _aimed(without.gaps, settings),
        wrong,
        _goal_gap(found, found.present),
        _goal_gap(found, fix.decided),
        levelled,
        price_sentences(compared, settings.by, terms),
        (*filter(None, [levelled]), *nearly_one_answer(joint, settings.by, settings.cost, terms), *against),
        tuple(got_worse(compared, terms)),
        shifts(joint, settings),
        terms,
    )


def aimed_on(found: Mitigated, fix: Fix, part: str) -> tuple[GapChange, ...]:
    """How the gaps that were to be closed moved, among the people of one part, "choose" or "report"."""
    before, after = (_judgement(found, decided, part) for decided in (found.present, fix.decided))
    compared = compare_audits(before, after, fix.joint[part], found.present.plan.run.confidence)
    return _aimed(_believed(compared, fix).gaps, found.settings)


def _believed(compared: Comparison, fix: Fix) -> Comparison:
    """The comparison, in which nothing is called better where the fix is suspected to have learned the answer."""
    if not fix.suspected:
        return compared
    reason = "the fix may have learned the answer"
    gaps = (replace(gap, verdict="unclear", reason=reason) if gap.verdict == "better" else gap for gap in compared.gaps)
    return replace(compared, gaps=tuple(gaps))


def _judgement(found: Mitigated, decided: Decided, part: str) -> Judgement:
    """What follows from one part's people, judged with the report part's references."""
    counts = decided.counts[part]
    return judge(counts, decided.plan, stated_rule(counts, decided.plan), found.references)


def _goal_gap(found: Mitigated, decided: Decided) -> GoalGap:
    counts = decided.counts[REPORT]
    return goal_gap(counts, stated_rule(counts, decided.plan), found.settings, decided.plan.run.confidence)


def _aimed(gaps: tuple[GapChange, ...], settings: Settings) -> tuple[GapChange, ...]:
    """The changes of the goal's own measures, one a rate; the rest of its measures say the same in other words.

    Groups of whom the goal is not asked are none that were to be brought nearer: what got worse for them is a warning.
    """
    goal, left_out = settings.goal, set(settings.leave_out or ())
    wanted = goal.measures[: len(goal.rates)]
    found = [gap for gap in gaps if gap.by == settings.by and gap.measure in wanted]
    return tuple(
        gap for gap in found if not left_out.intersection((*gap.group.values(), *gap.reference.values()))
    ) or tuple(found)


def against_retrained(found: Mitigated, fix: Fix, after: Judgement) -> Comparison | None:
    """What the fix itself did: `after` against the same training without it; None where nothing was trained."""
    proposed = fix.proposed
    if proposed is None or proposed.baseline is None:
        return None
    without = _judgement(found, found.named(proposed.baseline).decided, REPORT)
    return _believed(compare_audits(without, after, proposed.retrained[REPORT], found.present.plan.run.confidence), fix)


def _key(gap: Gap | GapChange) -> tuple[object, ...]:
    return gap.by, gap.measure, tuple(gap.group.values()), tuple(gap.reference.values())
