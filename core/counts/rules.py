"""How a score becomes a decision, and the one way to true and false positives and negatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, UNKNOWN, Axis, Counts, Groups, Ints, summed

Numbers = npt.NDArray[np.number]


@dataclass(frozen=True, eq=False)
class Rule:
    """The chance of being selected: float64 of shape (bins,) or (groups, bins); 0 or 1 where nobody draws lots."""

    selected: npt.NDArray[np.float64]

    @classmethod
    def threshold(cls, axis: Axis, limit: float) -> Rule:
        """Selected are scores at or above the limit; where low scores are better, those below it."""
        at_or_above = np.arange(len(axis.edges)) >= axis.split(limit)
        chosen = ~at_or_above if axis.lower_is_better else at_or_above
        return cls(np.tile(chosen.astype(np.float64), axis.bins // len(axis.edges)))

    @property
    def draws_lots(self) -> bool:
        """Whether two people of the same group and score can be decided differently."""
        return not bool(np.isin(self.selected, (0.0, 1.0)).all())

    @classmethod
    def as_decided(cls, axis: Axis) -> Rule:
        """Selected are those whom the decision column selected."""
        return cls((np.arange(axis.bins) >= axis.bins // 2).astype(np.float64))


class Stated(Protocol):
    """A rule that a plan states by groups and scores, before any table of people is known."""

    @property
    def edges(self) -> tuple[float, ...]:
        """Every score at which a decision changes, rising."""
        ...

    @property
    def lower_is_better(self) -> bool:
        """Whether those below a threshold are selected."""
        ...

    def rule(self, groups: Groups, axis: Axis) -> Rule:
        """Who of these groups is selected: float64 of shape (groups, bins)."""
        ...


@dataclass(frozen=True, eq=False)
class Confusion:
    """People by label and decision. Arrays of one shape, often (groups,) or (thresholds, groups).

    Positive means favourable for the person: `fn` were denied what their label says they deserved.
    """

    tp: Numbers
    fp: Numbers
    fn: Numbers
    tn: Numbers
    unknown_selected: Numbers
    unknown_refused: Numbers

    @property
    def selected(self) -> Numbers:
        """All who were selected, their label known or not."""
        return self.tp + self.fp + self.unknown_selected

    @property
    def n(self) -> Numbers:
        """Everybody."""
        return self.labelled + self.unknown_selected + self.unknown_refused

    @property
    def labelled(self) -> Numbers:
        """Everybody whose label is known."""
        return self.tp + self.fp + self.fn + self.tn


def confusion(counts: Counts, rule: Rule, by: tuple[str, ...] | None = None, n: Ints | None = None) -> Confusion:
    """People by label and decision under a rule.

    Parameters
    ----------
    counts, rule
        The people, and who of them is selected; a rule may have a row for each cell of the counts.
    by
        Group the people by these attributes, as `counts.by` does, after the rule has decided.
    n
        What is added up instead of people, such as their weights: of `counts.n`'s shape.

    Returns
    -------
    Arrays of shape (groups,); integers unless the rule draws lots.
    """
    exact = bool(np.isin(rule.selected, (0.0, 1.0)).all())
    chance: Numbers = rule.selected.astype(np.int64) if exact else rule.selected
    each = np.broadcast_to(chance, (len(counts.groups), counts.axis.bins))
    people = counts.n if n is None else n
    chosen, everybody = np.einsum("glb,gb->gl", people, each), people.sum(axis=2)
    if by is not None:
        groups, where = counts.places(by)
        chosen, everybody = (summed(cells, where, len(groups)) for cells in (chosen, everybody))
    return _confusion(chosen, everybody - chosen)


def sweep(counts: Counts) -> Confusion:
    """People by label and decision at every edge of the axis: int64 arrays of shape (edges, groups).

    Row i takes edge i as the threshold: selected are the scores at or above it (below it, where low scores are better).
    """
    n = counts.scores()
    at_or_above = np.cumsum(n[..., ::-1], axis=2)[..., ::-1]
    below = n.sum(axis=2, keepdims=True) - at_or_above
    chosen, rest = (below, at_or_above) if counts.axis.lower_is_better else (at_or_above, below)
    return _confusion(np.moveaxis(chosen, 2, 0), np.moveaxis(rest, 2, 0))


def _confusion(chosen: Numbers, rest: Numbers) -> Confusion:
    """From chosen and refused people, the label on the last axis."""
    return Confusion(
        tp=chosen[..., FAVOURABLE],
        fp=chosen[..., UNFAVOURABLE],
        fn=rest[..., FAVOURABLE],
        tn=rest[..., UNFAVOURABLE],
        unknown_selected=chosen[..., UNKNOWN],
        unknown_refused=rest[..., UNKNOWN],
    )
