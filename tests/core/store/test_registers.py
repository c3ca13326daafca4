"""Registers live beside an audit: kept whole, bounded, and there as long as the audit is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DataError
from core.jobs.supervisor import Supervisor
from core.record.registers import (
    MOST_LETTERS,
    MOST_ROWS,
    REGISTERS,
    Alternative,
    BiasScenario,
    Registers,
    Response,
    SensitiveUse,
)
from core.store.workspace import Workspace

WRITTEN = Registers(
    (BiasScenario("women", "turned down", "selection rate", "5 points", "own cut-off", "each quarter", "Ana"),),
    (Response("gap by gender", "new cut-off", "Ana", "2026-11-29", "audit 2", "1 point"),),
    (Alternative("one cut-off", "85 %", "3 points", "2 points less", "no", "needs gender"),),
    (SensitiveUse("gender", "this audit", "no other column tells", "two auditors", "2026-11-30"),),
)


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    space = Workspace(tmp_path / "root", Supervisor(tmp_path / "root", slots=1, warm=False))
    yield space
    space.close()


def test_what_is_written_down_is_read_again_and_goes_with_the_audit(space: Workspace) -> None:
    audit_id = space.new("me").id
    assert space.registers.of(audit_id) == Registers()
    space.registers.keep(audit_id, WRITTEN)
    assert space.registers.of(audit_id) == WRITTEN
    longer = WRITTEN.with_rows("responses", [*WRITTEN.responses, replace(WRITTEN.responses[0], person="Ben")])
    space.registers.keep(audit_id, longer)
    assert [row.person for row in space.registers.of(audit_id).responses] == ["Ana", "Ben"]
    space.delete(audit_id)
    with pytest.raises(DataError, match="deleted"):
        space.registers.keep(audit_id, WRITTEN)


def test_a_damaged_file_is_said_and_a_newer_one_is_read(space: Workspace, tmp_path: Path) -> None:
    audit_id = space.new("me").id
    file = tmp_path / "root" / "audits" / audit_id / "registers.json"
    newer = {**WRITTEN.to_json(), "later": [{"a": "b"}]}
    newer["scenarios"][0]["state"] = "open"
    file.write_text(json.dumps(newer), encoding="utf-8")
    assert space.registers.of(audit_id) == WRITTEN
    file.write_text("[", encoding="utf-8")
    with pytest.raises(DataError, match="registers.json cannot be read"):
        space.registers.of(audit_id)


def test_a_register_is_bounded() -> None:
    with pytest.raises(DataError, match=f"at most {MOST_ROWS}"):
        Registers().with_rows("columns", [SensitiveUse()] * (MOST_ROWS + 1))
    with pytest.raises(DataError, match="“Why nothing less would do” is longer than 2,000 letters"):
        Registers().with_rows("columns", [SensitiveUse(nothing_less="x" * (MOST_LETTERS + 1))])


def test_every_column_has_a_heading_of_its_own() -> None:
    for register in REGISTERS.values():
        headings = list(register.columns.values())
        assert len(set(headings)) == len(headings) >= 5 and all(headings)
