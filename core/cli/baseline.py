"""The audit that a gate measures against: a file, an audit of the ledger, or none."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from core.cli.evidence_files import opened_ledger
from core.engine.earlier_record import open_record
from core.errors import DataError, PlanError
from core.metrics.words import listed
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.gated import asked_otherwise, decides_alike
from core.store.ledger.installation import LEDGER

SIGNED, LAST = "signed", "last"
_ENTRY = re.compile(r"[0-9]{1,9}|[A-Za-z2-7]{4}(-[A-Za-z2-7]{4}){3}")


@dataclass(frozen=True, eq=False)
class Baseline:
    """The earlier audit: its record, what is said of where it is from, and where its files may lie."""

    record: AuditRecord
    words: str
    path: Path
    folders: tuple[Path, ...] = ()


def is_ledger_meant(stated: str | None) -> bool:
    """Whether a ledger was named, by the command or by the environment."""
    return stated is not None or LEDGER in os.environ


def baseline_of(plan: Plan, against: str | None, ledger: str | None) -> Baseline | None:
    """The audit that `--against` means; None where nothing was said and no ledger was named.

    Raises DataError or LedgerError where there is none, PlanError where it asks another question.
    """
    if against is None and not is_ledger_meant(ledger):
        return None
    found = _found(plan, against or SIGNED, ledger)
    other = asked_otherwise(plan, found.record.plan)
    if other:
        raise PlanError(
            f"{found.path} asks another question: {listed(other)} differ{'' if len(other) > 1 else 's'}. Give an audit"
            " of the same question with --against."
        )
    return found


def _found(plan: Plan, against: str, ledger: str | None) -> Baseline:
    if against in (SIGNED, LAST):
        return _of_ledger(plan, against, ledger)
    path = Path(against)
    if _ENTRY.fullmatch(against) and not path.exists():
        return _of_ledger(plan, against, ledger)
    record = open_record(path)
    return Baseline(record, f"Against {against}{_dated(record)}.", path, (path if path.is_dir() else path.parent,))


def _of_ledger(plan: Plan, against: str, stated: str | None) -> Baseline:
    from core.store.ledger.baselines import audit_named, last_audit

    with opened_ledger(stated) as ledger:
        if against in (SIGNED, LAST):
            logged = last_audit(ledger, lambda other: _likeness(plan, other), against == SIGNED)
            if logged is None:
                raise DataError(_none(against, ledger.shown))
        else:
            logged = audit_named(ledger, against)
    signed = f", signed by {listed(logged.signers)}" if logged.signers else ""
    words = f"Against the audit {logged.code}{_dated(logged.record)}{signed}."
    return Baseline(logged.record, words, Path(logged.code))


def _none(against: str, shown: str) -> str:
    if against == SIGNED:
        return (
            f"{shown} has no signed audit of this question. Sign one on the app's Report page, or give --against last"
            " or a record.json."
        )
    return f"{shown} has no audit of this question. Run plumbline audit with --ledger first, or give a record.json."


def _likeness(plan: Plan, other: Plan) -> int:
    """2 where it is decided in the same way, 1 where otherwise about the same question, 0 for another question."""
    if asked_otherwise(plan, other):
        return 0
    return 2 if decides_alike(plan, other) else 1


def _dated(record: AuditRecord) -> str:
    name = f" “{record.plan.name}”" if record.plan.name else ""
    return f"{name} of {record.created[:10]}"
