"""Doubts about who is not counted: whether one group is left out, or its outcome unknown, more often than another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.counts.counts import UNKNOWN, Groups, Ints, summed
from core.counts.rules import confusion
from core.engine.doubts.audit_facts import AuditFacts
from core.metrics.intervals import equality_p, holm
from core.metrics.policies import DEFAULT_RATIO
from core.notes import Note
from core.plan.plan import Plan


@dataclass(frozen=True, eq=False)
class _Column:
    """One sensitive column: its values, and of each how many people were left out, counted, and selected."""

    values: tuple[str, ...]
    out: Ints
    counted: Ints
    selected: Ints

    @property
    def everybody(self) -> Ints:
        return self.out + self.counted

    @property
    def shares(self) -> Any:
        return self.out / self.everybody

    def rates(self, group: int) -> dict[str, float]:
        """Who is selected of a group: of those counted, and if all left out were refused, or all selected."""
        out, counted, selected = (int(n[group]) for n in (self.out, self.counted, self.selected))
        return {
            "as_counted": selected / max(1, counted),
            "all_refused": selected / (out + counted),
            "all_selected": (selected + out) / (out + counted),
        }

    @property
    def could_turn(self) -> bool:
        """Whether the largest gap is on another side of four-fifths if all left out were refused, or all selected."""
        rates = (
            self.selected / np.maximum(self.counted, 1),
            self.selected / self.everybody,
            (self.selected + self.out) / self.everybody,
        )
        return len({bool(rate.min() < DEFAULT_RATIO * rate.max()) for rate in rates}) > 1 or (
            len({int(rate.argmin()) for rate in rates}) > 1
        )


def unlike(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """Groups of which more people were left out than chance explains.

    People held out for a fix are drawn at random, and those of other months are in other audits.
    """
    sieves = len(seen.left_out) - (plan.data.held_out is not None)
    months = [place for place, rule in enumerate(plan.data.keep) if rule.month is not None]
    out = np.delete(seen.left_out[:sieves], months, axis=0).sum(axis=0)
    every_row_alike = plan.data.weight is None and plan.data.person is None
    for name in plan.groups.sensitive if out.any() else ():
        column = _column(seen, name, out, seen.counts.n.sum(axis=(1, 2)))
        if not _differ(column, plan):
            continue
        groups = [
            {
                "value": column.values[g],
                "out": int(column.out[g]),
                "people": int(column.everybody[g]),
                **(column.rates(g) if every_row_alike else {}),
            }
            for g in np.argsort(-column.shares, kind="stable").tolist()
        ]
        kind = "left_out_could_turn" if every_row_alike and column.could_turn else "left_out_unlike"
        yield Note(kind, {"column": name, "groups": groups})


def unknown_unlike(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """Groups of which more people have no known outcome than chance explains."""
    if plan.data.label is None:
        return
    n = seen.counts.n.sum(axis=2)
    for name in plan.groups.sensitive if n[:, UNKNOWN].any() else ():
        column = _column(seen, name, n[:, UNKNOWN], n[:, :UNKNOWN].sum(axis=1))
        if _differ(column, plan):
            groups = [
                {"value": column.values[g], "out": int(column.out[g]), "people": int(column.everybody[g])}
                for g in np.argsort(-column.shares, kind="stable").tolist()
            ]
            yield Note("outcome_unknown_unlike", {"column": name, "label": plan.data.label, "groups": groups})


def _column(seen: AuditFacts, name: str, out: Ints, counted: Ints) -> _Column:
    """The cells summed by one column; values of nobody are left out."""
    groups: Groups = seen.counts.groups
    place = groups.attributes.index(name)
    where, size = groups.cell_array[:, place].astype(np.int64), len(groups.values[place])
    selected = np.asarray(confusion(seen.counts, seen.rule).selected)
    each: list[Ints] = [summed(n.astype(np.int64), where, size) for n in (out, counted, selected)]
    there = np.flatnonzero(each[0] + each[1])
    values = tuple(groups.values[place][v] for v in there.tolist())
    return _Column(values, each[0][there], each[1][there], each[2][there])


def _differ(column: _Column, plan: Plan) -> bool:
    """Whether some group's share left out differs from everybody else's, Holm's correction over the groups."""
    if len(column.values) < 2:
        return False
    out, people = column.out.tolist(), column.everybody.tolist()
    all_out, all_people = sum(out), sum(people)
    p = [equality_p(k, n, all_out - k, all_people - n) for k, n in zip(out, people, strict=True)]
    comparisons = p[:1] if len(p) == 2 else p  # of two groups, each is the other's "everybody else"
    return min(holm(comparisons)) < 1 - plan.run.confidence
