"""The second opinion on every audit: AIF360's own measures, from the same counts as weighted rows.

It checks arithmetic, not the data or the verdict. Only measures that honour AIF360's instance weights are asked.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, Counts
from core.counts.rules import Confusion, Rule, confusion
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.reference import tables
from core.metrics.sampling.sampled import PLAIN, Sampled
from core.metrics.second_opinion import SecondOpinion
from core.metrics.verdicts import Gap, GroupResult, Judgement
from core.plan.plan import Plan

TOLERANCE = 1e-9


def second_opinion(
    judgement: Judgement, counts: Counts, plan: Plan, rule: Rule, sampled: Sampled = PLAIN
) -> SecondOpinion:
    """Compare every number of the judgement that AIF360 also computes with AIF360's.

    What AIF360 leaves undefined (infinite or NaN) agrees only where Plumbline calls it not measurable.
    """
    names: set[str] = set()
    differences: list[float] = []
    with quietly():
        for by in tables(plan):
            table = counts.by(by)
            weighed = sampled.weighed(counts, rule, by)
            people = confusion(counts, rule, by) if weighed is None else weighed.weighted
            asked = _Datasets(table, people, plan.data.label is not None)
            for name, ours, theirs in asked.pairs(judgement):
                if ours is None and weighed is not None:  # a comparison that repeated people do not allow
                    continue
                names.add(name)
                differences.append(0.0 if ours is None else abs(ours - theirs) if math.isfinite(theirs) else math.inf)
    largest = max(differences, default=0.0)
    return SecondOpinion(len(names), len(differences), largest if math.isfinite(largest) else 1.0, largest <= TOLERANCE)


class _Datasets:
    """AIF360's data sets for one table of groups: everybody by decision, and the labelled by label and decision."""

    def __init__(self, counts: Counts, people: Confusion, has_label: bool) -> None:
        groups = counts.groups
        self._place = {tuple(groups.names(g).values()): g for g in range(len(groups))}
        self._by = groups.attributes
        self._metrics: dict[tuple[object, ...], Any] = {}
        everybody = {(1, 1): people.selected, (0, 0): people.n - people.selected}
        self._decided = _dataset(everybody)
        if has_label:
            cells = {
                (FAVOURABLE, 1): people.tp,
                (UNFAVOURABLE, 1): people.fp,
                (FAVOURABLE, 0): people.fn,
                (UNFAVOURABLE, 0): people.tn,
            }
            self._labelled = _dataset(cells)
            self._predicted = _dataset(cells, decisions=True)

    def pairs(self, judgement: Judgement) -> Iterator[tuple[str, float | None, float]]:
        """Name, our number (None where not measurable) and AIF360's."""
        for gap in judgement.gaps:
            if gap.by == self._by and GAPS[gap.measure].aif360:
                yield gap.measure, gap.value, self._gap(gap)
        for result in judgement.groups:
            if result.by == self._by:
                for name, theirs in self._group(result):
                    yield name, result.metrics[name].value, theirs

    def _gap(self, gap: Gap) -> float:
        metric = self._metric(GAPS[gap.measure].needs_label, tuple(gap.group.values()), tuple(gap.reference.values()))
        name = GAPS[gap.measure].aif360
        value = float(getattr(metric, name.removeprefix("-"))())
        return -value if name.startswith("-") else value

    def _group(self, result: GroupResult) -> Iterator[tuple[str, float]]:
        values = tuple(result.group.values())
        for name in result.metrics:
            if name in METRICS and METRICS[name].aif360:
                metric = self._metric(METRICS[name].needs_label, values)
                yield name, float(getattr(metric, METRICS[name].aif360)(privileged=False))

    def _metric(self, needs_label: bool, group: tuple[str, ...], reference: tuple[str, ...] | None = None) -> Any:
        """AIF360's metric object for one pair of groups: costly to make, so made once."""
        from core.metrics.aif360_classes import BinaryLabelDatasetMetric, ClassificationMetric

        asked = (needs_label, group, reference)
        if asked in self._metrics:
            return self._metrics[asked]
        sides = {"unprivileged_groups": [{"group": self._place[group]}]}
        if reference is not None:
            sides["privileged_groups"] = [{"group": self._place[reference]}]
        if needs_label:
            self._metrics[asked] = ClassificationMetric(self._labelled, self._predicted, **sides)
        else:
            self._metrics[asked] = BinaryLabelDatasetMetric(self._decided, **sides)
        return self._metrics[asked]


def _dataset(cells: dict[tuple[int, int], Any], decisions: bool = False) -> Any:
    """A weighted AIF360 data set: one row for each group and cell; its labels are the labels or the decisions."""
    import pandas as pd

    from core.metrics.aif360_classes import BinaryLabelDataset

    rows = [
        {"group": g, "label": float(decision if decisions else label), "weight": float(n)}
        for (label, decision), people in cells.items()
        for g, n in enumerate(np.asarray(people))
    ]
    return BinaryLabelDataset(
        df=pd.DataFrame(rows),
        label_names=["label"],
        protected_attribute_names=["group"],
        instance_weights_name="weight",
        favorable_label=1.0,
        unfavorable_label=0.0,
    )


@contextmanager
def quietly() -> Iterator[None]:
    """Without AIF360's warnings about packages that it would also like, and about its own divisions by zero."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        root.setLevel(level)
