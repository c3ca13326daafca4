"""Why one fix is recommended and not the others, in short sentences; or why none is, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics.words import listed
from core.metrics.words.naming.terms import Terms
from core.mitigate.frontier.places import Place, gap_words
from core.mitigate.goals.goal_test import Kept, goal_words
from core.mitigate.settings import Settings


@dataclass(frozen=True)
class Advised:
    """What a recommendation was made from.

    `first` is the best fix that brings the groups nearer, `meeting` are those that meet the goal, `usable` those that
    nothing speaks against; the rest is as `advise` has it.
    """

    now: Place
    first: Place | None
    meeting: tuple[Place, ...]
    usable: tuple[Place, ...]
    settings: Settings
    has_outcome: bool
    terms: Terms
    now_kept: Kept

    @property
    def by(self) -> str:
        """The columns whose groups are meant."""
        return listed(self.settings.by)

    @property
    def rows(self) -> str:
        """What rows are called."""
        return self.terms.people

    def cost(self, place: Place) -> float:
        """What it costs, as it is shown."""
        return place.shown(self.settings)[1]


def reason(told: Advised) -> str:
    """Why the recommended fix, which meets the goal, is recommended."""
    first, others = told.first, [place for place in told.meeting if place != told.first]
    assert first is not None
    if first.levelling:
        return f"{_of_these(first, others, told)} {first.levelling}"
    aside = [place for place in others if place.levelling]
    if not aside:
        return _of_these(first, others, told)
    rest = f"Set aside: {len(aside)} that reach{'es' if len(aside) == 1 else ''} it only because fewer are"
    compared = [place for place in others if not place.levelling]
    only = "It is the only usable fix that reaches your goal with a gain for some group."
    why = _of_these(first, compared, told, " of those by which a group gains") if compared else only
    return f"{why} {rest} {told.terms.selected}."


def _of_these(first: Place, others: list[Place], told: Advised, whom: str = "") -> str:
    """Why it is the first one, and none of the others; `whom` says where these are not all that reach the goal."""
    if not others:
        return "It is the only usable fix that reaches your goal."
    least = min(others, key=told.cost)
    without = [place for place in others if not place.needs_attribute]
    if first.needs_attribute and without:
        dearer = _more(told.cost(min(without, key=told.cost)) - told.cost(first), told)
        return f"It reaches your goal; a fix that needs no {told.by} when deciding {dearer}."
    is_cheapest = told.cost(first) <= told.cost(least)
    merit = _merit(first, others, told)
    if not merit:
        is_needed = first.needs_attribute and all(place.needs_attribute for place in told.meeting)
        rest = f". Every fix that does needs {told.by} when deciding" if is_needed else ""
        return f"It reaches your goal and {_least(told, whom)}{rest}."
    if is_cheapest:
        return f"It reaches your goal, {merit}, and {_least(told, whom)}."
    dearer = _more(told.cost(least) - told.cost(first), told)
    return f"It reaches your goal and {merit}. “{least.title}” {dearer}."


def _merit(first: Place, others: list[Place], told: Advised) -> str:
    """What it does not ask of people, and others that meet the goal do."""
    if not first.needs_attribute and any(place.needs_attribute for place in others):
        return f"needs no {told.by} when deciding"
    if not first.draws_lots and any(place.draws_lots and told.cost(place) <= told.cost(first) for place in others):
        return "draws no lots"
    return ""


def _least(told: Advised, whom: str) -> str:
    if not told.has_outcome:
        return f"changes the fewest decisions{whom or ' of those that do'}"
    if told.settings.cost.name == "price":
        return f"costs least{whom or ' of those that do'}"
    return f"makes the fewest mistakes{whom}"


def _more(cost: float, told: Advised) -> str:
    """How much more, or less, another one costs: "makes 1.2 fewer mistakes of 100"."""
    number, is_more = f"{abs(cost):.1f}", cost > 0
    if not told.has_outcome:
        return f"changes {number} {'more' if is_more else 'fewer'} decisions of 100"
    if told.settings.cost.name == "price":
        return f"costs {number} {'more' if is_more else 'less'} for 100 {told.rows}"
    return f"makes {number} {'more' if is_more else 'fewer'} mistakes of 100"


def none_reason(told: Advised) -> tuple[str, str]:
    """Why nothing is recommended, and what to do next, as two sentences."""
    rows, goal = told.rows, goal_words(told.settings)
    if not told.now.is_measurable:
        return (
            f"Nothing is recommended: too few {rows} of two groups to compare.",
            "A larger table would tell.",
        )
    if told.now_kept == "met":
        return (
            "Nothing is recommended: the model as it is already reaches your goal.",
            "Ask for a smaller gap, or choose another goal.",
        )
    if told.now_kept == "unclear":
        return (
            f"Nothing is recommended: these {rows} cannot tell yet whether your goal is missed.",
            "A larger table would tell.",
        )
    if told.first is not None:
        then = [
            f"“{told.first.title}” comes nearest, with a gap of {gap_words(told.first.gap, told.settings)}.",
            told.first.levelling,
            "Accept a wider gap, or look at it closely.",
        ]
        return (
            f"Nothing is recommended: no usable fix reaches your goal, {goal}.",
            " ".join(filter(None, then)),
        )
    if not told.usable:
        return (
            "Nothing is recommended: something speaks against every fix that was found.",
            "“Compare all” says what. Try another goal, or leave fewer ways out.",
        )
    return (
        "Nothing is recommended: no usable fix brings the groups nearer to each other.",
        "Try another goal, or leave fewer ways out.",
    )
