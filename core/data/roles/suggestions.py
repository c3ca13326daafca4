"""What the columns of a table probably are, from names and values: suggested with a reason, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.data.profile import Column, Profile
from core.data.roles.one_hot import OneHot, one_hot
from core.data.roles.vocabulary import BAD, BAD_NEWS, DECISION, GOOD, OUTCOME, SCORE, TRAITS, Trait, means, words
from core.plan.notation.missing import looks_missing
from core.plan.values import DEFAULT_MISSING, is_number, key

FEW_VALUES = 60
PRESELECTED = 3
READS_LIKE = "its name reads like "
AGE_CUTS = ((40.0,), (25.0, 40.0, 60.0))
_MOST_OUTCOMES = 10
_NUMBER_OF_A_PERSON = frozenset({"id", "nr", "no", "key", "uuid"})
# How the profile names a column whose name was taken already.
_REPEATED = re.compile(r" \(\d+\)$")
_FEWEST_WORDS = 3
_IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")


@dataclass(frozen=True)
class Suggestion:
    """A column's name or a cell's text, and why it is suggested."""

    value: str
    reason: str


# ---------------------------------------------------------------- roles


def outcome_column(profile: Profile) -> Suggestion | None:
    """The column that probably says what really happened; None where nothing points to one."""
    taken = {s.value for s in (decision_column(profile), score_column(profile), *sensitive_columns(profile)) if s}
    fitting = [c for c in profile.columns if c.name not in taken and _has_few_values(c)]
    named = [c for c in fitting if words(c.name) & OUTCOME and not _REPEATED.search(c.name)]
    # A quantity of several steps, such as a share of the income, is no outcome for its name alone.
    named = [c for c in named if len(filled(c)) == 2 or c.kind == "text" or c is profile.columns[-1]]
    if named:
        best = min(named, key=lambda c: (len(filled(c)) > 2, c is not profile.columns[-1], len(c.name)))
        return Suggestion(best.name, "its name reads like an outcome and it has few values")
    last = profile.columns[-1]
    if last in fitting and len(filled(last)) == 2 and "_" not in last.name:
        return Suggestion(last.name, "it is the last column and has two values")
    return None


def _has_few_values(column: Column) -> bool:
    return column.distinct is not None and 2 <= len(filled(column)) <= _MOST_OUTCOMES


def decision_column(profile: Profile) -> Suggestion | None:
    """The column that probably holds decisions already made; None where nothing points to one."""
    for column in profile.columns:
        named = words(column.name)
        if not _has_few_values(column):
            continue
        if named & DECISION and not named & SCORE:
            return Suggestion(column.name, "its name reads like a decision")
        if named & SCORE and column.kind == "text":
            return Suggestion(column.name, "its name reads like a score, in words")
    return None


def score_column(profile: Profile) -> Suggestion | None:
    """The column that probably holds scores; None where nothing points to one."""
    for column in profile.columns:
        named = words(column.name)
        if column.kind != "number" or len(filled(column)) < 3:
            continue
        if named & SCORE or (named & DECISION and is_share(column)):
            return Suggestion(column.name, "its name reads like a score and it holds numbers")
    return None


def text_column(profile: Profile) -> Suggestion | None:
    """The column whose cells are texts of several words, the longest ones; None where none are."""
    lengths = {column.name: _words_each(column) for column in profile.columns if column.kind == "text"}
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    if longest is None or lengths[longest] < _FEWEST_WORDS:
        return None
    return Suggestion(longest, "its cells are texts of several words")


def _words_each(column: Column) -> float:
    texts = filled(column)
    return sum(len(text.split()) for text in texts) / max(1, len(texts))


def image_column(profile: Profile) -> Suggestion | None:
    """The column that probably names image files; None where none does."""
    for column in profile.columns:
        texts = filled(column)
        if texts and sum(text.lower().endswith(_IMAGES) for text in texts) > len(texts) / 2:
            return Suggestion(column.name, "its cells read like the names of image files")
    return None


def lower_is_better(score: str, label: str | None, good_decisions: Iterable[str] = ()) -> Suggestion | None:
    """Whether a low score is probably good for the person, as of a risk, and why; None where nothing says so.

    `label` is the outcome column, `good_decisions` are the values of a decision column that mean: selected.
    """
    low = next((value for value in good_decisions if "low" in words(value)), None)
    if low is not None:
        return Suggestion(score, f'"{low}" is the good decision')
    sources = [name for name in (score, label) if name and words(name) & BAD_NEWS]
    return Suggestion(score, f'"{sources[0]}" reads like bad news for the person') if sources else None


def is_share(column: Column) -> bool:
    """Whether a column's numbers all lie from 0 to 1."""
    return column.low is not None and column.high is not None and column.low >= 0 and column.high <= 1


