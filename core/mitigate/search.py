"""Every fix that a search found, and what could not be tried.

Fixes by thresholds are fitted here, from the fit part's counts; all others come from the mitigate job.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.counts.counts import UNKNOWN
from core.errors import DataError, PlumblineError
from core.metrics.intervals import z_value
from core.metrics.joint import from_rules
from core.metrics.verdicts import plan_edge
from core.metrics.words import group_words, listed, rows_word
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.mistake_costs import mistakes
from core.mitigate.effect.near_constant import first_of, hardly_better
from core.mitigate.effect.not_recommended import one_sided, worse_than_one_answer
from core.mitigate.fix import Fix
from core.mitigate.goals import COSTS, Goal
from core.mitigate.mitigations import MITIGATIONS, Mitigation, in_order_of_work
from core.mitigate.plans import plan_with_rule, without_decisions
from core.mitigate.results import CHOOSE, FIT, RETRAINED, Mitigated, Proposed
from core.mitigate.rules.solution import Solution
from core.mitigate.rules.take_away import rule_file_of
from core.mitigate.training.reweighing import Weights, reweigh

WIDER = (0.02, 0.05)
# What a plan confirms where a training is right far more often than what decides now, and rightly so.
TOO_GOOD = "too_good"
_STANDS_IN = (
    "Under the cheapest thresholds nearly everybody or nearly nobody of some group would be {selected}. These are the"
    " best that do not do so, on the people they are fitted on."
)


def progress_words(what: str, names: Sequence[str]) -> tuple[str, str]:
    """At which of the ways `names` a mitigate job is, and what it does there: ("way 2 of 5 (...), ", "rows scored")."""
    proposal, _, doing = what.partition(": ")
    if proposal == RETRAINED:
        return "the same training without the fix, ", doing
    way = next((row for row in MITIGATIONS.values() if proposal.startswith(row.name)), None)
    if way is None or way.name not in names:
        return "", what
    title = way.title if way.title[1].isupper() else way.title[0].lower() + way.title[1:]
    return f"way {in_order_of_work(names).index(way.name) + 1} of {len(names)} ({title}), ", doing


@dataclass(frozen=True, eq=False)
class Offer:
    """What a search came to: every fix, and why a mitigation could not be tried, by its name."""

    fixes: tuple[Fix, ...]
    refused: dict[str, PlumblineError]


def offer(found: Mitigated, names: tuple[str, ...]) -> Offer:
    """Every fix of a search for `names`: thresholds first, then what the job proposes, in order."""
    refused = dict(found.refused)
    fitted: list[Fix] = []
    for row in [row for row in MITIGATIONS.values() if row.from_counts and row.name in names]:
        try:
            fitted += _from_counts(found, row)
        except PlumblineError as error:
            refused[row.name] = error
    proposed = [_proposed(found, proposal) for proposal in found.proposals]
    offered = [*fitted, *(fix for fix in proposed if not _needs_no_lots(fix, fitted))]
    judged = []
    for fix in offered:
        too_good = _too_good(found, fix)
        suspected = (*_learned_later(fix), *too_good)
        against = (*suspected, *_against(found, fix))
        judged.append(replace(fix, against=against, suspected=suspected, is_too_good=bool(too_good)))
    return Offer(tuple(judged), refused)


def weights_alone(found: Mitigated) -> Weights | None:
    """Reweighing's weights where nothing could be trained with them here; None where something was, or there are none.

    They follow from groups and outcomes; only the model that would show what they do needs columns to learn from.
    """
    if not any(MITIGATIONS[name].gives_weights for name in found.refused):
        return None
    try:
        return reweigh(found.present.counts[FIT], found.settings.by)
    except DataError:
        return None


def _needs_no_lots(fix: Fix, fitted: list[Fix]) -> bool:
    """Whether it came out without lots, and rules without lots that cost no more are listed already."""
    if fix.mechanism == RETRAINED or fix.draws_lots:
        return False
    same = MITIGATIONS[fix.mechanism].without_lots
    return any(other.mechanism == same and not other.is_wider for other in fitted)


def _from_counts(found: Mitigated, row: Mitigation) -> list[Fix]:
    """Rules at the accepted gap, each optimum before one that is not one-sided; some at wider gaps too."""
    fit = found.present.counts[FIT]
    terms = Terms.of(found.present.plan)
    settings, seen = found.settings, list[tuple[Solution, bool]]()
    widths = [settings.at_most]
    if row.is_widened and settings.goal.kind == "difference":
        widths += [width for width in WIDER if width > settings.at_most]
    for at_most in widths:
        solution = row.solution(replace(settings, at_most=at_most).question(fit, found.present_rule, terms))
        for each, stands_in in ((solution, False), (solution.instead, True)):
            if each is not None and not any(_same(each, other) for other, _ in seen):
                seen.append((each, stands_in))
    return [_threshold_fix(found, each, i + 1, stands_in) for i, (each, stands_in) in enumerate(seen)]


def _same(one: Solution, other: Solution) -> bool:
    return bool((one.rule.selected == other.rule.selected).all())


def _threshold_fix(found: Mitigated, solution: Solution, number: int, stands_in: bool) -> Fix:
    """The solution as a fix; `stands_in` where it is the best one that is not one-sided, in place of the cheapest."""
    present, goal = found.present, found.settings.goal
    fit = present.counts[FIT]
    rule = rule_file_of(solution, None if fit.axis.decided else plan_edge(present.plan, fit.axis.dtype))
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
    title = MITIGATIONS[solution.mechanism].title + (f", gap up to {width_words(goal, at_most)}" if wide else "")
    return Fix(
        f"{solution.mechanism}_{number}",
        solution.mechanism,
        title + (", nearly all or nobody in no group" if stands_in else ""),
        decided,
        joint,
        tuple(_unmet(found, solution)),
        rule,
        solution=solution,
        notes=(*solution.notes, *((Terms.of(present.plan).said(_STANDS_IN),) if stands_in else ())),
        is_wider=wide,
    )


def _unmet(found: Mitigated, solution: Solution) -> Iterator[str]:
    goal = found.settings.goal
    if not solution.meets:
        yield (
            f"No such thresholds bring the gap to {width_words(goal, float(solution.question.limit))}, not even on the"
            f" people they are fitted on. These come nearest, with {width_words(goal, float(solution.outcome.gap))}."
        )
    if solution.degenerate:
        terms = Terms.of(found.present.plan)
        who = first_of([group_words(group, terms) for group in solution.degenerate])
        yield f"Of {who} nearly everybody or nearly nobody would be {terms.selected}."


def width_words(goal: Goal, gap: float) -> str:
    """A gap in its goal's own unit: "1 point", "20 %"."""
    unit = "\u00a0%" if goal.kind == "ratio" else " point" if gap == 0.01 else " points"
    return f"{100 * gap:.3g}{unit}"


