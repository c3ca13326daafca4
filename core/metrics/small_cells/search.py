"""What must be hidden: every small number, and beside it as much as keeps each of them from being worked out."""

from __future__ import annotations

from functools import lru_cache

from core.counts.counts import Counts, Floats
from core.counts.rules import Rule
from core.errors import PlanError
from core.metrics.reference import tables
from core.metrics.small_cells.hidden import ENTAILS, FEWEST_SHOWN, Hidden, Part
from core.metrics.small_cells.published import KINDS, NUMBERS, PeopleTables
from core.metrics.small_cells.worlds import Worlds
from core.plan.plan import Plan

# What is published must leave at least so much between the smallest and the largest value of a small number.
LEAST_SPREAD = 4.0


def hidden_cells(counts: Counts, rule: Rule, plan: Plan) -> Hidden:
    """The parts of groups that no document may show where counts of 1 to 4 people are hidden (statistics.md 7).

    Raises PlanError where so few people are counted that all of it would have to be hidden, or where people have
    several rows, of which nobody can tell how many people a number is about.
    """
    if plan.data.person is not None:
        raise PlanError(
            "Small numbers cannot be hidden where people have several rows. Audit one row a person.",
            in_plan="no hide_small under [report]",
        )
    return _hidden(PeopleTables.of(counts, rule, tables(plan), plan.data.label is not None))


# A command that prints, and each document that it writes, ask of the same people; a page asks at a few thresholds.
@lru_cache(maxsize=32)
def _hidden(people: PeopleTables) -> Hidden:
    return _HidingSearch(people).hidden()


class _HidingSearch:
    """One search; what is hidden only grows."""

    def __init__(self, people: PeopleTables) -> None:
        self._tables, self._parts = people, people.parts
        self._people = people.people.ravel()
        self._worlds = Worlds(self._people)
        self._gone: set[tuple[int, Part]] = set()
        self._shown: list[tuple[int, Part]] = []
        self._is_wide: set[tuple[int, Part, int]] = set()

    def hidden(self) -> Hidden:
        rows = self._tables.rows
        small = [(at, part) for at in range(len(rows)) for part in self._parts if self._small(at, part)]
        for at, part in small:
            self._hide(at, part)
        if small:
            self._publish()
            while (number := self._narrow()) is not None:
                self._hide_beside(*number)
                self._publish()
        return Hidden(frozenset((rows[at].by, rows[at].group, part) for at, part in self._gone))

    def _number(self, at: int, part: Part, place: int) -> Floats:
        return self._tables.weights(self._tables.rows[at], NUMBERS[part][place])

    def _small(self, at: int, part: Part) -> list[int]:
        """The places of a part's small numbers."""
        values = (self._number(at, part, place) @ self._people for place in range(len(NUMBERS[part])))
        return [place for place, value in enumerate(values) if 0 < value < FEWEST_SHOWN]

    def _hide(self, at: int, part: Part) -> None:
        self._gone.update((at, each) for each in ENTAILS[part] if each in self._parts)

    def _publish(self) -> None:
        """Publish everything that is not hidden, and that every group is there."""
        tables, rows = self._tables, self._tables.rows
        sums, self._shown = list(tables.totals), []
        for at, row in enumerate(rows):
            for part in self._parts:
                if (at, part) not in self._gone:
                    some = tables.sums(row, part)
                    sums += some
                    self._shown += [(at, part)] * len(some)
        self._worlds.publish(sums, [tables.weights(rows[at], KINDS) for at, part in self._gone if part == "people"])

    def _narrow(self) -> tuple[int, Part, int] | None:
        """A small number that follows nearly from what is published; None where there is none left."""
        for at, part in sorted(self._gone, key=self._order):
            for place in self._small(at, part):
                key = (at, part, place)
                if key in self._is_wide:
                    continue
                if self._worlds.spread(self._number(*key), LEAST_SPREAD) < LEAST_SPREAD:
                    return key
                self._is_wide.add(key)
        return None

    def _order(self, cell: tuple[int, Part]) -> tuple[int, int]:
        return cell[0], self._parts.index(cell[1])

    def _hide_beside(self, at: int, part: Part, place: int) -> None:
        """Hide what keeps a number narrow and is missed least: of the same columns, of the fewest people."""
        totals = len(self._tables.totals)
        bound = self._worlds.binding(self._number(at, part, place))
        shown = {self._shown[place - totals] for place in bound if place >= totals} or set(self._shown)
        if not shown:
            raise PlanError(
                "So few people are counted that every number would have to be hidden. Audit more people.",
                in_plan="no hide_small under [report]",
            )
        self._hide(*min(shown, key=lambda cell: self._missed(cell, at)))

    def _missed(self, cell: tuple[int, Part], beside: int) -> tuple[int, bool, float, int]:
        """How much a part would be missed beside another, as what sorts before what."""
        row = self._tables.rows[cell[0]]
        people = float(self._tables.weights(row, KINDS) @ self._people)
        return self._parts.index(cell[1]), row.by != self._tables.rows[beside].by, people, cell[0]
