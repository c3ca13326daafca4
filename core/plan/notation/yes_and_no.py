"""Yes and no as people write them, in a few languages and in any case."""

from __future__ import annotations

_YES = (
    "1 1.0 1,0 true t yes y ja j oui si s\u00ed sim vrai wahr richtig verdadero verdadeiro vero tak evet igen ano "
    "kyll\u00e4 \u0434\u0430 \u662f \u306f\u3044 \u2713 \u2714"
)
_NO = (
    "0 0.0 0,0 false f no n nein non nao n\u00e3o faux falsch falso nie nej nee hay\u0131r hayir nem ei "
    "\u043d\u0435\u0442 \u5426 \u3044\u3044\u3048 \u2717 \u2718"
)
TRUE, FALSE = frozenset(_YES.split()), frozenset(_NO.split())


def truth_of(text: str) -> bool | None:
    """Whether a text says yes; None where it says neither yes nor no."""
    word = text.strip().casefold()
    return True if word in TRUE else False if word in FALSE else None
