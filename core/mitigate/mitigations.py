"""The table of mitigations: what each does, in plain words, what it needs, and what runs it.

Names only: what a row runs is imported where it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from core.catalogue import called, table
from core.metrics.words.naming.terms import Terms
from core.mitigate.goals import GOALS

if TYPE_CHECKING:
    from core.mitigate.rules.solution import Question, Solution

# What must be there: the outcome column; a score; people of both outcomes in every group; a model that can be trained
# on from its weights; a goal that the row knows; groups by no more than one column.
Need = Literal["outcome", "score", "both outcomes", "learning model", "goal", "one column"]
# What changes: one rule decides about all alike, each group has its own, or the model is another.
Kind = Literal["for_all", "per_group", "retrained"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Mitigation:
    """One row.

    Attributes
    ----------
    name
        What plans and the command line call it.
    title, words
        What a page calls it, and what it does, in plain words as `Terms.said` reads them.
    needs_attribute
        Whether the sensitive value must be known when somebody is decided about.
    needs
        What must be there for it to be tried, in the order in which a reader is told what is missing.
    from_counts
        "module:function" from a Question to a Solution, for a rule that needs counts alone and is fitted wherever they
        are; "" for the others.
    in_job
        "module:function" from the Work of a job to Proposals, one after another, for all that needs rows, a model or a
        library that pages do not load; "" for the others.
    is_trained
        Whether a model is trained; if not, it is a rule over the scores that are there.
    draws_lots
        Whether two people with the same score can get different answers.
    goals, also
        The goals that it is made for, all where empty, and those that it meets because it makes more equal than they
        ask.
    other_goals
        Why it is not tried for other goals, as half a sentence.
    prices
        Of a training with a price on the gap: each price that is tried.
    gives_weights
        Whether Reweighing's weights are taken away with it.
    is_widened
        Whether it is also fitted to wider gaps than the accepted one, to show what those would cost.
    without_lots
        The row whose fixes it comes out as where it needs no lots; "" for none.
    """

    name: str
    title: str
    words: str
    needs_attribute: bool
    needs: tuple[Need, ...]
    from_counts: str = ""
    in_job: str = ""
    is_trained: bool = False
    draws_lots: bool = False
    goals: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    other_goals: str = ""
    prices: tuple[float, ...] = ()
    gives_weights: bool = False
    is_widened: bool = False
    without_lots: str = ""

    def said(self, terms: Terms) -> str:
        """What it does, in the words of a plan."""
        return terms.said(self.words)

    @property
    def serves(self) -> tuple[str, ...]:
        """Every goal that it can be asked for."""
        return (*self.goals, *self.also) or tuple(GOALS)

    @property
    def kind(self) -> Kind:
        """What it changes."""
        return "retrained" if self.is_trained else "per_group" if self.needs_attribute else "for_all"

    def solution(self, question: Question) -> Solution:
        """The rule of a row `from_counts`. Raises PlanError where there can be none."""
        found: Solution = called(self.from_counts)(question)
        return found

    def proposer(self) -> Callable[[Any], Any]:
        """The function of a row `in_job`; only a job process may ask."""
        found: Callable[[Any], Any] = called(self.in_job)
        return found


_ODDS = ("equalized_odds", "equal_opportunity", "predictive_equality")
_BY_AIF360: tuple[Need, ...] = ("outcome", "score", "goal", "one column")

MITIGATIONS = table(
    Mitigation(
        "thresholds", "A threshold for each group",
        "The score stays; each group gets a threshold of its own, chosen to meet the goal at the least cost.",
        needs_attribute=True, needs=("score",),
        from_counts="core.mitigate.rules.thresholds:search", is_widened=True,
    ),
    Mitigation(
        "shared_threshold", "One other threshold for everybody",
        "The score stays; everybody gets the same new threshold, chosen to meet the goal at the least cost.",
        needs_attribute=False, needs=("score",),
        from_counts="core.mitigate.rules.thresholds:shared",
    ),
    Mitigation(
        "threshold_mix", "A threshold for each group, with lots",
        "The score stays; between two thresholds of a group lots decide, chosen to meet the goal at the least cost.",
        needs_attribute=True, needs=("goal", "score"), draws_lots=True,
        goals=tuple(goal.name for goal in GOALS.values() if len(goal.rates) == 1),
        other_goals="for two kinds of mistake at once there are lots of their own",
        in_job="core.mitigate.rules.randomised_rate:propose", without_lots="thresholds",
    ),
    Mitigation(
        "equalized_odds_mix", "Lots between two thresholds",
        "The score stays; between a group's two thresholds lots decide. Then the same share of every group"
        " is {denied}, and the same {granted}.",
        needs_attribute=True, needs=("outcome", "score"), draws_lots=True,
        in_job="core.mitigate.rules.randomised_odds:propose",
    ),
    Mitigation(
        "reweighing", "Training with weights",
        "The model is trained again, and combinations of group and outcome that are rare in the table count more.",
        needs_attribute=False, needs=("outcome", "both outcomes"), is_trained=True, gives_weights=True,
        in_job="core.mitigate.training.trainers:reweighing",
    ),
    Mitigation(
        "fairness_loss", "Training with a price on the gap",
        "The model is trained on, and a gap between groups counts as a mistake: the higher its price, the more."
        " Its strength says how hard the price presses.",
        needs_attribute=False, needs=("outcome", "learning model"), is_trained=True,
        prices=(0.1, 0.25, 0.5, 1.0, 2.0, 4.0),
        in_job="core.mitigate.training.trainers:fairness_loss",
    ),
    Mitigation(
        "reject_option", "AIF360: reject option classification",
        "Near the threshold, decisions go in favour of the group that is {selected} less often.",
        needs_attribute=True, needs=_BY_AIF360,
        goals=("demographic_parity", "equal_opportunity", "equalized_odds"),
        other_goals="AIF360 has it for other goals",
        in_job="core.mitigate.rules.aif360:reject_option",
    ),
    Mitigation(
        "eq_odds_postprocessing", "AIF360: equalized odds",
        "Lots change decisions, until the same share of both groups is {denied}, and the same {granted}.",
        needs_attribute=True, needs=_BY_AIF360, draws_lots=True,
        goals=_ODDS[:1], also=_ODDS[1:],
        other_goals="AIF360 has it for other goals",
        in_job="core.mitigate.rules.aif360:equalized_odds",
    ),
    Mitigation(
        "calibrated_eq_odds", "AIF360: calibrated equalized odds",
        "The scores of one group are replaced by its average for some people, drawn by lot.",
        needs_attribute=True, needs=_BY_AIF360, draws_lots=True,
        goals=("equal_opportunity", "predictive_equality", "equalized_odds"),
        other_goals="AIF360 has it for other goals",
        in_job="core.mitigate.rules.aif360:calibrated_odds",
    ),
)  # fmt: skip


def in_order_of_work(names: Iterable[str]) -> tuple[str, ...]:
    """Rows in the order in which a job tries them: rules over the scores that are there first, trainings after."""
    return tuple(sorted(names, key=lambda name: MITIGATIONS[name].is_trained))
