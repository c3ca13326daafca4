"""What a comparison means for people, in plain words: the price of a fix, and what to be warned of."""

from __future__ import annotations

from collections.abc import Iterator

from core.metrics.changed_decisions import ChangedDecisions
from core.metrics.comparison import Comparison, GapChange
from core.metrics.distance import distance, least_distance
from core.metrics.gaps import GAPS
from core.metrics.joint import Change
from core.metrics.words import group_words, listed, one_word
from core.metrics.words.changes.sentence import about
from core.metrics.words.changes.worse_off import of_worse_off, turned
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.goals import Goal

PER = 1_000
MOST_GROUPS = 4


def price_sentences(compared: Comparison, by: tuple[str, ...], terms: Terms = PLAIN) -> tuple[str, ...]:
    """Who is selected instead, of 1,000 people like these, and how many wrong decisions that makes or saves.

    `terms` is what the plan calls things. Empty where the two audits are not of
    the same ones.
    """
    everybody = compared.everybody
    if everybody is None or everybody.n == 0:
        return ()
    unit = PER / everybody.n
    most = sorted((m for m in compared.moved(by) if m.net), key=lambda m: -abs(m.net))
    told = [m for m in compared.moved(by) if m in most[:MOST_GROUPS]]
    gained = [_people(m.net * unit, "more", group_words(m.group, terms)) for m in told if m.net > 0]
    lost = [_people(-m.net * unit, "fewer", group_words(m.group, terms)) for m in told if m.net < 0]
    changes = everybody.newly_selected + everybody.newly_refused
    moved = (
        f"{listed([*gained, *lost])} are {terms.selected}" if most else f"as many of every group are {terms.selected}"
    )
    if len(most) > len(told):
        moved += ", and fewer than that change in other groups"
    decisions = _number(changes * unit)
    changing = "decision changes" if decisions == "1" else "decisions change"
    first = f"Of {PER:,} {terms.people} like these, {moved}; {decisions} {changing}."
    return (first, *_wrong_sentences(everybody, unit, terms))


def _people(count: float, direction: str, who: str) -> str:
    """So many of a group: "17 more women"; what is no plural, "1 more among women"."""
    number = _number(count)
    return f"{number} {direction} {'among ' if number == '1' else ''}{who}"


def _wrong_sentences(everybody: ChangedDecisions, unit: float, terms: Terms) -> Iterator[str]:
    for change, who, done in (
        (everybody.wrongly_granted, "without the good outcome", terms.selected),
        (everybody.wrongly_denied, "with the good outcome", terms.turned_down),
    ):
        if change is not None:
            moved = f"{_more(change, terms, who, unit)} {done} ({_range(change, unit)})"
            yield f"Among those of them whose outcome is known, {moved}."


def warnings(
    compared: Comparison, by: tuple[str, ...], goal: Goal, fit: Comparison | None = None, terms: Terms = PLAIN
) -> tuple[str, ...]:
    """What speaks against a fix whose goal was to make the groups that `by` makes equal, but for gaps that got worse.

    Parameters
    ----------
    compared
        Before and after, on people that the fix was not fitted on.
    by, goal
        Whose gap was to be closed, and which.
    fit
        The same on the people that it was fitted on.
    terms
        What the plan calls things.
    """
    return (
        *_did_nothing(compared, by, goal, terms),
        *(() if fit is None else _overfits(compared, fit, by, goal, terms)),
    )


def _did_nothing(compared: Comparison, by: tuple[str, ...], goal: Goal, terms: Terms) -> Iterator[str]:
    everybody = compared.everybody
    if everybody is not None and everybody.newly_selected + everybody.newly_refused == 0:
        yield "This fix does nothing here: no decision changes."
        return
    aimed = {gap.verdict for gap in _aimed(compared, by, goal)}
    if aimed == {"worse"}:
        yield "This fix makes the gap larger that it was meant to close."
    elif aimed == {"same"}:
        yield "This fix does not help: the gap it was meant to close stays as it was."
    elif "better" not in aimed:
        tell = f"as far as these {terms.people} can tell"
        yield f"This fix does not help {tell}: the gap it was meant to close may be as large."


