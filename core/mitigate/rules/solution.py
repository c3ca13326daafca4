"""The question that a mitigation by rule is asked, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from core.counts.counts import Counts
from core.counts.rules import Rule
from core.metrics.words import group_words, listed
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.goals import Cost, Goal, exact
from core.mitigate.rules.levels import Candidates, candidates
from core.mitigate.rules.rule_outcome import Outcome, outcome


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be made equal, at what cost.

    Attributes
    ----------
    counts
        The people that the rule is fitted on, by every cell.
    by
        The attributes whose groups are to be made equal.
    goal, cost
        Rows of GOALS and COSTS.
    present
        Who is selected now: of equally cheap thresholds those win that change fewest of its decisions, then the lower.
    at_most
        The largest accepted gap; the goal's own where None.
    fewest
        The fewest people behind a rate for the goal to bind a group.
    leave_out
        Values whose groups the goal does not bind, however many they are.
    terms
        What the plan calls things.
    """

    counts: Counts
    by: tuple[str, ...]
    goal: Goal
    cost: Cost
    present: Rule
    at_most: float | None = None
    fewest: int = 1
    leave_out: tuple[str, ...] = ()
    terms: Terms = PLAIN

    @property
    def limit(self) -> Fraction:
        """The largest accepted gap, exactly. Raises PlanError where it is no share."""
        return exact(self.goal.at_most if self.at_most is None else self.at_most)

    def outcome(self, rule: Rule) -> Outcome:
        """What a rule would mean in place of the present one."""
        return outcome(self.counts, self.by, self.goal, self.cost, self.present, rule, self.fewest, self.leave_out)

    @property
    def candidates(self) -> Candidates:
        """Every group at every threshold. Raises as `core.mitigate.rules.levels.candidates` does."""
        return candidates(self.counts, self.by, self.goal, self.cost, self.present, self.fewest, self.leave_out)


@dataclass(frozen=True, eq=False)
class Solution:
    """A rule that a mitigation proposes, with what it reaches on the people that it was fitted on.

    Attributes
    ----------
    mechanism
        The mitigation's name.
    question
        What was asked.
    rule
        Who would be selected: float64 of shape (cells of the counts, bins).
    outcome
        Gap, cost and people, before and after.
    needs_attribute
        Whether the sensitive value must be known when somebody is decided about.
    least_cost
        A proven lower bound of the cost of any thresholds that meet the goal: the cost itself where the search was
        exact. None where no outcome is known, or nothing was searched.
    unbound
        Groups that the goal does not bind, left out or with too few people behind a rate: their decisions change least.
    notes
        What a reader must know of it, as sentences.
    instead
        Where the optimum selects nearly everybody or nearly nobody of a group: the best thresholds that do not, which
        may leave a larger gap. None where there are none, or none are needed.
    """

    mechanism: str
    question: Question
    rule: Rule
    outcome: Outcome
    needs_attribute: bool
    least_cost: float | None = None
    unbound: tuple[dict[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    instead: Solution | None = None

    @property
    def meets(self) -> bool:
        """Whether the gap is within what was accepted."""
        limit = self.question.limit
        return self.outcome.gap <= (limit if isinstance(self.outcome.gap, Fraction) else float(limit))

    @property
    def degenerate(self) -> tuple[dict[str, str], ...]:
        """The groups of which nearly nobody or nearly everybody would be selected, though it was not so before."""
        return tuple(g.group for g in self.outcome.groups if g.is_degenerate and g.group not in self.unbound)

    @property
    def recommended(self) -> bool:
        """Whether it meets the goal without selecting nearly everybody or nearly nobody of a group."""
        return self.meets and not self.degenerate

    @property
    def optimality_gap(self) -> float | None:
        """By how much the cost may lie above that of the cheapest thresholds; 0 where the search was exact."""
        return None if self.least_cost is None else (self.outcome.cost or 0.0) - self.least_cost


def left_out(unbound: tuple[dict[str, str], ...], each_group: bool, question: Question) -> tuple[str, ...]:
    """A sentence about groups that the goal does not bind, as it is not asked of their values or they are too small.

    `each_group` where each is decided about by itself.
    """
    by_choice, terms = question.leave_out, question.terms
    kept = ", and their decisions change as little as possible" if each_group else ""
    chosen = [group for group in unbound if set(group.values()) & set(by_choice)]
    few = [group for group in unbound if group not in chosen]
    said = []
    if chosen:
        who = listed([group_words(group, terms) for group in chosen])
        said.append(f"The goal is not asked of {who}, who are left out of it{kept}.")
    if few:
        who = listed([group_words(group, terms) for group in few])
        said.append(f"There are too few {who} to go by, so the goal is not asked for them{kept}.")
    return tuple(said)
