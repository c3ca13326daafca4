"""The style in which a column seems to write its numbers, found from its texts: suggested, never used unasked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import cycle

import numpy as np

from core.plan.notation.numbers import APOSTROPHES, BLANKS, NumberStyle, parts_of, style_of
from core.plan.notation.yes_and_no import truth_of

_LOOKED_AT = 200
_MOSTLY = 0.9
_A_DATE = "2001-12-31"
_CURRENCIES = (
    "usd eur gbp chf jpy cny rmb inr brl cad aud nzd sek nok dkk czk pln huf ron bgn try rub uah zar mxn ars clp cop "
    "krw sgd hkd twd thb idr php ils aed sar us$ a$ c$ r$ rs rs. kr kr. k\u010d z\u0142 fr. fr ft lei \u043b\u0432 tl "
    "dm sfr. dollar dollars euro euros pound pounds rupees yen"
)
_MEASURES = "years year yrs jahre jahr ans a\u00f1os anni months month monate kg cm mm m km h g"
_UNITS = frozenset(f"{_CURRENCIES} {_MEASURES}".split())


def found_style(texts: Iterable[str], decimal: str = ".") -> tuple[str, NumberStyle] | None:
    """An example of the style that nearly all of these texts are written in, and the style; None for other texts.

    `decimal` is the sign of the file the texts stand in. Plain numbers of such a file are no style of their own.
    """
    looked_at = [text for text in (text.strip() for text in texts) if text][:_LOOKED_AT]
    if not looked_at:
        return None
    style = _truth(looked_at) or _dates(looked_at) or _numbers(looked_at, decimal)
    if style is None or not _reads_most(style, looked_at):
        return None
    return _example(style, looked_at), style


def _truth(texts: Sequence[str]) -> NumberStyle | None:
    words = [text for text in texts if truth_of(text) is not None and text.isalpha()]
    return NumberStyle(kind="truth") if len(words) >= _MOSTLY * len(texts) else None


def _dates(texts: Sequence[str]) -> NumberStyle | None:
    dates = NumberStyle(kind="date")
    return dates if _reads_most(dates, texts) else None


def _numbers(texts: Sequence[str], decimal: str) -> NumberStyle | None:
    found = [parts for parts in map(parts_of, texts) if parts is not None]
    beside = {named for named, _ in found if named}
    if len(found) < _MOSTLY * len(texts) or len(beside) > 1 or not all(map(_is_unit, beside)):
        return None
    unit = next(iter(beside), "")
    sign, thousands = _signs([digits for _, digits in found], decimal, is_money=bool(unit))
    return NumberStyle(sign, thousands, unit)


def _is_unit(text: str) -> bool:
    known = text.casefold() in _UNITS or any(unicodedata.category(c) == "Sc" for c in text)
    return known or NumberStyle(beside=text).scale != ""


def _signs(digits: Sequence[str], decimal: str, is_money: bool) -> tuple[str, str]:
    """The decimal sign and the sign of thousands that all these numbers together show."""
    kinds = ["".join(dict.fromkeys(_kind(c) for c in text if not c.isdigit())) for text in digits]
    seen = set("".join(kinds))
    both = [kind for kind in kinds if len(kind) == 2 and kind[1] in ".,"]
    if both:
        return both[0][1], both[0][0]
    gaps = seen & {" ", "'"}
    if gaps:
        return next((sign for sign in (",", ".") if sign in seen), decimal), min(gaps)
    grouping = {sign for sign in seen if _groups_only(sign, digits, not is_money and sign == decimal)}
    if len(grouping) == 1:
        (sign,) = grouping
        return ("," if sign == "." else "."), sign
    return ("," if "," in seen - grouping else "."), ""


def _groups_only(sign: str, digits: Sequence[str], is_decimal: bool) -> bool:
    """Whether this sign parts thousands wherever it stands; the file's decimal sign does so only where it repeats."""
    holding = [text for text in digits if sign in text]
    grouped = rf"[1-9]\d{{0,2}}(?:\{sign}\d{{2,3}})*\{sign}\d{{3}}"
    repeats = any(text.count(sign) > 1 for text in holding)
    return all(re.fullmatch(grouped, text) for text in holding) and (repeats or not is_decimal)


def _kind(sign: str) -> str:
    return "'" if sign in APOSTROPHES else " " if sign in BLANKS else sign


def _reads_most(style: NumberStyle, texts: Sequence[str]) -> bool:
    import pyarrow as pa

    numbers = style.numbers(pa.array(list(texts), pa.string()))
    return bool(np.isfinite(numbers).sum() >= _MOSTLY * len(texts))


def _example(style: NumberStyle, texts: Sequence[str]) -> str:
    """A number in the style of a cell that shows it by itself, and never a cell: it stays in the plan for good."""
    if style.kind == "date":
        return _A_DATE
    for text in texts:
        other = text if style.kind == "truth" else with_other_digits(text)
        try:
            if style_of(other) == style:
                return other
        except ValueError:
            continue
    number = f"1{style.thousands}234{style.decimal}50"
    return f"{number} {style.beside}".strip()


def with_other_digits(text: str) -> str:
    """The text with the digits 1, 2, 3 ... in place of its own."""
    digits = cycle("123456789")
    return "".join(next(digits) if sign.isdigit() else sign for sign in text)
