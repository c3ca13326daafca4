"""A rule to take away: a small JSON that an engineer can read and apply, and a plan can name as its rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.counts.counts import Axis, Floats, Groups
from core.counts.rules import Rule
from core.errors import DataError, PlanError, quoted

VERSION = 1
AT_OR_ABOVE, BELOW = "at_or_above", "below"

_CHANCE = """\
import json
from bisect import bisect_right

with open("rule.json", encoding="utf-8") as file:
    RULE = json.load(file)

def chance(person, score):
    fits = [g for g in RULE["groups"] if all(str(person[column]) == value for column, value in g["group"].items())]
    group = fits[0] if fits else {"threshold": RULE["otherwise"]}
    if "threshold" in group:
        return float((score >= group["threshold"]) == (RULE["direction"] == "at_or_above"))
    return group["probabilities"][max(0, bisect_right([edge for edge, _ in group["probabilities"]], score) - 1)][1]
"""
_LOTS = """
import hashlib

def selected(person, score, name, seed):
    drawn = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=str(seed).encode()).digest(), "big")
    return (drawn >> 11) / 2**53 < chance(person, score)
"""

Steps = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class GroupRule:
    """How one group is decided: from each edge on, up to the next, the chance of being selected.

    The first chance holds below the first edge too.
    """

    group: dict[str, str]
    steps: Steps

    def threshold(self, lower_is_better: bool) -> float | None:
        """The one score that parts the refused from the selected; None where there is none, or where lots decide."""
        below, above = (1.0, 0.0) if lower_is_better else (0.0, 1.0)
        return self.steps[1][0] if [p for _, p in self.steps] == [below, above] else None

    def chances(self, axis: Axis) -> Floats:
        """The chance in each bin, shape (bins,). Raises DataError where a step lies within a bin."""
        edges = np.asarray([edge for edge, _ in self.steps], dtype=axis.dtype)
        within = [f"{edge:g}" for edge in edges[1:] if edge not in axis.edge_array]
        if within:
            raise DataError(
                f"The rule changes at the score {', '.join(within)}, and these counts have no edge there. Audit again"
                " with the rule, so that its thresholds become edges.",
                in_plan='rule = "rule.json" under [decision]',
            )
        place = np.maximum(np.searchsorted(edges, axis.edge_array, side="right") - 1, 0)
        chances = np.asarray([p for _, p in self.steps], dtype=np.float64)[place]
        return np.tile(chances, axis.bins // len(axis.edges))


@dataclass(frozen=True)
class RuleFile:
    """A rule by groups and scores, free of any table of people.

    Attributes
    ----------
    by
        The attributes that must be known of a person; none where all groups share one threshold.
    groups
        How each group is decided.
    otherwise
        The threshold for people of no listed group; None where such people cannot be decided.
    score
        What the score is, in words.
    lower_is_better
        Whether those below a threshold are selected.
    """

    by: tuple[str, ...]
    groups: tuple[GroupRule, ...]
    otherwise: float | None
    score: str
    lower_is_better: bool = False

    @property
    def example(self) -> str:
        """Python that applies the file, ten lines; where lots decide, five more that draw as Plumbline does."""
        return _CHANCE + _LOTS if self.draws_lots else _CHANCE

    @property
    def draws_lots(self) -> bool:
        """Whether two people of the same group and score can be decided differently."""
        return any(0 < chance < 1 for row in self.groups for _, chance in row.steps)

    @property
    def edges(self) -> tuple[float, ...]:
        """Every score at which a decision changes, rising: the edges that an axis needs to apply the rule."""
        thresholds = {edge for row in self.groups for edge, _ in row.steps[1:]}
        return tuple(sorted(thresholds | ({self.otherwise} if self.otherwise is not None else set())))

    def rule(self, groups: Groups, axis: Axis) -> Rule:
        """Who is selected: float64 of shape (groups, bins).

        Raises DataError where the rule has no answer for a group, or changes within a bin.
        """
        by_group = {tuple(row.group[a] for a in self.by): row.chances(axis) for row in self.groups}
        fallback = None if self.otherwise is None else Rule.threshold(axis, self.otherwise).selected
        return Rule(np.stack([self._chances(groups.names(cell), by_group, fallback) for cell in range(len(groups))]))

    def _chances(
        self, names: dict[str, str], by_group: dict[tuple[str, ...], Floats], fallback: Floats | None
    ) -> Floats:
        unknown = [attribute for attribute in self.by if attribute not in names]
        if unknown:
            raise DataError(
                f"The rule decides by {', '.join(unknown)}, which is not among the sensitive columns here. Add it.",
                in_plan="sensitive under [groups]",
            )
        group = tuple(names[attribute] for attribute in self.by)
        chances = by_group.get(group, fallback)
        if chances is None:
            raise DataError(
                f"The rule says nothing about people whose {' and '.join(self.by)} is {', '.join(group)}, and has no"
                " threshold for others. Fit it on a table in which such people occur."
            )
        return chances

    def to_json(self) -> dict[str, Any]:
        """The file's content as plain JSON values."""
        return {
            "plumbline": VERSION,
            "by": list(self.by),
            "groups": [self._row(row) for row in self.groups],
            "otherwise": self.otherwise,
            "score": self.score,
            "direction": BELOW if self.lower_is_better else AT_OR_ABOVE,
        }

    def _row(self, row: GroupRule) -> dict[str, Any]:
        threshold = row.threshold(self.lower_is_better)
        if threshold is not None:
            return {"group": row.group, "threshold": threshold}
        return {"group": row.group, "probabilities": [list(step) for step in row.steps]}

    @classmethod
    def from_json(cls, document: Any) -> RuleFile:
        """The rule from `to_json`'s values. Raises PlanError where they are none."""
        try:
            if document["plumbline"] != VERSION or document["direction"] not in (BELOW, AT_OR_ABOVE):
                raise ValueError("another version, or an unknown direction")
            lower = document["direction"] == BELOW
            by = tuple(map(str, document["by"]))
            otherwise = document["otherwise"]
            return cls(
                by,
                tuple(_read_row(row, by, lower) for row in document["groups"]),
                None if otherwise is None else _finite(otherwise),
                str(document["score"]),
                lower,
            )
        except KeyError as lacking:
            why = f"it lacks {lacking}"
        except ValueError as error:
            why = str(error)
        except (TypeError, OverflowError, AttributeError, IndexError):
            why = "a part of it is of another kind"
        raise PlanError(f"This is not a rule as Plumbline writes it: {why}. Use a rule.json that a mitigation wrote.")


def _read_row(row: dict[str, Any], by: tuple[str, ...], lower_is_better: bool) -> GroupRule:
    group = {str(column): str(value) for column, value in row["group"].items()}
    if set(group) != set(by):
        raise ValueError(f"a group names {quoted(sorted(group))} and not {quoted(sorted(by))}")
    if "threshold" in row:
        limit = _finite(row["threshold"])
        below, above = (1.0, 0.0) if lower_is_better else (0.0, 1.0)
        return GroupRule(group, ((np.nextafter(limit, -np.inf).item(), below), (limit, above)))
    steps = tuple((_finite(edge), _finite(p)) for edge, p in row["probabilities"])
    rising = all(a < b for (a, _), (b, _) in zip(steps, steps[1:], strict=False))
    if not steps or not rising or not all(0 <= p <= 1 for _, p in steps):
        raise ValueError("probabilities are not chances at rising scores")
    return GroupRule(group, steps)


def _finite(value: Any) -> float:
    number = float(value)
    if isinstance(value, (str, bool)) or not np.isfinite(number):
        raise ValueError(f"{value} is no number")
    return number
