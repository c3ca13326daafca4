"""What sentences are made of: groups, rates, differences, limits and chance in words (statistics.md 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.catalogue import table
from core.counts.counts import GroupName
from core.metrics.sampling.effective import AnyShare, Effective, exact_rate, people_in
from core.metrics.words.naming.adjectives import adjective
from core.metrics.words.naming.ages import aged
from core.metrics.words.naming.columns import column_words, name_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.plan.plan import Plan
from core.plan.values import MISSING_GROUP


@dataclass(frozen=True)
class VerdictWords:
    """One row: a verdict's word on every page, and what it means in plain sentences."""

    name: str
    word: str
    means: tuple[str, ...]


VERDICTS = table(
    VerdictWords(
        "gap", "Gap",
        ("The groups lie further apart than the limit, and luck hardly explains it.",
         "The mark stands at the group that is worse off.", "It says that groups are treated differently, not why."),
    ),
    VerdictWords(
        "unclear", "Can't tell yet",
        ("There may be a gap or none: too few people were counted to say.",
         "It is no all-clear.", "More people of the smaller group would tell."),
    ),
    VerdictWords(
        "no_gap", "No gap",
        ("The whole plausible range lies within the limit.", "It holds for this question and these people alone.",
         "Another question can still show a gap."),
    ),
    VerdictWords(
        "not_measurable", "Not measurable",
        ("There is nobody to count for this question, so there is no number.",
         "Nobody of the group may have the good outcome, or nobody is selected.", "The reason stands beside it."),
    ),
)  # fmt: skip
VERDICT_WORDS = {row.name: row.word for row in VERDICTS.values()}
_NOUNS = {
    "female": "women",
    "woman": "women",
    "women": "women",
    "f": "women",
    "male": "men",
    "man": "men",
    "men": "men",
    "m": "men",
}
_ALONE = ("people", "women", "men")
_SEX_NAMES = ("sex", "gender")
# What an export puts before a column's own name; anything else, as in "spouse_sex", may make it somebody else's.
_PREFIXES = frozenset(["group", "attribute", "sensitive", "protected"])
# Of fewer people than this a percentage promises more than there is: they are counted.
COUNTED_UNDER = 100


def sampling_note(people: str = "people") -> str:
    """What every range takes for granted."""
    return (
        f"The ranges treat the {people} in this file as a sample of those the process could have met. "
        f"For a description of exactly these {people}, read the counts."
    )


def rows_word(plan: Plan) -> str:
    """What a row of the table is called: by what the model reads, and people where that is a table of them."""
    return Terms.of(plan).people


def one_word(people: str) -> str:
    """What one row is called, by what rows are: "person" of people, "text" of texts."""
    return "person" if people == "people" else people.removesuffix("s")


def group_words(group: Mapping[str, str], terms: Terms = PLAIN) -> str:
    """The people of a group: "Black women", "men aged 25 to 45"; its values by their labels in `terms`.

    Where another group of the column would be "women" as well, or of those ages, each is named by its spelling.
    """
    among = group.among if isinstance(group, GroupName) else {}
    before, noun, ages, rest = "", terms.people, "", []
    for attribute, value in group.items():
        values = among.get(attribute, ())
        said = terms.value(attribute, value, values)
        known = _noun(attribute, value, values, terms)
        years = aged(attribute, said, values) if terms.people == "people" and not ages else None
        kind = adjective(attribute, said, values) if terms.people == "people" and not before else None
        if known is not None and noun == "people" and not _is_shared(known, attribute, value, values, terms):
            noun = known
        elif years is not None:
            ages = f" aged {years}"
        elif kind is not None:
            before = f"{kind} "
        else:
            rest.append(f"{column_words(attribute, said, group)} is {_value(said)}")
    people = f"{before}{noun}{ages}"
    return f"{people} whose {' and '.join(rest)}" if rest else people


def _noun(attribute: str, value: str, values: tuple[str, ...], terms: Terms) -> str | None:
    """What stands for the people by itself: "women" of "F" in a column of sexes, "deaf people" of a label like that."""
    label = terms.label(attribute, value, values)
    if label is None:
        return _NOUNS.get(value.casefold()) if _is_sex(attribute) else None
    known = _NOUNS.get(label.casefold()) if len(label) > 1 else None
    return known or (label if label.split()[-1].casefold() in _ALONE else None)


def _is_sex(attribute: str) -> bool:
    """Whether a column says the sex of the people themselves: "sex", "Gender", "__group_sex"."""
    *before, last = [word.casefold() for word in name_words(attribute)] or [""]
    return last in _SEX_NAMES and _PREFIXES.issuperset(before)


def _is_shared(noun: str, attribute: str, value: str, values: tuple[str, ...], terms: Terms) -> bool:
    return any(other != value and _noun(attribute, other, values, terms) == noun for other in values)


def _value(value: str) -> str:
    """A value as it is written, in quotes where it would read as the people whose value is missing."""
    return "missing" if value == MISSING_GROUP else f"“{value}”" if value.casefold() == "missing" else value


