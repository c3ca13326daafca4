"""A finding as the title of a page: one sentence that somebody repeats after ten seconds, and a line under it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from core.counts.counts import GroupName
from core.metrics.findings.group_pairs import GroupPair
from core.metrics.findings.leading import tied
from core.metrics.findings.ordering import Finding
from core.metrics.findings.sentences import SentenceWords, capital
from core.metrics.gaps import why_not_measurable
from core.metrics.reference import By
from core.metrics.sampling.effective import AnyShare, people_in
from core.metrics.small_cells.hidden import WHY, verdict_word
from core.metrics.verdicts import Verdict
from core.metrics.words import COUNTED_UNDER, listed
from core.metrics.words.limits import whose_limit
from core.metrics.words.per_hundred import PeopleShare, as_people
from core.plan.plan import Plan

_MOST_WORDS = 20
_MOST_TIED = 3


@dataclass(frozen=True)
class FindingSide:
    """One of the two groups of a finding, with its rate as whole people; None where it has none.

    `people` is how many its rate is about.
    """

    group: dict[str, str]
    rate: PeopleShare | None
    people: int


@dataclass(frozen=True)
class Title:
    """What one finding comes to.

    Attributes
    ----------
    sentence
        Who fares worse than whom, in people: "Women are selected less often than men: 57 of 100 against 77."
    below
        How large that is against the limit, and how sure.
    by
        The columns that make its groups.
    sides
        The group that the sentence is about, and the one that it is compared with.
    is_hidden
        Whether its numbers are hidden on request.
    """

    verdict: Verdict
    sentence: str
    below: str
    by: By = ()
    sides: tuple[FindingSide, ...] = ()
    is_hidden: bool = False

    @property
    def word(self) -> str:
        """Its verdict in a word."""
        return verdict_word(self.verdict, "hidden" if self.is_hidden else "")


NOTHING_COMPARED = Title(
    "not_measurable",
    "There is only one group in this table, so nothing could be compared.",
    "Choose a sensitive column with more groups.",
)


def title_of(finding: Finding, found: Sequence[GroupPair], plan: Plan) -> Title:
    """The title of a finding; `found` are the audit's pairs, among which others may be as badly off."""
    words = _Title(finding, found, plan)
    why = "few" if finding.is_small else words.pair.why or str(finding.verdict)
    sentence, below = _TEMPLATES[why]
    if finding.is_small and words.comparisons > 1:
        sentence, below = _TEMPLATES["many small"]
    sides = () if why == "hidden" else words.sides
    return Title(finding.verdict, sentence(words), words.about(below(words)), words.pair.by, sides, why == "hidden")


class _Title(SentenceWords):
    """The words of a title; who is counted stands behind the numbers, so that it begins with the group."""

    def __init__(self, finding: Finding, found: Sequence[GroupPair], plan: Plan) -> None:
        super().__init__(finding.told.lead, plan)
        self.plan, self.comparisons = plan, len(finding.told.pairs)
        self.tied = tied(finding, found)
        self.mine, self.theirs = as_people(self.shares, self.other_shares)
        self.verb, self.of = self.measure.verb_words(self.terms), self.terms.said(self.measure.of)

    @property
    def sides(self) -> tuple[FindingSide, FindingSide]:
        """The two groups with their rates."""
        both = zip((self.subject, self.other), (self.mine, self.theirs), (self.shares, self.other_shares), strict=True)
        mine, theirs = (_side(group, rate, shares) for group, rate, shares in both)
        return mine, theirs

    @property
    def less_often(self) -> str:
        """Who fares so less often than whom, without a capital letter."""
        return self._of_both(lambda whom, than: f"{whom} {self.verb} {self.less} often than {than}")

    @property
    def both(self) -> str:
        """The two groups: "women and men"."""
        return self._of_both(lambda whom, than: f"{whom} and {than}")

    def _of_both(self, said: Callable[[str, str], str]) -> str:
        """What is said of the two groups; what they share may stand once, behind it, where that is shorter."""
        every = [self.subject, *self.tied, self.other]
        shared = {name for name, value in self.other.items() if all(group[name] == value for group in every)}
        whole = said(self._whom(every[:-1]), self.group(self.other))
        if not shared or len(shared) == len(self.other):
            return whole
        *own, other = (_part(group, self.other.keys() - shared) for group in every)
        among = self.group(_part(self.other, shared))
        short = f"{said(self._whom(own), self.group(other))} among {among}"
        return min(whole, short, key=lambda words: len(words.split()))

    def _whom(self, groups: Sequence[dict[str, str]]) -> str:
        """The group that fares worse, with those as badly off."""
        named = [self.group(group) for group in groups[:_MOST_TIED]]
        more = len(groups) - len(named)
        return listed(named + ([f"{more} more groups" if more > 1 else "one more group"] if more else []))

    @property
    def against(self) -> str:
        """Both rates as people: "57 of 100 against 77"."""
        each = " each" if self.tied else ""
        return f"{self._counted(each)} against {self._theirs}"

    def _counted(self, each: str = "") -> str:
        """The worse rate as people, and who is counted."""
        return f"{self.mine.words}{each}{f' {self.of},' if self.of else ''}"

    @property
    def _theirs(self) -> str:
        return f"{self.theirs.k:,}" if self.mine.n == self.theirs.n else self.theirs.words

    def with_rates(self, start: str) -> str:
        """A sentence with both rates; a long one leaves them to another."""
        whole = f"{start}: {self.against}."
        return whole if len(whole.split()) <= _MOST_WORDS else f"{start}. That is {self.against}."

    def alike(self) -> str:
        """Both rates where they hardly differ: "57 of 100 are selected, against 58"."""
        if (self.mine.n, self.mine.k) == (self.theirs.n, self.theirs.k):
            return f"{self._counted()} {self.verb} in both".replace(",", "")
        return f"{self._counted().removesuffix(',')} {self.verb}, against {self._theirs}"

    def few(self) -> str:
        """How few the smallest group is."""
        return f"There {'is' if self.pair.fewest == 1 else 'are'} only {_some(self.pair.fewest, self.people)} to go by."

    def about(self, line: str) -> str:
        """The line, with whose outcome is known where that is not everybody's."""
        known = self.measure.needs_label and self.plan.data.refused_known is False
        return f"{line} Only {self.people} whose outcome is known are counted." if known else line

    @property
    def limit(self) -> str:
        """The limit that decides."""
        return whose_limit(self.pair.lead.band)

    @property
    def size(self) -> str:
        """How large the difference is, in the unit of the limit that decides."""
        return self.value(self.pair.lead)


