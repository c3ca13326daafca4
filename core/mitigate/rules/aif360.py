"""AIF360's post-processing on the same people: its own answers beside ours, one group against its reference.

AIF360 takes rows, so the counts are written out as at most `MOST_ROWS` of them, each with the score of its bin. What it
decides, or with which chance, follows from group, score and present decision: so it comes back as a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.counts.counts import UNKNOWN, Axis, Floats, Ints
from core.counts.rules import Rule, confusion
from core.errors import DataError, PlanError
from core.metrics.aif360 import quietly
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import FEW
from core.metrics.reference import resolve
from core.metrics.words import listed
from core.mitigate.goals.goal_groups import asked_of
from core.mitigate.mitigations import MITIGATIONS, Mitigation
from core.mitigate.proposals import by_rule
from core.mitigate.rules.levels import cell_places
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.search_input import Proposal, Work
from core.plan.plan import Plan

MOST_ROWS = 10_000
_GRID = {"num_class_thresh": 50, "num_ROC_margin": 10}
_HALF_STEP = 0.0005
_UNPRIVILEGED, _PRIVILEGED = [{"group": 0.0}], [{"group": 1.0}]


@dataclass(frozen=True, eq=False)
class AIF360Pair:
    """A group and its reference as AIF360 sees them.

    Attributes
    ----------
    n
        People with a known outcome, at most `MOST_ROWS`: int64 of shape (2, 2 labels, bins), the group first.
    scores
        Of each bin, between 0 and 1, the better the higher: float64 of shape (bins,).
    present
        Whether each bin is selected now: int64 of shape (2, bins).
    threshold
        The score from which on people are selected now.
    """

    n: Ints
    scores: Floats
    present: Ints
    threshold: float

    def truth(self) -> Any:
        """AIF360's data set of these people by outcome, with their scores."""
        g, label, place = (np.repeat(a.ravel(), self.n.ravel()) for a in np.indices(self.n.shape))
        return _dataset(g, label, self.scores[place])

    def decided(self) -> Any:
        """The same people by their present decision."""
        g, _, place = (np.repeat(a.ravel(), self.n.ravel()) for a in np.indices(self.n.shape))
        return _dataset(g, self.present[g, place], self.scores[place])

    def one_of_each(self) -> Any:
        """One row for each group and bin, decided as now."""
        g, place = (a.ravel() for a in np.indices(self.present.shape))
        return _dataset(g, self.present.ravel(), self.scores[place])


@dataclass(frozen=True)
class PostProcessing:
    """One of AIF360's methods: a row of MITIGATIONS, and what fits it.

    `fit` goes from a pair and the question to the chance of each bin, float64 of shape (2, bins).
    """

    name: str
    fit: Callable[[AIF360Pair, Question], Floats]

    @property
    def row(self) -> Mitigation:
        """What pages say of it, and the goals that it serves."""
        return MITIGATIONS[self.name]


def post_process(method: PostProcessing, question: Question, group: str, reference: str) -> Solution:
    """What one of AIF360's methods does to a group and its reference; all others keep the present rule.

    Parameters
    ----------
    method
        One of those below.
    question
        With one attribute in `by`; its goal one that the method serves.
    group, reference
        The names of the unprivileged and the privileged group.

    Raises PlanError where the method has no such goal, DataError where AIF360 cannot work with these people.
    """
    if question.goal.name not in method.row.serves:
        raise PlanError(
            f"AIF360's {method.name} knows the goals {listed(method.row.serves)}, and not {question.goal.name}: ask for"
            " one of these."
        )
    pair, people = _pair(question, (group, reference))
    with quietly():
        chances = method.fit(pair, question)
    if not np.isfinite(chances).all():
        raise DataError(f"AIF360's {method.name} found no solution for {group} against {reference}.")
    counts = question.counts
    rule = np.array(np.broadcast_to(question.present.selected, (len(counts.groups), counts.axis.bins)))
    for row, name in zip(np.clip(chances, 0.0, 1.0), (group, reference), strict=True):
        rule[_cells(question, name)] = row
    notes = _notes(question, (group, reference), int(pair.n.sum()), people, bool(((chances > 0) & (chances < 1)).any()))
    if question.goal.name in method.row.also:
        both = f"{question.terms.denied}, and {question.terms.granted}"
        notes = (*notes, f"The same share of both groups is {both}: more than you asked for.")
    return Solution(method.name, question, Rule(rule), question.outcome(Rule(rule)), needs_attribute=True, notes=notes)


