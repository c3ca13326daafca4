"""Audits of several people in one folder: what one does to theirs is no fault of another's."""

import shutil
from pathlib import Path

import pytest

from core.kept_audits import Audit, KeptAudits

MINE, OTHER = "a" * 32, "b" * 32


def test_a_history_is_listed_while_another_person_deletes_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audits = KeptAudits(tmp_path)
    mine, theirs = audits.new(MINE), audits.new(OTHER)
    read = KeptAudits.get

    def read_as_it_is_deleted(self: KeptAudits, audit_id: str) -> Audit:
        if audit_id == theirs.id:
            shutil.rmtree(tmp_path / "audits" / audit_id)
        return read(self, audit_id)

    monkeypatch.setattr(KeptAudits, "get", read_as_it_is_deleted)
    assert audits.owned_by(MINE) == [mine]
    assert not (tmp_path / "audits" / theirs.id).exists()
