"""Cells that may mean "not known": words and signs of many programs, and numbers that stand for no number."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.plan.values import is_number, key

_LISTED = (
    "?|??|-|--|---|.|..|...|*|n/a|#n/a|#na|na|n.a.|n. a.|nan|#nan|<na>|nat|null|(null)|<null>|#null!|\\n|nil|none|"
    "unknown|(unknown)|not known|not available|not specified|not stated|not reported|no data|no answer|undefined|"
    "missing|(missing)|blank|(blank)|#value!|#ref!|#div/0!|#name?|#num!|unbekannt|k.a.|k. a.|keine angabe|inconnu|"
    "non renseign\u00e9|nd|n.d.|n/d|s/d|sin dato|desconocido|desconhecido|sconosciuto|onbekend|ok\u00e4nd|"
    "nieznane|brak danych|\u043d/\u0434|\u672a\u77e5|\u4e0d\u660e"
)
_WORDS = frozenset(_LISTED.split("|"))
_BELOW = frozenset(map(Decimal, (-9999, -9998, -999, -998, -99, -98, -97, -96, -95, -89, -88, -77, -66, -9, -8, -7)))
# A code of nines, and up to where the real numbers of a column go that has it.
_ABOVE = {Decimal(9): 5, Decimal(99): 20, Decimal(999): 200, Decimal(9999): 1000, Decimal(99999): 10_000}


def looks_missing(text: str) -> bool:
    """Whether a text, in any case, is one that programs and people write where nothing is known."""
    return text.strip().casefold() in _WORDS


def missing_codes(counted: Mapping[str, int], decimal: str = ".") -> dict[str, int]:
    """The trimmed texts of a column that may mean "not known", with their counts.

    A number is one only beside other numbers that it does not go with: -99 among numbers from 0 on, 9 among 1 to 5.
    """
    found: dict[str, int] = {}
    figures = {Decimal(key(text, decimal)) for text in counted if is_number(text, decimal)}
    for text, n in counted.items():
        number = Decimal(key(text, decimal)) if is_number(text, decimal) else None
        if looks_missing(text) if number is None else _stands_out(number, figures):
            found[text.strip()] = found.get(text.strip(), 0) + n
    return found


def _stands_out(number: Decimal, figures: set[Decimal]) -> bool:
    others = [other for other in figures if other not in _BELOW and other not in _ABOVE]
    if number in _BELOW:
        return min(others, default=Decimal(0)) >= 0
    if not others:
        return False
    return number in _ABOVE and min(others) >= 0 and max(others) <= _ABOVE[number] and len(others) > 1
