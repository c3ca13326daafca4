"""One gap before and after, in words."""

from __future__ import annotations

from core.metrics.comparison import GapChange
from core.metrics.gaps import GAPS
from core.metrics.words import group_words
from core.metrics.words.changes.worse_off import of_worse_off
from core.metrics.words.naming.terms import PLAIN, Terms

FIXED = ("before the fix", "after it")
_MOST_WORDS = 20


def change_sentence(change: GapChange, times: tuple[str, str] = FIXED, terms: Terms = PLAIN) -> str:
    """How one gap moved: "Women are selected 17.7 points less often than men before the fix, and ... after it".

    Its subject is whoever is worse off before, whichever group is the reference. `times` says what the two audits are,
    `terms` what the plan calls things.
    """
    (earlier, later), measure, change = times, GAPS[change.measure], of_worse_off(change)
    who, than = group_words(change.group, terms), group_words(change.reference, terms)
    subject = f"{terms.said(measure.whom)}{who}"
    verb = measure.verb_words(terms)
    begun = subject[0].upper() + subject[1:]
    if change.before is None or change.after is None:
        return f"{begun}, against {than}: not measurable. {change.reason}".strip()
    is_ratio = measure.kind == "ratio"
    (old, word), (new, _) = (_standing(value, is_ratio) for value in (change.before, change.after))
    said = f"{begun} {verb} {old} {word} {than} {earlier}, and {new} {later}"
    why = f" {change.reason[0].upper()}{change.reason[1:]}." if change.reason else ""
    if change.verdict == "same" and not change.reason:
        return f"{begun} {verb} {old} {word} {than} {earlier}, and just so {later}: nothing changes."
    if change.low is None or change.high is None:
        return f"{said}.{why}"
    return f"{said} (plausible change {_range(change.low, change.high, 'times' if is_ratio else 'points')}).{why}"


def short_sentences(change: GapChange, times: tuple[str, str], terms: Terms = PLAIN) -> str:
    """How one gap moved, a thought a sentence: "Women are selected 17.7 points less often than men in the first. ...".

    Where the groups have long names, who it is about stands in sentences of its own: "How often ..., against .... In
    the first: 17.7 points less often. ...". `times` says what the two audits are, as "in the first"; else as
    `change_sentence`.
    """
    (earlier, later), measure, change = times, GAPS[change.measure], of_worse_off(change)
    who, than = group_words(change.group, terms), group_words(change.reference, terms)
    verb, whom = measure.verb_words(terms), terms.said(measure.whom)
    is_known_same = change.verdict == "same" and not change.reason
    apart = [*_packed([whom.rstrip(", "), f"how often {who} {verb}", f"against {than}"])]
    if change.before is None or change.after is None:
        told = [*apart, "Not measurable"]
    else:
        is_ratio = measure.kind == "ratio"
        (old, word), (new, _) = (_standing(value, is_ratio) for value in (change.before, change.after))
        whole = f"{whom}{who} {verb} {old} {word} {than} {earlier}"
        told = [whole] if _is_short(whole) else [*apart, f"{earlier}: {old}"]
        told.append(f"{later}: {'just so' if is_known_same else new}")
        if change.low is not None and change.high is not None and not is_known_same:
            told.append(f"plausible change: {_range(change.low, change.high, 'times' if is_ratio else 'points')}")
    if change.reason:
        told.append(change.reason)
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in told)


def _packed(parts: list[str]) -> list[str]:
    """Parts of a sentence in one, between commas, or in several, none of which is long where no part is."""
    packed: list[str] = []
    for part in filter(None, parts):
        longer = f"{packed[-1]}, {part}" if packed else part
        packed = [*packed[:-1], longer] if _is_short(longer) else [*packed, part]
    return packed


def _is_short(sentence: str) -> bool:
    return len(sentence.split()) <= _MOST_WORDS


def about(change: GapChange, terms: Terms) -> str:
    """Which gap: "among those with the good outcome, how often women are selected, against men"."""
    measure = GAPS[change.measure]
    among = terms.said(measure.whom[:1].lower() + measure.whom[1:])
    who, than = group_words(change.group, terms), group_words(change.reference, terms)
    return f"{among}how often {who} {measure.verb_words(terms)}, against {than}"


def _standing(value: float, is_ratio: bool) -> tuple[str, str]:
    """How often a group fares so, and the word between that and the group it is compared with."""
    if is_ratio:
        return f"{value:.2f} times as often", "as"
    points = f"{abs(100 * value):.1f}"
    if points == "0.0":
        return "as often", "as"
    return f"{points} points {'less' if value < 0 else 'more'} often", "than"


def _range(low: float, high: float, unit: str) -> str:
    """The range of a change in words: "15.3 to 27.9 points less", and "3.2 points less to 1.4 more" for either."""
    digits, scale = (2, 1) if unit == "times" else (1, 100)
    if low < 0 < high:
        return f"{-scale * low:.{digits}f} {unit} less to {scale * high:.{digits}f} more"
    least, most = (f"{end:.{digits}f}" for end in sorted((abs(scale * low), abs(scale * high))))
    return f"{least} to {most} {unit} {'less' if low < 0 else 'more'}"
