"""Which audit of a ledger a gate measures against: the last of the most alike, signed ones alone where asked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.ledger.audit_entries import append_record
from core.store.ledger.baselines import audit_named, head, last_audit
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.ledger import Ledger
from tests.worlds.receipts import installation
from tests.worlds.records import decided


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = installation(tmp_path)
    yield opened
    opened.close()


def called(name: str) -> AuditRecord:
    return replace(decided(), plan=replace(decided().plan, name=name))


def put(ledger: Ledger, name: str, signed: bool = False) -> LogEntry:
    entry = append_record(ledger, called(name), name)
    if signed:
        ledger.append("sign-off", {"of": entry.number, "name": f"Who signed {name}", "role": "", "words": ""})
    return entry


def likeness(plan: Plan) -> int:
    """By the name of the invented audits."""
    return {"o": 0, "l": 1, "s": 2}[plan.name[0]]


def found(ledger: Ledger, signed: bool) -> str | None:
    audit = last_audit(ledger, likeness, signed)
    return None if audit is None else audit.record.plan.name


def test_the_last_of_the_most_alike_counts_and_another_question_never(ledger: Ledger) -> None:
    put(ledger, "other", signed=True)
    assert found(ledger, signed=False) is None
    put(ledger, "like 1", signed=True)
    assert (found(ledger, signed=False), found(ledger, signed=True)) == ("like 1", "like 1")
    put(ledger, "same 1", signed=True)
    last = put(ledger, "same 2")
    put(ledger, "like 2", signed=True)
    assert (found(ledger, signed=False), found(ledger, signed=True)) == ("same 2", "same 1")
    audit = last_audit(ledger, likeness, signed=True)
    assert audit is not None and audit.signers == ("Who signed same 1",)
    ledger.erase([last], "a test")
    assert found(ledger, signed=False) == "same 1"


def test_an_audit_is_named_by_its_code_or_its_number_and_a_deleted_one_says_so(ledger: Ledger) -> None:
    entry = put(ledger, "same", signed=True)
    by_number = audit_named(ledger, str(entry.number))
    assert audit_named(ledger, by_number.code.lower()).record.digest == by_number.record.digest
    assert by_number.signers == ("Who signed same",)
    for name in ("0", "99", "AAAA-AAAA-AAAA-AAAA"):
        with pytest.raises(LedgerError, match=f"has no audit {name}"):
            audit_named(ledger, name)
    ledger.erase([entry], "a test")
    with pytest.raises(LedgerError, match="was deleted"):
        audit_named(ledger, str(entry.number))


def test_the_head_is_that_of_the_newest_checkpoint(ledger: Ledger) -> None:
    put(ledger, "same")
    before = head(ledger)
    put(ledger, "like")
    after = head(ledger)
    assert after.size == before.size + 1 and after.origin == before.origin and after.root != before.root