def _overfits(compared: Comparison, fit: Comparison, by: tuple[str, ...], goal: Goal, terms: Terms) -> Iterator[str]:
    """The gap that is most wider on others than on the people the fix was fitted on, and by more than chance."""
    fitted = {_key(gap): gap for gap in _aimed(fit, by, goal)}
    own = goal.measures[: len(goal.rates)]
    pairs = [(fitted[_key(gap)], gap) for gap in _aimed(compared, by, goal) if _key(gap) in fitted]
    apart = [(before, gap) for before, gap in pairs if gap.measure in own and _disagree(before, gap)]
    if apart:
        before, held_out = max(apart, key=lambda pair: abs((pair[1].after or 0.0) - (pair[0].after or 0.0)))
        gap = of_worse_off(held_out, then=True)
        before = before if gap is held_out else turned(before)
        more = f" So it does for {len(apart) - 1} more." if len(apart) > 1 else ""
        yield (
            f"It works less well on new {terms.people} ({about(gap, terms)}): the gap is {_value(gap, gap.after)},"
            f" against {_value(gap, before.after)} on the {terms.people} it was fitted on.{more}"
        )


def _disagree(fitted: GapChange, held_out: GapChange) -> bool:
    """Whether the gap on new people is wider than on those fitted on, whichever side it falls on.

    That is so where every value in its range is farther from equality than what was reached on those fitted on.
    """
    low, high = held_out.after_range
    if fitted.after is None or held_out.after is None or low is None or high is None:
        return False
    kind = GAPS[held_out.measure].kind
    return least_distance(kind, (low, high)) > distance(kind, fitted.after)


def got_worse(compared: Comparison, terms: Terms) -> Iterator[str]:
    """One sentence a measure, about the gap that grew most, with how many more there are."""
    by_measure: dict[str, list[GapChange]] = {}
    for gap in compared.gaps:
        if gap.verdict == "worse" and gap.measure not in _SAID_ALREADY:
            by_measure.setdefault(gap.measure, []).append(gap)
    for grown in by_measure.values():
        worst = of_worse_off(max(grown, key=_growth), then=True)
        moved = f"from {_value(worst, worst.before)} to {_value(worst, worst.after)}"
        more = f" So did {len(grown) - 1} more of this kind." if len(grown) > 1 else ""
        yield f"A gap got worse ({about(worst, terms)}): {moved}.{more}"


# A ratio of selection rates grows apart as their difference does, and the others are sums or mirrors of listed ones.
_SAID_ALREADY = (
    "disparate_impact",
    "false_negative_rate_difference",
    "average_odds_difference",
    "accuracy_difference",
)


def _growth(gap: GapChange) -> float:
    assert gap.before is not None and gap.after is not None
    return abs(gap.after) - abs(gap.before)


def _aimed(compared: Comparison, by: tuple[str, ...], goal: Goal) -> list[GapChange]:
    return [gap for gap in compared.gaps if gap.by == by and gap.measure in goal.measures]


def _key(gap: GapChange) -> tuple[str, tuple[str, ...]]:
    return gap.measure, tuple(gap.group.values())


def _value(gap: GapChange, value: float | None) -> str:
    if value is None:
        return "not measurable"
    if GAPS[gap.measure].kind == "ratio":
        return f"{value:.2f} times"
    return f"{100 * value:+.1f} points".replace("-", "−")


def _more(change: Change, terms: Terms, who: str, unit: float) -> str:
    if change[0] == 0:
        return f"as many {terms.people} {who} are"
    more = _number(abs(change[0]) * unit)
    moved = f"{one_word(terms.people)} {who} is" if more == "1" else f"{terms.people} {who} are"
    return f"{more} {'more' if change[0] > 0 else 'fewer'} {moved}"


def _range(change: Change, unit: float) -> str:
    """The range in the words of its change: "14 to 30 fewer", and "3 fewer to 14 more" where it may be either."""
    low, high = (round(end * unit) for end in change[1])
    if low < 0 < high:
        return f"plausible range {-low:,} fewer to {high:,} more"
    least, most = sorted((abs(low), abs(high)))
    return f"plausible range {least:,} to {most:,}{' fewer' if low < 0 else ' more' if high > 0 else ''}"


def _number(count: float) -> str:
    """A number of people of 1,000: whole, and below 1 with one decimal, and never a 0 that is none."""
    if 0 < count < 0.05:
        return "under 0.1"
    return f"{count:.1f}".removesuffix(".0") if count < 1 else f"{count:,.0f}"
