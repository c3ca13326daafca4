"""The join code of a shared app: made here, or given by whoever starts it and then asked whether it can be guessed."""

from __future__ import annotations

import math
import secrets
from itertools import pairwise

from core.errors import PlumblineError

LEAST_BITS = 40
# Without letters and digits that are easily taken for one another.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 10
_LEAST_DIFFERENT = 5


def made() -> str:
    """A new code: 10 letters of 31, 49 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def plain(code: str) -> str:
    """The code as it is compared: no case, no blanks, no hyphens."""
    return "".join(code.split()).replace("-", "").upper()


def checked(code: str) -> str:
    """A code that was given, as it is compared.

    Raises PlumblineError where it is none that others can type, or where fewer than 2^40 like it would be to try.
    """
    given = plain(code)
    if not (given.isascii() and given.isalnum()):
        raise _unsuitable("has signs other than letters and digits")
    if math.log2(_alphabet(given)) * len(given) < LEAST_BITS:
        raise _unsuitable("is too short: it takes 8 letters and digits, 9 letters or 13 digits")
    steps = {ord(after) - ord(before) for before, after in pairwise(given)}
    if len(set(given)) < _LEAST_DIFFERENT or len(steps) == 1:
        raise _unsuitable("is one of the first that anybody tries")
    return given


def _alphabet(code: str) -> int:
    """How many signs those of the code are drawn from, at the least."""
    return 26 * any(map(str.isalpha, code)) + 10 * any(map(str.isdigit, code))


def _unsuitable(why: str) -> PlumblineError:
    return PlumblineError(
        f"The join code in PLUMBLINE_JOIN_CODE {why}. Set a longer one of letters and digits, "
        "or leave it out: then one is made."
    )