def listed(names: Sequence[str]) -> str:
    """Names in a row, one or more: "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def percent(rate: float, digits: int = 1) -> str:
    """A rate as "7.5 %", with a space that no line breaks at."""
    return f"{100 * rate:.{digits}f}\u00a0%"


def beside(value: float, limit: float | Sequence[float], digits: int) -> str:
    """A number rounded so that it does not seem to reach or cross a limit, or one of several, that it does not."""
    limits = limit if isinstance(limit, Sequence) else (limit,)
    number = _number_beside(value, limits, digits)
    if number is not None:
        return number
    nearest = _crossed(value, float(f"{value:z.4f}"), limits)[0]
    return f"just {'under' if value < nearest else 'over'} {limit_words(nearest, digits)}"


def _number_beside(value: float, limits: Sequence[float], digits: int) -> str | None:
    """The number with as many digits as that takes, four at most; None where it lies nearer to a limit."""
    texts = (f"{value:z.{places}f}" for places in range(digits, 5))
    return next((text for text in texts if not _crossed(value, float(text), limits)), None)


def _crossed(value: float, printed: float, limits: Sequence[float]) -> list[float]:
    """The limits that a number lies on another side of, or at, once it is printed."""
    return [at for at in limits if (printed < at) != (value < at) or (printed > at) != (value > at)]


def limit_words(limit: float, digits: int) -> str:
    """A limit with at least so many digits, and more where it has more."""
    text = f"{limit:.{digits}f}"
    return text if float(text) == limit else f"{limit:g}"


def points_words(limit: float) -> str:
    """A difference of rates as "5 points", with all its digits."""
    points = f"{100 * limit:g}"
    return f"{points}\u00a0point{'' if points == '1' else 's'}"


def chance_words(p: float) -> str:
    """How often a difference this large would turn up if there were none."""
    if p < 0.001:
        return "fewer than 1 in 1,000"
    if p > 0.9:
        return "more than 9 in 10"
    return f"about 1 in {round(1 / p):,}" if p <= 0.4 else f"about {round(10 * p)} in 10"


# ---------------------------------------------------------------- figures that add up


@dataclass(frozen=True)
class Figures:
    """Two groups' rates with their distance and their ratio, each as it is said beside the others.

    Rates have one decimal, here as everywhere, and so has their distance; only what lies too near a limit for that has
    more. Every number is rounded from its exact value, so that 63.9 % and 69.0 % can be 5.03 points apart; a distance
    or a ratio that does not follow from the rates beside it is said with "about".

    Attributes
    ----------
    mine, theirs
        The rates with the number of people behind each: "7.5 % of 5,421".
    distance
        How far the rates are apart, in points.
    ratio
        The first rate over the second; empty where nobody asks for it.
    """

    mine: str
    theirs: str
    distance: str
    ratio: str


def figures(
    mine: Sequence[AnyShare], theirs: Sequence[AnyShare], points: float | None = None, ratio: float | None = None
) -> Figures:
    """The figures of one comparison.

    Parameters
    ----------
    mine, theirs
        The (k, n) of each rate; several rates of a group are averaged.
    points, ratio
        The limit in points that the distance, or the limit that the ratio must not seem to reach or cross; a ratio is
        given only where it has a limit.
    """
    exact = mean_rate(mine), mean_rate(theirs)
    printed = _printed(mine), _printed(theirs)
    apart = 100 * float(abs(exact[0] - exact[1]))
    distance = f"{apart:.1f}" if points is None else beside(apart, points, 1)
    number = distance if points is None else _number_beside(apart, (points,), 1)
    if number is not None and abs(abs(printed[0] - printed[1]) - Fraction(number)) >= Fraction(1, 10):
        distance = f"about {distance}"
    times = ""
    if ratio is not None and exact[1]:
        share = float(exact[0] / exact[1])
        times = beside(share, ratio, 2) if exact[0] else "0"
        number = _number_beside(share, (ratio,), 2) if exact[0] else "0"
        follows = printed[1] > 0 and (
            number is None or abs(printed[0] / printed[1] - Fraction(number)) < Fraction(1, 100)
        )
        times = times if follows else f"about {times}"
    return Figures(_rates(mine), _rates(theirs), distance, times)


def mean_rate(shares: Sequence[AnyShare]) -> Fraction:
    """The mean of k / n over those with people in them, exactly; 0 where there are none."""
    rates = [exact_rate(share) for share in shares if people_in(share)]
    return sum(rates, Fraction(0)) / max(1, len(rates))


def _rates(shares: Sequence[AnyShare]) -> str:
    """Each rate with how many people it is about, whatever they weigh."""
    return " and ".join(share_words(share) for share in shares if people_in(share))


def share_words(share: AnyShare) -> str:
    """A rate with the people behind it: "7.5 % of 5,421", and of few people "17 of 30"; never of what they weigh."""
    n = people_in(share)
    if isinstance(share, Effective) or not is_counted(share[0], n):
        return f"{percent(float(exact_rate(share)))} of {n:,}"
    return f"{share[0]:,} of {n:,}"


def is_counted(k: float, n: int) -> bool:
    """Whether k of n people are counted: where they are few, or a percentage would say none or all, and it is not so.

    Who weighs differently cannot be counted.
    """
    return n < COUNTED_UNDER or (0 < 2000 * k <= n) or (0 < 2000 * (n - k) <= n)


def _printed(shares: Sequence[AnyShare]) -> Fraction:
    """The mean of the rates in points, as they are printed; what is printed as a count is exact."""
    printed = [_printed_rate(share) for share in shares if people_in(share)]
    return sum(printed, Fraction(0)) / max(1, len(printed))


def _printed_rate(share: AnyShare) -> Fraction:
    rate = exact_rate(share)
    if not isinstance(share, Effective) and is_counted(share[0], share[1]):
        return 100 * rate
    return Fraction(f"{100 * float(rate):.1f}")  # of the very float that is printed: 1.85 may go either way
