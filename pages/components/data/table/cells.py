"""How cells are read, offered in step 1 where a table gives reason to: numbers, spaces, cells for "not known"."""

from collections.abc import Mapping
from dataclasses import replace

from core.data.column_profile import MAY_BE_MISSING, SPACES, Oddity
from core.data.profile import Column, Profile
from core.data.roles import suggestions
from core.data.roles.personal import masked
from core.engine import doubts
from core.plan.data_part import DataPlan
from core.plan.notation.numbers import style_of
from core.plan.values import DEFAULT_MISSING
from core.store.workspace import Audit
from pages.components import plain
from pages.components.data import answered_doubts
from pages.components.data.draft import Draft

ODD = ":orange[**!**]"
_MOST_NAMED = 5


def show(audit: Audit, profile: Profile, plan: Draft, hidden: Mapping[str, str]) -> None:
    """Say what was chosen, and offer what could be; nothing for a table that gives no reason to.

    No cell of a `hidden` column is quoted.
    """
    _numbers(audit, profile, plan, hidden)
    _spaces(audit, profile, plan)
    _unknown(audit, profile, plan)


def odd_words(oddity: Oddity, profile: Profile) -> str:
    """What is odd, with its columns and first rows, as markdown."""
    where = f"{plain.listed(oddity.columns, _MOST_NAMED)}: " if oddity.columns else ""
    rows = f" ({plain.escape(profile.rows_words(oddity.rows, ','))})" if oddity.rows else ""
    return f"{where}{plain.escape(oddity.text)}{rows}"


def is_offered(oddity: Oddity, profile: Profile, plan: Draft) -> bool:
    """Whether it is said elsewhere with the button that answers it: by `show`, or in the step that it belongs to."""
    if oddity.kind == MAY_BE_MISSING:
        return set(oddity.cells) <= _offered(profile, plan).keys() or _is_asked(oddity, profile, plan)
    return oddity.kind == SPACES and _are_spaced(profile)


def _is_asked(oddity: Oddity, profile: Profile, plan: Draft) -> bool:
    notes = doubts.before(plan.settled, profile)
    return set(oddity.columns) <= {note.facts["column"] for note in notes if note.kind == "codes_for_missing"}


def _numbers(audit: Audit, profile: Profile, plan: Draft, hidden: Mapping[str, str]) -> None:
    numbers = plan.data.numbers
    for name, example in numbers.items():
        others = {column: other for column, other in numbers.items() if column != name}
        said = f"{plain.quoted(name)} is read as numbers, written as in {_example(name, example, hidden)}"
        _row(audit, plan, f"✓ {said}", "Undo", f"numbers {name}", replace(plan.data, numbers=others))
    found = {column.name: column.written.example for column in _written(profile) if column.written is not None}
    found = {name: example for name, example in found.items() if name not in numbers}
    if found:
        shown = [f"{plain.quoted(name)} (such as {_example(name, text, hidden)})" for name, text in found.items()]
        more = f" and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
        words = f"Numbers with signs beside or between their digits: {', '.join(shown[:_MOST_NAMED])}{more}"
        _row(audit, plan, words, "Read as numbers", "numbers", replace(plan.data, numbers=numbers | found))


def _example(name: str, example: str, hidden: Mapping[str, str]) -> str:
    return plain.quoted(masked(example) if name in hidden else example)


def _written(profile: Profile) -> list[Column]:
    """The columns whose texts seem to be numbers; dates and yes or no are texts unless step 4 cuts them."""
    found = [column for column in profile.columns if column.kind == "text" and column.written is not None]
    return [c for c in found if c.written is not None and style_of(c.written.example).kind == "number"]


def _spaces(audit: Audit, profile: Profile, plan: Draft) -> None:
    if plan.data.trim:
        _row(audit, plan, "✓ spaces around cells are taken away", "Undo", "trim", replace(plan.data, trim=False))
    elif _are_spaced(profile):
        found = next((oddity for oddity in profile.oddities if oddity.kind == SPACES), None)
        words = (
            "cells have spaces around them, and a model gets them so" if found is None else odd_words(found, profile)
        )
        _row(audit, plan, f"{ODD} {words}", "Take the spaces away", "trim", replace(plan.data, trim=True))


def _are_spaced(profile: Profile) -> bool:
    texts = (text for column in profile.columns if column.kind == "text" for text, _ in column.values)
    return any(text != text.strip() and text.strip() for text in texts)


def _unknown(audit: Audit, profile: Profile, plan: Draft) -> None:
    chosen = [text for text in plan.data.missing if text not in DEFAULT_MISSING]
    if chosen:
        words = f"✓ {plain.listed(chosen)} counts as not known"
        _row(audit, plan, words, "Undo", "missing", replace(plan.data, missing=DEFAULT_MISSING))
    left = {text: columns for text, columns in _offered(profile, plan).items() if text not in plan.data.missing}
    if left:
        where = [f"{plain.quoted(text)} (in {plain.listed(columns, 3)})" for text, columns in left.items()]
        more = f"; {len(where) - _MOST_NAMED} more come after these" if len(where) > _MOST_NAMED else ""
        shown = ", ".join(where[:_MOST_NAMED]) + more
        words = f"{ODD} These may mean “not known”, and count as a value of their own: {shown}"
        missing = (*plan.data.missing, *list(left)[:_MOST_NAMED])
        _row(audit, plan, words, "Count as not known", "more missing", replace(plan.data, missing=missing))


def _offered(profile: Profile, plan: Draft) -> dict[str, tuple[str, ...]]:
    """Texts that may mean "not known" and their columns; of outcomes and decisions it is asked in their own steps."""
    elsewhere = {plan.data.label, plan.decision.prediction}
    found = suggestions.unknown_texts(profile)
    kept = {text: tuple(name for name in columns if name not in elsewhere) for text, columns in found.items()}
    return {text: columns for text, columns in kept.items() if columns}


def _row(audit: Audit, plan: Draft, words: str, button: str, name: str, data: DataPlan) -> None:
    answered_doubts.row(audit, words, button, f"cells {name}", replace(plan, data=data))