def sensitive_columns(profile: Profile) -> tuple[Suggestion, ...]:
    """The columns that probably say something protected about a person, the most usual first.

    At most one for each trait comes before all the others: the one with the fewest values. Of columns that spell out
    another one, a column for each of its values, only that other one is suggested.
    """
    spare = {name for spelt in one_hot(profile) for name in spelt.spare}
    found = [(trait, column) for trait in TRAITS for column in _named_after(trait, profile) if column.name not in spare]
    first = {trait.name: column.name for trait, column in reversed(found)}
    ordered = sorted(found, key=lambda pair: first[pair[0].name] != pair[1].name)
    unique = {column.name: trait.name for trait, column in reversed(ordered)}
    return tuple(Suggestion(name, READS_LIKE + unique[name]) for name in reversed(unique))


def _named_after(trait: Trait, profile: Profile) -> list[Column]:
    fitting = [column for column in profile.columns if words(column.name) & trait.words and _can_group(column, trait)]
    return sorted(fitting, key=lambda column: column.distinct or FEW_VALUES + 1)


def _can_group(column: Column, trait: Trait) -> bool:
    if len(filled(column)) < 2 or words(column.name) & (SCORE | DECISION):
        return False
    return (column.distinct or FEW_VALUES + 1) <= FEW_VALUES or (trait.name == "age" and column.kind == "number")


def spelt_out(profile: Profile) -> tuple[OneHot, ...]:
    """The sensitive columns among those that spell out one column, of which one alone is suggested."""
    return tuple(
        spelt
        for spelt in one_hot(profile)
        if any(words(name) & trait.words for name in spelt.columns for trait in TRAITS)
    )


def identifiers(profile: Profile) -> tuple[str, ...]:
    """Columns whose cells differ in every row, as names and numbers of people do."""
    unique = [column for column in profile.columns if column.unique]
    return tuple(
        c.name for c in unique if (c.kind == "text" and c.written is None) or words(c.name) & _NUMBER_OF_A_PERSON
    )


# ---------------------------------------------------------------- values


def good_value(column: Column) -> Suggestion | None:
    """The value of an outcome or decision that is probably good for the person; None where nothing points to one."""
    texts = filled(column)
    if not 2 <= len(texts) <= _MOST_OUTCOMES:
        return None
    if words(column.name) & BAD_NEWS:
        says_no = [text for text in texts if means(text, BAD) or key(text) == key(0)]
        reason = f'"{column.name}" reads like bad news for the person, and this says no'
        return Suggestion(says_no[0], reason) if says_no else None
    for text in texts:
        if means(text, GOOD):
            return Suggestion(text, "this word usually means the good outcome")
    larger = [text for text in texts if text.startswith((">", "≥"))]
    if len(larger) == 1:
        return Suggestion(larger[0], "it is the higher of the two")
    if {key(text) for text in texts} == {key(0), key(1)}:
        return Suggestion(next(text for text in texts if key(text) == key(1)), "1 usually means yes")
    return None


def good_class(names: Iterable[str]) -> str | None:
    """The one class of a model whose name usually means the good outcome; None where none or several do."""
    good = [name for name in names if means(name, GOOD)]
    return good[0] if len(good) == 1 else None


def cut_points(column: Column) -> tuple[float, ...]:
    """Where a column of numbers is probably best cut into groups: ages at 40, others near the middle person.

    None for a column of few numbers: each can be a group.
    """
    if column.kind != "number" or _has_few_values(column):
        return ()
    if words(column.name) & TRAITS[2].words and column.low is not None and column.low < 40 < (column.high or 0):
        return AGE_CUTS[0]
    numbers = sorted((float(text), n) for text, n in column.values if is_number(text))
    half, seen = sum(n for _, n in numbers) / 2, 0
    for number, n in numbers:
        seen += n
        if seen > half:
            return (number,)
    return ()


def unknown_texts(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Texts that may mean "not known" but are not taken as missing, each with the columns they stand in."""
    found: dict[str, tuple[str, ...]] = {}
    for column in profile.columns:
        for text in {text.strip() for text, _ in column.values if looks_missing(text)}.difference(DEFAULT_MISSING):
            found[text] = (*found.get(text, ()), column.name)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


# ---------------------------------------------------------------- within


def filled(column: Column) -> list[str]:
    """A column's texts that are not missing, trimmed, most frequent first; the most frequent ones of very many."""
    return list(dict.fromkeys(text.strip() for text, _ in column.values if text.strip() not in DEFAULT_MISSING))
