"""Which columns are suspected to know the answer, from how well they foretell it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.data.leaks.predictive_power import Bools, Foretells, together
from core.notes import Note

KIND = "leak"
# A column of so large an area alone is nearly the outcome.
NEARLY_TELLS = 0.95
# A column is filled, or empty, for one outcome only where the other is a fifth as frequent there as among all or rarer,
# and at most one in ten; where nearly all or nearly none are filled, chance can make it so.
ONE_OUTCOME, LIFT = 0.1, 0.2
_SOME = 0.02
# All columns together are out of reach of what decides now where they leave half of its area to 1 or less, and
# tell the outcome well; then those go that alone tell it better than what is usually known beforehand does.
OUT_OF_REACH, USUALLY_KNOWN = 0.85, 0.8
FEWEST = 100


def suspects(columns: Mapping[str, Foretells], good: Bools, now: float | None) -> tuple[Note, ...]:
    """A note for each suspected column, those that tell most first; none where too few people are known.

    `now` is the area under the ROC curve of what decides at present, None where nothing does.
    """
    if len(good) < FEWEST or not FEWEST // 10 <= int(good.sum()) <= len(good) - FEWEST // 10:
        return ()
    base, found = float(good.mean()), dict[str, str]()
    for name, column in columns.items():
        how = "tells" if column.auc >= NEARLY_TELLS else _for_one_outcome(column, base)
        if how:
            found[name] = how
    rest = {name: column for name, column in columns.items() if name not in found}
    for name in sorted(rest, key=lambda name: -rest[name].auc):
        if now is None or columns[name].auc < USUALLY_KNOWN or not _is_out_of_reach(together(rest, good), now):
            break
        del rest[name]
        found[name] = "together"
    return tuple(
        Note(KIND, {"column": name, "how": found[name], "auc": round(columns[name].auc, 4), "now": now}
             | _shares(columns[name], found[name]))
        for name in sorted(found, key=lambda name: -columns[name].auc)
    )  # fmt: skip


def _for_one_outcome(column: Foretells, base: float) -> str:
    """Which cells, "filled" or "empty", hardly anybody of one outcome has; "" where that is not so."""
    if not _SOME < column.empty < 1 - _SOME:
        return ""
    for how, good in (("filled", column.good_filled), ("empty", column.good_empty)):
        rarer, usual = min(((good or 0.0, base), (1 - (good or 0.0), 1 - base)))
        if rarer <= ONE_OUTCOME and rarer <= LIFT * usual:
            return how
    return ""


def _shares(column: Foretells, how: str) -> dict[str, float]:
    """What shows that a column is there for one outcome: of 100 filled, and of 100 empty, how many had the good one."""
    if how not in ("filled", "empty") or column.good_filled is None or column.good_empty is None:
        return {}
    return {"good_filled": round(column.good_filled, 4), "good_empty": round(column.good_empty, 4)}


def _is_out_of_reach(whole: float, now: float) -> bool:
    return whole >= OUT_OF_REACH and 1 - whole <= (1 - now) / 2


def is_sample(hashes: np.ndarray, most: int) -> Bools:
    """A share of people by their hashes, so that about `most` are left, whatever the order of rows."""
    step = -(-len(hashes) // most)
    return np.asarray(hashes // np.uint64(7) % np.uint64(step) == 0, dtype=np.bool_)
