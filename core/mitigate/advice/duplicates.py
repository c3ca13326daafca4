"""Fixes that decide alike are one: whoever chooses between them chooses nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from core.mitigate.fix import Fix
from core.mitigate.results import CHOOSE, REPORT, RETRAINED


def distinct(fixes: Sequence[Fix]) -> dict[str, tuple[Fix, ...]]:
    """Of each set of fixes with the same numbers the one that asks least of people, by its id, and all of the set.

    The same numbers: of every group and outcome as many people change sides, on those set aside for choosing and on
    those who judge, so that nothing that is shown of them differs. The order is that of the first of each set.
    """
    same: dict[tuple[bytes, ...], list[Fix]] = {}
    for fix in fixes:
        same.setdefault(_numbers(fix), []).append(fix)
    found = (sorted(each, key=_asks) for each in same.values())
    return {each[0].id: tuple(each) for each in found}


def decisions_sha256(fix: Fix) -> str:
    """The digest of these numbers: fixes of two searches that decide alike have the same, whatever they are called."""
    return hashlib.sha256(b"".join(_numbers(fix))).hexdigest()


def _numbers(fix: Fix) -> tuple[bytes, ...]:
    return tuple(fix.joint[part].n.tobytes() for part in (CHOOSE, REPORT))


def _asks(fix: Fix) -> tuple[bool, ...]:
    """What speaks against it first; a training for comparison stands for no fix that came to the same."""
    return not fix.is_recommended, fix.mechanism == RETRAINED, fix.needs_attribute, fix.draws_lots