def _notes(question: Question, pair: tuple[str, str], rows: int, people: int, lots: bool) -> tuple[str, ...]:
    sample = "all" if rows == people else f"a sample of {rows:,} of the"
    notes = [f"Fitted by AIF360 on {sample} {people:,} people with a known outcome, {pair[0]} against {pair[1]}."]
    if len(question.counts.places(question.by)[0]) > len(pair):
        notes.append("AIF360 takes two groups at a time: all other groups are decided about as before.")
    if lots:
        notes.append("Two people with the same score can get different answers: lots decide.")
    return tuple(notes)


def _reject_option(pair: AIF360Pair, question: Question) -> Floats:
    from aif360.algorithms.postprocessing import RejectOptionClassification

    metric = {
        "demographic_parity": "Statistical parity difference",
        "equal_opportunity": "Equal opportunity difference",
        "equalized_odds": "Average odds difference",
    }[question.goal.name]
    limit = float(question.limit)
    fitted = RejectOptionClassification(
        _UNPRIVILEGED, _PRIVILEGED, metric_name=metric, metric_ub=limit, metric_lb=-limit, **_GRID
    ).fit(pair.truth(), pair.decided())
    return np.asarray(fitted.predict(pair.one_of_each()).labels, dtype=np.float64).reshape(pair.present.shape)


def _equalized_odds(pair: AIF360Pair, question: Question) -> Floats:
    from aif360.algorithms.postprocessing import EqOddsPostprocessing

    solved = EqOddsPostprocessing(_UNPRIVILEGED, _PRIVILEGED).fit(pair.truth(), pair.decided()).model_params
    if solved.x is None:
        return np.full(pair.present.shape, np.nan)
    selected, refused, group_selected, group_refused = solved.x
    chosen, others = np.asarray([[group_selected], [selected]]), np.asarray([[group_refused], [refused]])
    return np.where(pair.present == 1, chosen, others)


def _calibrated(pair: AIF360Pair, question: Question) -> Floats:
    from aif360.algorithms.postprocessing import CalibratedEqOddsPostprocessing

    constraint = {"equal_opportunity": "fnr", "predictive_equality": "fpr"}.get(question.goal.name, "weighted")
    fitted = CalibratedEqOddsPostprocessing(_UNPRIVILEGED, _PRIVILEGED, cost_constraint=constraint).fit(
        pair.truth(), pair.truth()
    )
    mixed = np.clip([[fitted.unpriv_mix_rate], [fitted.priv_mix_rate]], 0.0, 1.0)
    base = np.asarray([[fitted.base_rate_unpriv], [fitted.base_rate_priv]]) >= pair.threshold
    return np.asarray((1 - mixed) * (pair.scores >= pair.threshold) + mixed * base, dtype=np.float64)


REJECT_OPTION = PostProcessing("reject_option", _reject_option)
EQUALIZED_ODDS = PostProcessing("eq_odds_postprocessing", _equalized_odds)
CALIBRATED_ODDS = PostProcessing("calibrated_eq_odds", _calibrated)


def reject_option(work: Work) -> list[Proposal]:
    """Reject option classification (Kamiran, Karim and Zhang 2012) for a job's question."""
    return _proposed(work, REJECT_OPTION)


def equalized_odds(work: Work) -> list[Proposal]:
    """Equalized odds post-processing (Hardt, Price and Srebro 2016) for a job's question."""
    return _proposed(work, EQUALIZED_ODDS)


def calibrated_odds(work: Work) -> list[Proposal]:
    """Calibrated equalized odds (Pleiss et al. 2017) for a job's question."""
    return _proposed(work, CALIBRATED_ODDS)


def _proposed(work: Work, method: PostProcessing) -> list[Proposal]:
    """The method for the reference group and the group farthest from it."""
    work.progress(0, 0, f"{method.name}: fitting it")
    group, reference = farthest_pair(work.question, work.plan)
    return by_rule(work, post_process(method, work.question, group, reference))


