"""A fix as something to decide on, in words: what it changes, how far apart the groups are, what it costs, and whom."""

from __future__ import annotations

from core.metrics.words import group_words, listed
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.effect.mistake_costs import Mistakes, cost_words
from core.mitigate.effect.rates_before_after import Shifts, in_short_sentences
from core.mitigate.frontier.places import Place, shown_gap
from core.mitigate.mitigations import Kind
from core.mitigate.settings import Settings

_KINDS: dict[Kind, str] = {
    "for_all": "The same rule for everybody",
    "per_group": "A rule for each group",
    "retrained": "The model trained again",
}
# Whose decisions change most: the bars show the others.
MOST_SAID = 2
UNLAWFUL = (
    "Deciding by a person's sex, race, age or religion can be unlawful.",
    "In some places and trades that is so even where it helps whoever is worse off; in others it is allowed, or asked"
    " for.",
    "Ask whoever answers for the law where you are, and show them this page, before you use it.",
    "Write down what you chose, why, and which other ways you looked at.",
)
LOTS = (
    "Two people with the same score can get different answers, by lot.",
    "Whoever is turned down may ask why, and the answer is a draw.",
    "Ask whether that is acceptable where you are before you use it.",
)


def kind_words(kind: Kind) -> str:
    """What a fix changes: "The same rule for everybody"."""
    return _KINDS[kind]


def cautions(place: Place, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """What a lawyer should see, in a few words, and what there is to know of it; empty where there is nothing."""
    said, more = list[str](), list[str]()
    if place.needs_attribute:
        said.append(f"needs {listed(settings.by)} when deciding")
        more += UNLAWFUL
    if place.draws_lots:
        said.append("draws lots")
        more += LOTS
    return " and ".join(said), tuple(more)


def bars_title(shifts: Shifts, terms: Terms = PLAIN) -> str:
    """What is drawn of each group: "So many of 100 are selected"."""
    measure = shifts.measure
    return f"{terms.said(measure.whom)}{'so' if measure.whom else 'So'} many of 100 {measure.verb_words(terms)}"


def gap_line(before: float, after: float, settings: Settings) -> str:
    """How far apart the groups are before and after, in the goal's own terms."""
    if settings.goal.kind == "ratio":
        was, then = (f"{100 - float(shown_gap(gap, settings)):.1f}".removesuffix(".0") for gap in (before, after))
        return f"The lowest rate is {was}\u00a0% of the highest before, {then}\u00a0% after."
    was, then = (shown_gap(gap, settings).removesuffix(".0") for gap in (before, after))
    return f"{was} points apart before, {then} after."


def cost_line(before: float, after: float, cost: str, has_outcome: bool) -> str:
    """What it costs in the chosen measure: "Right 85.2 % of the time before, 84.9 % after."."""
    if not has_outcome:
        return f"{100 * after:.1f} of 100 decisions change."
    if cost == "price":
        return f"Mistakes about 100 people cost {100 * before:.1f} before, {100 * after:.1f} after."
    was, then = (f"{100 - 100 * share:.1f}\u00a0%" for share in (before, after))
    alike = ", both outcomes counted alike" if cost == "balanced_accuracy" else ""
    return f"Right {was} of the time before, {then} after{alike}."


def beside_its_choice(found: Mistakes, place: Place) -> str:
    """That it makes more mistakes than among those it was chosen on, who are others; empty where it does not."""
    if float(f"{100 * found.after:.1f}") <= float(f"{100 * place.cost:.1f}"):
        return ""
    return f"That is more than among those it was chosen on ({cost_words(place.cost, found.cost)}): these are others."


def people_line(shifts: Shifts, terms: Terms = PLAIN) -> str:
    """Who is decided for instead: "24 more of 100 women are selected, 2 fewer of 100 men."."""
    verb, said = shifts.measure.verb_words(terms), []
    for shift in sorted(shifts.meant, key=lambda shift: -abs(shift.rates[1] - shift.rates[0]))[:MOST_SAID]:
        who = group_words(shift.group, terms)
        if shift.before == shift.after:
            said.append(f"as many {who} as before")
        else:
            way = "more" if shift.after > shift.before else "fewer"
            said.append(f"{shift.moved_of_hundred} {way} of 100 {who}")
    first, *rest = said
    return in_short_sentences([f"{first} {verb}", *rest])
