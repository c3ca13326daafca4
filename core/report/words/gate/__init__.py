"""What a gate says: the verdict first, then a line for each gated gap. Names are outsiders', and stay on a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.metrics.gate import GateVerdict, Outcome
from core.metrics.words import percent
from core.metrics.words.naming.terms import Terms
from core.report.words.gate.gap import gap_line, one_line

OUTCOME_WORDS: dict[Outcome, str] = {"failed": "FAILED", "unclear": "COULD NOT TELL", "passed": "PASSED"}
LIMITS_ALONE = "There is no ledger and no --against, so the limits alone are gated."
STRICT = "With --strict that fails."


@dataclass(frozen=True)
class GateTold:
    """A gate's verdict with all that its reader must know.

    Attributes
    ----------
    verdict, terms
        The verdict, and what the plan calls things.
    name, created
        Of the audit that was gated.
    against
        Sentences on the audit that it was measured against; empty where there was none.
    notes
        What else is to be known, such as in what the two differ.
    strict
        Whether what cannot be told fails.
    head
        The head of the ledger; empty where there is no ledger.
    """

    verdict: GateVerdict
    terms: Terms
    name: str
    created: str
    against: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    strict: bool = False
    head: str = ""

    @property
    def fails(self) -> bool:
        """Whether the build is to fail."""
        return self.verdict.outcome == "failed" or (self.strict and self.verdict.outcome == "unclear")

    @property
    def first(self) -> str:
        """The verdict in a line."""
        found, verdict = OUTCOME_WORDS[self.verdict.outcome], self.verdict
        gaps = f"Of {_count(len(verdict.gaps), 'gated gap')}"
        if verdict.outcome == "failed":
            broken = sum(gap.limit == "broken" for gap in verdict.gaps)
            worse = sum(gap.worsening == "worse" for gap in verdict.gaps)
            said = [f"{broken} broke {'its limit' if broken == 1 else 'their limits'}"] if broken else []
            said += [f"{worse} got worse by more than chance explains"] if worse else []
            return f"{found}: {_small(gaps)} {' and '.join(said)}."
        if verdict.outcome == "unclear":
            n = "hidden" if verdict.gaps and verdict.fewest is None else f"{verdict.fewest or 0:,}"
            left = len(verdict.of("unclear"))
            open_ = f"{gaps} {left} {'stays' if left == 1 else 'stay'} open." if left else "No two groups are compared."
            return f"{found}: n = {n}. {open_}{f' {STRICT}' if self.strict else ''}"
        none = "none got worse by more than chance explains" if verdict.has_before else "every one keeps to its limit"
        return f"{found}: {_small(gaps)} {none}."

    def lines(self) -> Iterator[str]:
        """What a terminal says."""
        yield self.first
        yield from map(one_line, self.against or (LIMITS_ALONE,))
        yield from self.inherited()
        yield from (f"{OUTCOME_WORDS[gap.outcome]} {gap_line(gap, self.terms)}" for gap in self.verdict.gaps)
        yield from self.explained()
        yield from map(one_line, self.notes)
        if self.head:
            yield self.head

    def inherited(self) -> Iterator[str]:
        """That gaps lie outside a limit which nobody stated, so that a pass is not read as if there were none."""
        outside = sum(gap.limit == "not_gated" and gap.gap.breaks_limit for gap in self.verdict.gaps)
        if outside:
            lies = "gap lies" if outside == 1 else "gaps lie"
            yield f"{outside:,} {lies} outside the usual limit. State a limit under [policy] to gate on it."

    def explained(self) -> Iterator[str]:
        """What the words of the lines mean; nothing where none was measured against another audit."""
        if not self.verdict.has_before:
            return
        yield "Worsening: how much farther from equality. Of a ratio it is a factor, and 1.00 is none."
        yield f"Its ranges hold for all gated gaps together: each is one of {percent(self.verdict.confidence)}."
        yield "Could show: the worsening that so many people would show with 80\u00a0% chance."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