def farthest_pair(question: Question, plan: Plan) -> tuple[str, str]:
    """The group whose rate is farthest from its reference's, and the reference, by name.

    Groups with too few people behind the rate are left out. Raises PlanError where no group is left.
    """
    references = resolve(question.counts, question.present, plan)
    people = confusion(question.counts, question.present, question.by)
    groups, _ = question.counts.places(question.by)
    metric = METRICS[question.goal.rates[0]]
    nums, dens = np.asarray(metric.num(people)), np.asarray(metric.den(people))
    bound = np.flatnonzero((dens >= FEW) & asked_of(groups, question.leave_out)).tolist()
    rates = {", ".join(groups.names(g).values()): nums[g] / dens[g] for g in bound}
    reference = ", ".join(references.get(question.by, ()))
    if reference not in rates or len(rates) < 2:
        raise PlanError("AIF360 compares two groups, and fewer than two have enough people here. Choose larger groups.")
    others = [name for name in rates if name != reference]
    return max(others, key=lambda name: abs(rates[name] - rates[reference])), reference


def _pair(question: Question, names: tuple[str, str]) -> tuple[AIF360Pair, int]:
    """The pair, and how many of its people have a known outcome."""
    counts, axis = question.counts, question.counts.axis
    cells = [_cells(question, name) for name in names]
    n = np.stack([counts.n[of, :UNKNOWN].sum(axis=0) for of in cells])
    if (n.sum(axis=2) == 0).any():
        raise DataError(
            f"AIF360 needs people of both outcomes among {names[0]} and among {names[1]}, and there are none of one."
        )
    chance = np.broadcast_to(question.present.selected, (len(counts.groups), axis.bins))
    present = np.stack([chance[of][0] for of in cells])
    same = all((chance[of] == row).all() for of, row in zip(cells, present, strict=True))
    if not same or not np.isin(present, (0.0, 1.0)).all():
        raise DataError("AIF360 starts from decisions that follow from the score, and the present rule draws lots.")
    people = int(n.sum())
    scores = np.tile(good_scores(axis), axis.bins // len(axis.edges))
    threshold = 0.5 if axis.decided or not present[1].any() else _threshold(axis, scores, present[1])
    return AIF360Pair(_sampled(n, people), scores, present.astype(np.int64), threshold), people


def _cells(question: Question, name: str) -> Ints:
    """The cells of one group. Raises PlanError where it has none."""
    groups, _ = question.counts.places(question.by)
    names = [", ".join(groups.names(g).values()) for g in range(len(groups))]
    if name not in names:
        raise PlanError(f'There is no group "{name}" here; there are {listed(names)}.')
    return np.flatnonzero(cell_places(question.counts.groups, groups) == names.index(name))


def good_scores(axis: Axis) -> Floats:
    """A score between 0 and 1 for each edge's bin, the better the higher: float64 of shape (edges,).

    Of probabilities the edge, or the middle of a bin a thousandth wide; of other scores the bin's place among all.
    """
    edges = np.asarray(axis.edges)
    if axis.kind == "probability":
        middles = np.minimum(edges + np.minimum(np.diff(edges, append=edges[-1]) / 2, _HALF_STEP), 1.0)
        return np.asarray(1 - middles if axis.lower_is_better else middles, dtype=np.float64)
    places = (np.arange(len(edges)) + 0.5) / len(edges)
    return np.asarray(places[::-1] if axis.lower_is_better else places, dtype=np.float64)


def _threshold(axis: Axis, scores: Floats, present: Floats) -> float:
    """Just under the lowest score that is selected now."""
    return float(scores[present == 1].min()) - (_HALF_STEP if axis.kind == "probability" else 0.5 / len(axis.edges))


def _sampled(n: Ints, people: int) -> Ints:
    """At most `MOST_ROWS` people in the same proportions: the largest remainders are rounded up."""
    if people <= MOST_ROWS:
        return n
    exact = n.ravel() * MOST_ROWS
    whole, rest = exact // people, exact % people
    whole[np.argsort(-rest, kind="stable")[: MOST_ROWS - int(whole.sum())]] += 1
    return np.asarray(whole.reshape(n.shape), dtype=np.int64)


def _dataset(group: Ints, label: Ints, scores: Floats) -> Any:
    import pandas as pd
    from aif360.datasets import BinaryLabelDataset

    made = BinaryLabelDataset(
        df=pd.DataFrame({"group": group.astype(float), "label": label.astype(float)}),
        label_names=["label"],
        protected_attribute_names=["group"],
        favorable_label=1.0,
        unfavorable_label=0.0,
    )
    made.scores = scores.reshape(-1, 1)
    return made
