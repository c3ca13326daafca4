"""How a column writes its numbers: 45.3 %, $1,234, 1.234,50 EUR, (120) for minus, dates for their year, yes for 1.

A style is stated by an example, in the plan or by what a profile found, and every cell of the column is read by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.plan.notation.yes_and_no import FALSE, TRUE, truth_of

Kind = Literal["number", "date", "truth"]
BLANKS = "\u0020\u00a0\u2007\u2009\u202f"
_MINUS = "\u2212\u2013-"  # the plain one last, where a class of letters takes it for itself
APOSTROPHES = "'\u2019"
_PERCENT = {"%": "e-2", "\u066a": "e-2", "\uff05": "e-2", "\u2030": "e-3"}
_PERCENT_WORDS = frozenset({"percent", "per cent", "pct", "prozent", "pour cent", "por ciento", "procent"})
_MOST_BESIDE = 12

# A date by its year: 1961-05-30, 30.05.1961, 5/30/1961, 30 May 1961, May 30, 1961, each with a time or without.
_DATES = (
    rf"^([0-9]{{4}})[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])(?:[T {BLANKS}].*)?$",
    rf"^(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|[12][0-9]|3[01])[-/.]([0-9]{{4}})(?:[T, {BLANKS}].*)?$",
    r"^(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th|\.)?[- ](?:de )?\pL{3,}\.?[-, ]+(?:de )?([0-9]{4})$",
    r"^\pL{3,}\.? (?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?, ?([0-9]{4})$",
    "^([0-9]{4})\u5e74[0-9]{1,2}\u6708[0-9]{1,2}\u65e5$",
)
_DATE = re.compile("|".join(pattern.replace(r"\pL", r"[^\W\d_]") for pattern in _DATES))

_BODY = re.compile(
    rf"(?P<open>\()?(?P<before>[^\d.,()]*?)(?P<digits>[.,]?\d(?:[\d.,{BLANKS}{APOSTROPHES}]*\d)?)(?P<after>[^\d]*?)(?P<close>\))?"
    rf"(?P<behind>[{BLANKS}]*[^\d()]*)"
)


@dataclass(frozen=True)
class NumberStyle:
    """How one column writes its numbers.

    Attributes
    ----------
    decimal, thousands
        The signs: "." or ","; "", ",", ".", " " for any blank, "'" for any apostrophe.
    beside
        What stands before or behind the digits, such as "$" or "EUR" or "%"; "" for nothing. A cell may lack it, unless
        it says percent.
    kind
        "date" reads a date as its year; "truth" reads yes as 1 and no as 0, whatever the spelling.
    """

    decimal: str = "."
    thousands: str = ""
    beside: str = ""
    kind: Kind = "number"

    @property
    def scale(self) -> str:
        """The power of ten that the sign beside the digits stands for, as an exponent: "e-2" of percent."""
        return _scale(self.beside)

    def numbers(self, texts: Any) -> npt.NDArray[np.float64]:
        """The numbers of an Arrow array of n texts: float64 of shape (n,), NaN where a cell is not of this style."""
        if self.kind == "truth":
            return _truths(texts)
        return _years(texts) if self.kind == "date" else _amounts(texts, self)

    def read(self, text: str) -> float:
        """The number of one cell, NaN where it is not of this style."""
        import pyarrow as pa

        return float(self.numbers(pa.array([text], pa.string()))[0])


def style_of(example: str) -> NumberStyle:
    """The style that an example shows. Raises ValueError, in words, where it shows none or two."""
    text = example.strip()
    if truth_of(text) is not None and not any(c.isdigit() for c in text):
        return NumberStyle(kind="truth")
    if _DATE.fullmatch(text):
        return NumberStyle(kind="date")
    parts = parts_of(text)
    if parts is None:
        raise ValueError(
            f'"{example}" is no example of a number; write one cell as it stands there, such as "1.234,50 EUR",'
            ' "45.3 %" or "1961-05-30".'
        )
    beside, digits = parts
    signs = re.sub(r"\d", "", digits)
    if len(set(signs) - set(BLANKS)) > 2 or len(signs) != len(digits) - len(re.findall(r"\d", digits)):
        raise ValueError(f'"{example}" has too many signs between its digits for a number.')
    if not beside and signs == "." and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits):
        raise ValueError(
            f'"{example}" can be read two ways: write "{digits},00" if the point parts thousands, or "{digits}0" if it'
            " is the decimal sign."
        )
    decimal, thousands = _signs(digits, is_money=bool(beside) and not _is_share(beside))
    style = NumberStyle(decimal, thousands, beside)
    if np.isnan(style.read(text)):
        raise ValueError(f'"{example}" is no number whose thousands and decimals can be told apart.')
    return style


def parts_of(text: str) -> tuple[str, str] | None:
    """What stands beside the digits of a number, and the digits with the signs between them; None for other texts."""
    matched = _BODY.fullmatch(text)
    if matched is None or (matched["open"] is None) is not (matched["close"] is None):
        return None
    beside = [
        part.strip(BLANKS + _MINUS + "+") for part in (matched["before"], matched["after"], matched["behind"] or "")
    ]
    named = [part for part in beside if part]
    if len(named) > 1 or any(len(part) > _MOST_BESIDE for part in named):
        return None
    return named[0] if named else "", matched["digits"]


def _signs(digits: str, is_money: bool = False) -> tuple[str, str]:
    """The decimal sign and the sign of thousands in one number: of two signs the last is the decimal one.

    Three digits behind a point are thousands beside a unit, which has two decimals or none.
    """
    seen = [c for c in digits if not c.isdigit()]
    kinds = list(dict.fromkeys("'" if c in APOSTROPHES else " " if c in BLANKS else c for c in seen))
    if not kinds:
        return ".", ""
    if len(kinds) > 1:
        return (kinds[-1] if kinds[-1] in ".," else "."), kinds[0]
    (sign,) = kinds
    three = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits) is not None
    grouped = len(seen) > 1 or (three and (sign == "," or is_money))
    if sign in " '" or grouped:
        return ("," if sign == "." else "."), sign
    return sign, ""


def _is_share(beside: str) -> bool:
    return _scale(beside) != ""


def _scale(beside: str) -> str:
    return _PERCENT.get(beside, "e-2" if beside.casefold() in _PERCENT_WORDS else "")


# ---------------------------------------------------------------- reading


def _amounts(texts: Any, style: NumberStyle) -> npt.NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(texts)
    if style.scale:  # some languages write %45
        trimmed = pc.replace_substring_regex(trimmed, f"^{re.escape(style.beside)}(.*)$", rf"\1{style.beside}")
    found = pc.extract_regex(trimmed, _pattern(style))
    field = {name: pc.struct_field(found, name) for name in ("open", "minus", "sign", "digits", "end", "close")}
    paired = pc.equal(pc.equal(field["open"], "("), pc.equal(field["close"], ")"))
    digits = field["digits"]
    if style.thousands:
        digits = pc.replace_substring_regex(digits, f"[{_class(style.thousands)}]", "")
    if style.decimal == ",":
        digits = pc.replace_substring(digits, ",", ".")
    parsed = pc.cast(pc.binary_join_element_wise(digits, style.scale, ""), pa.float64())
    values = pc.if_else(pc.fill_null(paired, False), parsed, pa.scalar(None, pa.float64()))
    numbers = pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False)
    minuses = np.zeros(len(numbers), dtype=np.int64)
    for name in ("open", "minus", "sign", "end"):
        minuses += pc.is_in(field[name], pa.array([*_MINUS, "("])).to_numpy(zero_copy_only=False)
    return np.where(minuses > 1, np.nan, np.where(minuses == 1, -numbers, numbers))


def _pattern(style: NumberStyle) -> str:
    """A cell of this style, for RE2: a minus before, behind or as brackets; a unit on one side of the digits."""
    blank, sign = f"[{BLANKS}]*", f"[+{_MINUS}]"
    whole = "0|[1-9][0-9]*"
    if style.thousands:
        whole += f"|[1-9][0-9]{{0,2}}(?:[{_class(style.thousands)}][0-9]{{2,3}})*[{_class(style.thousands)}][0-9]{{3}}"
    point = re.escape(style.decimal)
    digits = f"(?P<digits>(?:{whole})(?:{point}[0-9]+)?|{point}[0-9]+)"
    beside = re.escape(style.beside)
    before, after = f"(?:{beside}{blank})?", f"(?:{blank}{beside})?"
    either = f"{before}(?P<sign>{sign})?{blank}{digits}{after}" if beside else f"(?P<sign>{sign})?{digits}"
    if style.scale:  # 0.45 in a column of percent could mean 45 % or 0.45 %
        either = f"(?P<sign>{sign})?{blank}{digits}{blank}{beside}"
    return f"^(?P<open>\\()?{blank}(?P<minus>{sign})?{blank}{either}{blank}(?P<end>{sign})?(?P<close>\\))?{after}$"


def _class(thousands: str) -> str:
    return {" ": BLANKS, "'": APOSTROPHES}.get(thousands, thousands)


def _years(texts: Any) -> npt.NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed, years = pc.utf8_trim_whitespace(texts), np.full(len(texts), np.nan)
    for pattern in _DATES:
        found = pc.struct_field(pc.extract_regex(trimmed, pattern.replace("([", "(?P<year>[", 1)), "year")
        year = pc.fill_null(pc.cast(found, pa.float64()), float("nan")).to_numpy(zero_copy_only=False)
        years = np.where(np.isnan(years), year, years)
    return years


def _truths(texts: Any) -> npt.NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    yes, no = (pc.is_in(words, pa.array(sorted(each))).to_numpy(zero_copy_only=False) for each in (TRUE, FALSE))
    return np.where(yes, 1.0, np.where(no, 0.0, np.nan))
