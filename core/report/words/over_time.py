"""What a series of audits says: whether it got worse, first; then where each gap lies, and what alarms assume."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from core.metrics.comparison import GapChange
from core.metrics.distance import NO_CHANGE, distance, has_crossed
from core.metrics.gaps import GAPS
from core.metrics.intervals import Interval
from core.metrics.over_time.bands import FIRST_SIX
from core.metrics.words import group_words, percent
from core.metrics.words.changes.sentence import about, short_sentences
from core.metrics.words.naming.terms import Terms
from core.record.series import DriftRow, GapOverTime, PointOverTime, Series
from core.report.over_time.facing import facing

QUIET = "nothing has changed that chance would not explain"
NOTHING_WATCHED = "Nothing can be watched: the first audit has no two groups to compare."
NOT_TOLD = "The last audit does not tell whether anything has changed."
AS_TOLD = ", as far as the last audit tells"
NOT_FINAL = "Not final yet."
HOWEVER_OFTEN = "This range is made for looking after every audit: it holds however often you looked."
FALSE_ALARMS = "Where nothing changes, at most 1 in 20 series of 12 audits raises any alarm."
_LEGEND = (  # each with the word of the glossary that says more
    ("A mark is one audit, and its line the range that chance leaves open.", "plausible_range"),
    ("Within the grey band, chance alone may explain a mark.", "control_band"),
    ("Rings are the first audits, with which all later ones are compared.", "baseline"),
    ("A diamond is an alarm: of this audit, or of the last two or three together.", "alarm"),
)
_LATE = "A wide bar is what the gap can be while outcomes are missing."
_MOST_WORDS = 20
_MOST_DRIFTED = 3
_MONTH = re.compile(r"(\d{4})-(?:(\d\d)(?:-(\d\d))?|(Q\d))(.*)", re.DOTALL)


def period_words(period: str) -> str:
    """What an audit is called inside a sentence: "March 2026", "5 March 2026", "Q1 2026", or a file in quotes."""
    found = _MONTH.fullmatch(period)
    if found is None:
        return f"“{period}”"
    year, month, day, quarter, rest = found.groups()
    if rest and not rest.startswith(" ("):
        return f"“{period}”"
    if quarter is not None:
        return f"{quarter} {year}{rest}"
    return f"{f'{int(day)} ' if day else ''}{calendar.month_name[int(month)]} {year}{rest}"


def first_sentence(series: Series) -> str:
    """Whether anything changed, in one sentence: of the gap that has grown most beyond its band, if any has."""
    n, baseline = len(series.records), series.baseline
    if not series.gaps:
        return NOTHING_WATCHED
    if n < baseline:
        return f"Too early to tell: {n} of the first {baseline} audits {'is' if n == 1 else 'are'} there."
    if n == baseline:
        return f"Too early to tell: the first {baseline} audits are there, and none to compare with them."
    alarmed = in_order(series)
    if alarmed and alarmed[0].is_alarm:
        return alarm_sentence(series, alarmed[0])
    if tells_nothing(series):
        return NOT_TOLD
    told = [gap.points[-1].band is not None for gap in series.gaps]
    return f"Since {period_words(series.periods[0])} {QUIET}{'' if all(told) else AS_TOLD}."


def unfinished_sentences(awaited: int, done: int, of_what: str = "table") -> tuple[str, str]:
    """What stands in place of the first sentence while `awaited` tables, or months of one, have no result yet."""
    many = f"1 {of_what} is" if awaited == 1 else f"{awaited:,} {of_what}s are"
    of = "1 audit that is" if done == 1 else f"{done:,} audits that are"
    return f"{many} still being audited.", f"What stands here is of the {of} done, and may change."


def tells_nothing(series: Series) -> bool:
    """Whether the last audit, though one to hold against others, says nothing of any watched gap; or there is none."""
    return series.is_ready and all(gap.points[-1].band is None for gap in series.gaps)


def in_order(series: Series) -> tuple[GapOverTime, ...]:
    """The watched gaps, those first whose last audit raises an alarm, and of these those that have grown."""
    return tuple(sorted(series.gaps, key=lambda gap: (not gap.is_alarm, _verb(gap) != "grown")))


def alarm_sentence(series: Series, gap: GapOverTime) -> str:
    """What became of one gap: "Since May 2026 the gap between women and men has grown by 4.0 points; ..."."""
    if gap.since is None or gap.level is None or gap.baseline is None:
        return ""
    verb, faced = _verb(gap), facing(gap)
    who, than = (group_words(each, Terms.of(series.plan)) for each in (faced.group, faced.reference))
    far = ""
    if GAPS[gap.measure].kind == "difference" and verb != "turned":
        far = f" by {100 * abs(distance('difference', gap.level) - distance('difference', gap.baseline)):.1f} points"
    moved = "has changed sides" if verb == "turned" else f"has {verb}{far}"
    since = period_words(gap.since)
    for subject in (f"the gap between {who} and {than}", f"the gap of {who}", "a watched gap"):
        said = f"Since {since} {subject} {moved}; this is more than chance explains."
        if len(said.split()) <= _MOST_WORDS:
            return said
    return f"A watched gap {moved}; this is more than chance explains."


def gap_sentences(series: Series, gap: GapOverTime) -> tuple[str, ...]:
    """What one watched gap says: what became of it, where its mean over all audits lies, what is still to come."""
    return (*_became(series, gap), *year_sentences(series, gap), *late_sentences(series, gap))


def _became(series: Series, gap: GapOverTime) -> Iterator[str]:
    terms = Terms.of(series.plan)
    if gap.is_alarm and gap.since is not None:
        yield alarm_sentence(series, gap)
        yield from moved_sentences(series, gap)
        return
    subject = about(_change(gap), terms)
    yield f"{subject[0].upper()}{subject[1:]}:"
    last = gap.points[-1]
    if last.value is None:
        yield f"The last audit does not say: {last.reason}."
    elif last.band is not None:
        yield f"{QUIET[0].upper()}{QUIET[1:]}."
    else:
        yield "Too early to tell."
    if gap.alarms:
        yield f"In {period_words(gap.alarms[-1].period)} there was an alarm, and the last audit raises none."


def moved_sentences(series: Series, gap: GapOverTime) -> tuple[str, ...]:
    """Where an alarmed gap lay in the baseline, and where it lies since; nothing of any other."""
    if not gap.is_alarm or gap.since is None:
        return ()
    times = (f"in the first {series.baseline} audits", f"since {period_words(gap.since)}")
    return (short_sentences(_change(gap), times, Terms.of(series.plan)),)


def year_sentences(series: Series, gap: GapOverTime) -> tuple[str, ...]:
    """Where the mean gap over all audits so far lies, however often somebody looked; nothing of a single audit."""
    n = sum(point.value is not None for point in gap.points)
    if gap.year is None or n < 2:
        return ()
    terms, measure, faced = Terms.of(series.plan), GAPS[gap.measure], facing(gap)
    who, than = (group_words(each, terms) for each in (faced.group, faced.reference))
    year = faced.year or gap.year
    said = f"On average over {n} audits, {who} {measure.verb_words(terms)} {_range(year, measure.kind)} {than}."
    if len(said.split()) > _MOST_WORDS:
        least, most = (_number(end, measure.kind) for end in year)
        said = f"On average over {n} audits, this gap lies between {least} and {most}."
    return said, HOWEVER_OFTEN


def late_sentences(series: Series, gap: GapOverTime) -> tuple[str, ...]:
    """How much is in of the audits whose outcomes are still arriving, and what such a gap can be."""
    kind = GAPS[gap.measure].kind
    return tuple(
        sentence for point in facing(gap).points if point.bounds is not None for sentence in _late(point, kind)
    )


def _late(point: PointOverTime, kind: str) -> Iterator[str]:
    if point.bounds is None:
        return
    yield f"For {period_words(point.period)}, {percent(point.known, 0)} of the outcomes to come are in."
    low, high = (_number(end, kind) for end in point.bounds)
    yield f"Whatever the others are, this gap lies between {low} and {high}."


def legend(series: Series) -> tuple[tuple[str, str], ...]:
    """What the signs of the curves mean, each with the name of its term; "" where there is none."""
    is_late = any(point.bounds is not None for gap in series.gaps for point in gap.points)
    return (*_LEGEND, *(((_LATE, ""),) if is_late else ()))


def assumption_sentences(series: Series) -> tuple[str, ...]:
    """What alarms take for granted, and how seldom they are false."""
    extra = [gap.extra for gap in series.gaps if gap.extra is not None]
    first = max(FIRST_SIX, series.baseline)
    if not extra:
        return (
            f"With fewer than {first} audits, alarms assume that audits differ by chance alone.",
            FALSE_ALARMS,
        )
    if not max(extra):
        return (f"The first {first} audits vary no more than chance; alarms assume that this stays so.", FALSE_ALARMS)
    return (
        f"From audit {first + 1} on, bands allow for what the first {first} seem to vary beyond chance.",
        "A change among those may hide in it.",
        FALSE_ALARMS,
    )


def drift_sentences(series: Series) -> tuple[str, ...]:
    """What else has moved in the last audit, the surest first; nothing before there is one to hold against others."""
    last = [row for row in series.drift if row.period == series.periods[-1]]
    moved = sorted((row for row in last if row.differs), key=lambda row: row.p_adjusted)
    if not last:
        return ()
    if not moved:
        return ("Group sizes, outcomes and missing values differ from the first audits by no more than chance.",)
    more = len(moved) - _MOST_DRIFTED
    rest = (f"{more} more number{'s' * (more != 1)} moved.",) if more > 0 else ()
    return (
        "Compared with the first audits, this has moved by more than chance:",
        *(drift_sentence(row, Terms.of(series.plan)) for row in moved[:_MOST_DRIFTED]),
        *rest,
    )


def drift_sentence(row: DriftRow, terms: Terms) -> str:
    """One number in the baseline and now: "Women are 38.0 % of the people, and were 50.0 %."."""
    who = group_words(row.group, terms) if row.group else f"all {terms.people}"
    if row.kind == "score":
        after, before = (f"{score:.3g}".replace("-", "−") for score in (row.after, row.before))
        return f"The mean score of {who} is {after}, and was {before}."
    now, then = percent(row.after), percent(row.before)
    if row.kind == "group_size":
        return f"{who[0].upper()}{who[1:]} are {now} of the {terms.people}, and were {then}."
    if row.kind == "missing_group":
        return f"“{row.by[0]}” is missing for {now} of the {terms.people}, and was for {then}."
    if row.kind == "missing_outcome":
        return f"The outcome is missing for {now} of {who}, and was for {then}."
    return f"The good outcome came for {now} of {who}, and before for {then}."


def series_lines(series: Series) -> list[str]:
    """Everything in order of telling, as a command prints it."""
    first = first_sentence(series)
    rest = [sentence for gap in in_order(series) for sentence in gap_sentences(series, gap) if sentence != first]
    return [first, *rest, *drift_sentences(series), *assumption_sentences(series)]


def _verb(gap: GapOverTime) -> str:
    """What became of a gap: "grown", "shrunk", or "turned" where the other group is worse off now."""
    if gap.baseline is None or gap.level is None:
        return ""
    kind = GAPS[gap.measure].kind
    if has_crossed(kind, gap.baseline, gap.level) and distance(kind, gap.level) > NO_CHANGE[kind]:
        return "turned"
    return "grown" if distance(kind, gap.level) > distance(kind, gap.baseline) else "shrunk"


def _change(gap: GapOverTime) -> GapChange:
    """The gap before and since, as comparisons tell it, of whoever is worse off."""
    gap = facing(gap)
    return GapChange(
        gap.by,
        gap.measure,
        dict(gap.group),
        dict(gap.reference),
        gap.baseline,
        gap.level,
        None,
        None,
        None,
        False,
        "unclear",
        "",
        (None, None),
    )


def _range(ends: Interval, kind: str) -> str:
    """A range between two groups: "3.1 to 8.0 points less often than", "0.72 to 0.76 times as often as"."""
    low, high = ends
    if kind == "ratio":
        return f"{low:.2f} to {high:.2f} times as often as"
    if low < 0 < high:
        return f"{-100 * low:.1f} points less to {100 * high:.1f} points more often than"
    least, most = sorted((abs(100 * low), abs(100 * high)))
    return f"{least:.1f} to {most:.1f} points {'less' if high <= 0 else 'more'} often than"


def _number(value: float, kind: str) -> str:
    return f"{value:.2f} times" if kind == "ratio" else f"{100 * value:+z.1f} points".replace("-", "−")