def _side(group: dict[str, str], rate: PeopleShare, shares: Sequence[AnyShare]) -> FindingSide:
    people = max(map(people_in, shares))
    return FindingSide(group, rate if people else None, people)


def _part(group: dict[str, str], names: Collection[str]) -> dict[str, str]:
    """Some of the values that make a group, with the others of their columns."""
    among = group.among if isinstance(group, GroupName) else {}
    return GroupName({name: value for name, value in group.items() if name in names}, among)


def _some(n: int, people: str) -> str:
    return f"{n:,} {('person' if people == 'people' else people.removesuffix('s')) if n == 1 else people}"


def _gap(w: _Title) -> str:
    return capital(w.with_rates(w.less_often))


def _below_gap(w: _Title) -> str:
    sure = (
        "Quite sure: even the most cautious estimate lies outside."
        if w.pair.lead.breaks_limit
        else "Surely a difference, but perhaps one inside the limit."
    )
    return f"That is {w.size}, outside {w.limit}. {sure}"


def _no_gap(w: _Title) -> str:
    start = f"No gap found between {w.both}"
    whole = f"{start}: {w.alike()}."
    return whole if len(whole.split()) <= _MOST_WORDS else f"{start}. {capital(w.alike())}."


def _below_no_gap(w: _Title) -> str:
    real = " Small as it is, the difference is no chance." if w.pair.lead.differs else ""
    return f"Quite sure: even the least cautious estimate lies inside {w.limit}.{real}"


def _unclear(w: _Title) -> str:
    if w.pair.lead.differs:
        return w.with_rates(f"Can't tell yet whether it matters that {w.less_often}")
    return w.with_rates(f"Can't tell yet whether {w.less_often}")


def _below_far(w: _Title) -> str:
    return f"That is {w.size}, outside {w.limit}. With {w.pair.fewest:,} {w.people}, that can easily be chance."


def _below_look_closer(w: _Title) -> str:
    return f"That is {w.size}, inside {w.limit}. It is unusual for chance alone, so look closer."


def _below_wide(w: _Title) -> str:
    return f"That is {w.size}, inside {w.limit}. The true difference may be none, or outside."


def _few(w: _Title) -> str:
    return w.with_rates(f"Too few {w.people} to tell whether {w.less_often}")


def _many_small(w: _Title) -> str:
    gap = w.pair.lead
    (people,) = as_people(gap.group_shares)
    return f"Too few {w.people} to tell about {w.comparisons} groups, such as {w.group(gap.group)}: {people.words}."


def _below_many_small(w: _Title) -> str:
    return f"Each is, or is compared with, fewer than {COUNTED_UNDER} {w.people}."


def _not_measurable(w: _Title) -> str:
    gap = w.pair.lead
    return f"Not measurable whether {w.group(gap.group)} {w.verb} {w.less} often than {w.group(gap.reference)}."


def _below_not_measurable(w: _Title) -> str:
    gap = w.pair.lead
    names = tuple(f"the group of {w.group(group)}" for group in (gap.group, gap.reference))
    shares = list(gap.group_shares), list(gap.reference_shares)
    known = why_not_measurable(w.measure, *shares, (names[0], names[1]), w.terms)
    return f"{capital(known or gap.reason)}. This is not a zero."


def _hidden(w: _Title) -> str:
    gap = w.pair.lead
    return f"Hidden on request: whether {w.group(gap.group)} {w.verb} {w.less} often than {w.group(gap.reference)}."


def _below_hidden(_: _Title) -> str:
    return f"{capital(WHY)}."


_Template = Callable[[_Title], str]
_TEMPLATES: dict[str, tuple[_Template, _Template]] = {
    "gap": (_gap, _below_gap),
    "no_gap": (_no_gap, _below_no_gap),
    "far": (_unclear, _below_far),
    "look_closer": (_unclear, _below_look_closer),
    "wide": (_unclear, _below_wide),
    "few": (_few, _Title.few),
    "many small": (_many_small, _below_many_small),
    "not_measurable": (_not_measurable, _below_not_measurable),
    "hidden": (_hidden, _below_hidden),
}
