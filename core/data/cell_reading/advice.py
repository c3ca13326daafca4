"""What keeps a cell or a column from being read as numbers, and what to write so that it is."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from core.data.profile import Column
from core.plan.notation.numbers import BLANKS, NumberStyle, parts_of, style_of
from core.plan.notation.yes_and_no import truth_of
from core.plan.reader import in_a_plan

# What leaves rows out, in a plan file.
KEEP = "keep = [...] under [data]"
_PLAIN = "write plain numbers, such as 1234.5, in this column"


class ReadingAdvice(NamedTuple):
    """What to do, as sentences, and the line of a plan that does it where one does: both empty where nothing helps."""

    words: str = ""
    in_plan: str = ""


def how_to_read(column: Column) -> ReadingAdvice:
    """What a column's cells look like, and how to have them read as numbers; nothing for other texts."""
    if column.written is None:
        return ReadingAdvice()
    example = column.written.example
    shown = next((text.strip() for text, _ in column.values if sign_of(text)), example)
    return _read_so(f'Its cells are written like "{shown}", {sign_of(shown) or "as texts"}.', column.name, example)


def why_no_numbers(column: Column) -> ReadingAdvice:
    """What to do where a column that must hold numbers holds none: read them as written, or write them plainly."""
    texts = [text.strip() for text, _ in column.values if text.strip()]
    signed = [text for text in texts if sign_of(text) is not None]
    if column.written is not None or 2 * len(signed) <= len(texts):
        return how_to_read(column)
    signs = list(dict.fromkeys(sign_of(text) for text in signed))
    other = next((text for text in signed if sign_of(text) == signs[-1]), "") if len(signs) > 1 else ""
    also = f' and like "{other}", {signs[-1]}' if other else ""
    return ReadingAdvice(
        f'Its cells are written like "{signed[0]}", {signs[0]}{also}. To cut or compare them, {_PLAIN}.'
    )


def why_no_number(column: Column, text: str) -> ReadingAdvice:
    """What keeps one cell from being a number, and a step that helps."""
    shown = text.strip()
    sign = sign_of(shown)
    if column.style is not None:
        how = f" ({sign})" if sign else ""
        return ReadingAdvice(f"It is not written like the example of this column's numbers{how}. Correct the cell.")
    if sign is None:
        known = f"Correct the cell, or {_PLAIN}; if it means that nothing is known, count it as missing."
        return ReadingAdvice(known, f"missing = {in_a_plan([shown])}, and what else is missing, under [data]")
    example = column.written.example if column.written is not None else _as_example(shown)
    if example is None:
        return ReadingAdvice(f"It is written {sign}: {_PLAIN}.")
    return _read_so(f"It is written {sign}.", column.name, example)


def sign_of(text: str) -> str | None:
    """What is special about the way in which a text writes a number, in words; None where it writes none."""
    shown = text.strip()
    if truth_of(shown) is not None and not any(c.isdigit() for c in shown):
        return "as true or false, which can stand for 1 and 0"
    if _is_date(shown):
        return "as a date"
    parts = parts_of(shown)
    if parts is None:
        return None
    beside, digits = parts
    said = []
    if NumberStyle(beside=beside).scale:
        said.append("with a percent sign (%)" if beside == "%" else f"in percent ({beside})")
    elif beside:
        is_money = any(unicodedata.category(c) == "Sc" for c in beside) or (beside.isalpha() and len(beside) == 3)
        said.append(f"with a {'currency sign' if is_money else 'unit'} ({beside})")
    signs = dict.fromkeys("blank" if c in BLANKS else c for c in digits if not c.isdigit())
    names = {"blank": "a blank", ",": "a comma", ".": "a point"}
    if signs:
        said.append(f"with {' and '.join(names.get(sign, 'an apostrophe') for sign in signs)} between its digits")
    if "(" in shown:
        said.append("with brackets for minus")
    return " and ".join(said) or None


def _read_so(seen: str, column: str, example: str) -> ReadingAdvice:
    """To have a column read as its example is written, or to write plain numbers."""
    as_year = ", each date by its year" if style_of(example).kind == "date" else ""
    words = f"{seen} Have it read as it is written{as_year}, or {_PLAIN}."
    return ReadingAdvice(words, f"numbers = {in_a_plan({column: example})} under [data]")


def _is_date(text: str) -> bool:
    try:
        return style_of(text).kind == "date"
    except ValueError:
        return False


def _as_example(text: str) -> str | None:
    try:
        style_of(text)
    except ValueError:
        return None
    return text
