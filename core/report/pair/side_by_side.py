"""Two audits side by side: in what they differ, what got better and worse, and whose decisions flip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from core.metrics.comparison import Comparison, Direction, GapChange
from core.metrics.findings.group_pairs import headline_measure
from core.metrics.flips import Flips, flips
from core.metrics.gaps import GAPS
from core.metrics.joint import JointCounts
from core.metrics.verdicts import Judgement
from core.metrics.words import group_words
from core.metrics.words.changes.sentence import short_sentences
from core.metrics.words.naming.terms import Terms
from core.record import AuditRecord, compare, joint_of
from core.report.pair.differences import Discrepancy, differences

TIMES = ("in the first", "in the second")
# In the order in which a reader wants to know.
TURNS: dict[Direction, str] = {"worse": "Worse", "better": "Better", "unclear": "Can't tell", "same": "The same"}
PAIRED = "Both decided about the same people, so each range is as narrow as it can be."
WIDER = "Records hold counts, not people, so who is in both is not known: ranges are wider than necessary."
HIDES = "Small numbers are hidden, and with them whose decisions flip: ranges are wider than necessary."
MOST_SAID = 8


@dataclass(frozen=True)
class SideBySide:
    """Two audits compared, with all that a reader must know of the comparison."""

    before: AuditRecord
    after: AuditRecord
    comparison: Comparison
    differences: tuple[Discrepancy, ...]
    flips: tuple[Flips, ...]

    @classmethod
    def of(cls, before: AuditRecord, after: AuditRecord, joint: JointCounts | None = None) -> SideBySide:
        """The two compared, paired by `joint` or by what they hold themselves.

        Raises PlanError where they have no sensitive column in common.
        """
        joint = joint_of(before, after, joint)
        comparison = compare(before, after, joint)
        tables = [] if joint is None else [by for by in before.references if set(by) <= set(joint.groups.attributes)]
        confidence = max(before.plan.run.confidence, after.plan.run.confidence)
        moved = () if joint is None else tuple(row for by in tables for row in flips(joint, by, confidence))
        return cls(before, after, comparison, differences(before, after), moved)

    @property
    def is_paired(self) -> bool:
        """Whether both decided about the same people, and it is known how about each."""
        return self.comparison.everybody is not None

    @property
    def hides_flips(self) -> bool:
        """Whether whose decisions flip is hidden, with other small numbers."""
        return self.before.hides or self.after.hides

    @property
    def range_words(self) -> str:
        """How wide the ranges are."""
        return PAIRED if self.is_paired else HIDES if self.hides_flips else WIDER

    @cached_property
    def terms(self) -> Terms:
        """What the second audit calls things."""
        return Terms.of(self.after.plan)

    @property
    def tables(self) -> tuple[tuple[str, ...], ...]:
        """The columns, and crossed columns, that are compared."""
        return tuple(dict.fromkeys(gap.by for gap in self.comparison.gaps))

    @cached_property
    def judged_before(self) -> Judgement:
        """What follows from the first audit alone."""
        return self.before.judgement()

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that are compared, the first audit's headline first."""
        there = dict.fromkeys(gap.measure for gap in self.comparison.gaps if GAPS[gap.measure].is_tested)
        first = headline_measure(self.judged_before, self.before.plan)
        return tuple(sorted(there, key=lambda name: name != first))

    def gaps(self, measure: str, by: tuple[str, ...]) -> list[GapChange]:
        """The changes of one measure in one table of groups."""
        return [gap for gap in self.comparison.gaps if (gap.measure, gap.by) == (measure, by)]

    def sentence(self, gap: GapChange) -> str:
        """One change in words."""
        return short_sentences(gap, TIMES, self.terms)

    @property
    def tally(self) -> dict[Direction, int]:
        """How many gaps got worse, better and so on; of measures that have a test of equality."""
        seen = Counter(gap.verdict for gap in self.comparison.gaps if GAPS[gap.measure].is_tested)
        return {turn: seen[turn] for turn in TURNS}

    @property
    def tally_words(self) -> str:
        """The same in a sentence."""
        count = self.tally
        total = sum(count.values())
        if not total:
            return "No gap is in both audits, so nothing can be compared."
        told = f"{count['better']} better, {count['worse']} worse, {count['same']} the same"
        return (
            f"Of {total:,} comparison{'s' if total > 1 else ''} of groups: {told}; {count['unclear']} cannot be told."
        )

    def lines(self) -> Iterator[str]:
        """What a terminal says: what differs first, then the answer."""
        yield from (difference.text for difference in self.differences)
        yield self.range_words
        yield self.tally_words
        yield from self._headlines()
        yield from self.flip_words()

    def _headlines(self) -> Iterator[str]:
        """The headline measure of single columns, worst first."""
        gaps = [gap for by in self.tables if len(by) == 1 for gap in self.gaps(self.measures[0], by)]
        order = list(TURNS)
        for gap in sorted(gaps, key=lambda gap: order.index(gap.verdict))[:MOST_SAID]:
            yield f"{TURNS[gap.verdict]}: {self.sentence(gap)}"

    def flip_words(self) -> Iterator[str]:
        """Whose decisions flip; nothing where that is not known."""
        everybody = self.comparison.everybody
        if everybody is None:
            return
        gained, lost = everybody.newly_selected, everybody.newly_refused
        if not gained + lost:
            yield "No decision flips."
            return
        terms = self.terms
        yield (
            f"{gained + lost:,} of {everybody.n:,} decisions flip: {gained:,} newly {terms.selected}, {lost:,} newly"
            f" {terms.turned_down}."
        )
        more = [row for row in self.flips if row.verdict == "more"]
        yield from (_more_sentence(row, terms) for row in more)
        if not more:
            yield "No group is shown to flip more often than the others."

    def to_json(self) -> dict[str, Any]:
        """The comparison as comparison.json holds it."""
        said = (*(difference.text for difference in self.differences), *([] if self.is_paired else [self.range_words]))
        return self.comparison.to_json(self.before.digest, self.after.digest, said) | {
            "paired": self.is_paired,
            "differences": [asdict(difference) for difference in self.differences],
            "flips": [row.to_json() for row in self.flips],
        }


def _more_sentence(row: Flips, terms: Terms) -> str:
    """How often a group's decisions flip, which is more than those of everybody else."""
    who = group_words(row.group, terms)
    begun = f"{who[:1].upper()}{who[1:]}: {row.flipped:,} of {row.n:,} flip, against {row.others_flipped:,} of"
    return f"{begun} {row.others:,} others. Chance hardly explains so many."