def _proposed(found: Mitigated, proposal: Proposed) -> Fix:
    is_plain = proposal.mechanism == RETRAINED
    title = "The same training without the fix" if is_plain else MITIGATIONS[proposal.mechanism].title
    if proposal.strength is not None:
        title += f" (strength {proposal.strength:g})"
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
        notes=proposal.notes,
    )


def _learned_later(fix: Fix) -> tuple[str, ...]:
    """A sentence where a training read columns that are suspected to know the answer."""
    if fix.proposed is None or fix.proposed.file is None or not fix.proposed.rests_on:
        return ()
    columns = listed([f"“{name}”" for name in fix.proposed.rests_on])
    return (f"It learned from {columns}, which may have been filled in after the outcome.",)


def _too_good(found: Mitigated, fix: Fix) -> tuple[str, ...]:
    """A sentence where a training is wrong less than half as often as now, unless a person confirmed that it may be."""
    plan, people = found.present.plan, fix.joint[CHOOSE].n.sum(axis=0)
    if fix.proposed is None or fix.proposed.file is None or TOO_GOOD in plan.data.confirmed:
        return ()
    wrong = mistakes(people, COSTS["accuracy"], z_value(plan.run.confidence)) if people[:UNKNOWN].any() else None
    if wrong is None or wrong.turn != "better" or wrong.after >= wrong.before / 2:
        return ()
    return (
        f"It is wrong about {100 * wrong.after:.1f} of 100 {rows_word(plan)}, against {100 * wrong.before:.1f} before"
        " the fix, which is out of reach. It may have learned the answer from a column that was filled in later.",
    )


def _against(found: Mitigated, fix: Fix) -> Iterator[str]:
    """Why it is not recommended: what is known of it, and how it treats the people of the choose part."""
    plan, by, joint = found.present.plan, found.settings.by, fix.joint[CHOOSE]
    terms = Terms.of(plan)
    yield from fix.against
    if fix.solution is None or not fix.solution.degenerate:  # else that is said of the people it was fitted on
        yield from list(one_sided(joint, by, terms)) or hardly_better(joint, by, plan.run.confidence, terms)
    yield from worse_than_one_answer(joint, found.settings.cost)
