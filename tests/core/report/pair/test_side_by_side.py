"""Two audits side by side, as a page that is drawn again and again asks of them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.metrics.verdicts import Judgement
from core.record import AuditRecord
from core.report.pair.side_by_side import SideBySide
from tests.worlds.records import decided


def test_the_first_audit_is_judged_once_whatever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = SideBySide.of(decided(), replace(decided(), created="2026-01-01T00:00:00Z"))
    judged: list[AuditRecord] = []
    judgement: Callable[[AuditRecord], Judgement] = AuditRecord.judgement

    def counted(record: AuditRecord) -> Judgement:
        judged.append(record)
        return judgement(record)

    monkeypatch.setattr(AuditRecord, "judgement", counted)
    for _ in range(3):
        assert compared.measures[0] == "disparate_impact" and compared.judged_before.gaps
    assert judged == [compared.before]
