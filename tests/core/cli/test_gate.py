"""`plumbline gate PLAN`: an audit, the earlier one, and an exit code that says whether a build may pass."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from core import gate as verdict_on
from core.cli import main
from core.engine.earlier_record import open_record
from core.store.ledger.audit_entries import append_record
from tests.worlds.models.smaller import written_onnx
from tests.worlds.receipts import installation

pytestmark = pytest.mark.jobs

PLAN = """plumbline = 1
name = "Loans"
[data]
file = "people.csv"
[decision]
prediction = "p"
favourable = ["yes"]
[groups]
sensitive = ["g"]
reference = {g = "b"}
[policy]
headline = "statistical_parity_difference"
"""
SAME, WORSE, FEW = ({"a": (600, 2000), "b": (1600, 4000)}, {"a": (400, 2000), "b": (1600, 4000)}, {
    "a": (15, 40), "b": (1600, 4000)})  # fmt: skip


def write(folder: Path, table: dict[str, tuple[int, int]]) -> None:
    """The table of people, group by group."""
    rows = [(g, "yes" if i < k else "no") for g, (k, n) in table.items() for i in range(n)]
    pd.DataFrame(rows, columns=["g", "p"]).to_csv(folder / "people.csv", index=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan, its table and the audit that was made of it; an installation without a ledger."""
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLUMBLINE_LEDGER", raising=False)
    (tmp_path / "plan.toml").write_text(PLAN)
    write(tmp_path, SAME)
    assert main(["audit", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "before")]) == 0
    return tmp_path


def gate(folder: Path, *options: str) -> int:
    return main(["gate", str(folder / "plan.toml"), *options])


def test_unchanged_passes_worse_fails_and_few_cannot_be_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    against = ("--against", str(folder / "before"))
    capsys.readouterr()
    assert gate(folder, *against) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "PASSED: of 1 gated gap none got worse by more than chance explains."
    assert lines[3] == "1 gap lies outside the usual limit. State a limit under [policy] to gate on it."
    assert "nobody is decided otherwise" in lines[4] and lines[1].startswith(f"Against {folder / 'before'} “Loans” of")
    write(folder, WORSE)
    assert gate(folder, *against) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "FAILED: of 1 gated gap 1 got worse by more than chance explains."
    assert lines[4].startswith("FAILED people whose g is a against people whose g is b, statistical_parity_difference:")
    assert "-10.0 points before, -20.0 points now. Worsening: 10.0 points (6." in lines[4]
    assert re.search(r"Could show: 5\.\d points\. n = 2,000\.", lines[4])
    assert lines[2].startswith("Records hold counts, not people, so who is in both is not known: ranges are wider")
    write(folder, FEW)
    assert gate(folder, *against) == 0
    assert capsys.readouterr().out.startswith("COULD NOT TELL: n = 40. Of 1 gated gap 1 stays open.\n")
    assert gate(folder, "--strict", *against) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("With --strict that fails.")


def test_without_ledger_and_against_the_limits_alone_are_gated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate(folder) == 1
    said = capsys.readouterr().out
    assert "There is no ledger and no --against, so the limits alone are gated." in said
    assert "Limit: 5 points, the usual one, broken." in said and "Worsening" not in said
    (folder / "plan.toml").write_text(PLAN + 'limits = [{measure = "statistical_parity_difference", most = 0.3}]\n')
    assert gate(folder) == 0
    assert "Limit: 30 points, the plan's, holds." in capsys.readouterr().out
    assert not (folder / "home").exists()


def test_its_files_are_written_and_junit_says_what_the_log_says(folder: Path) -> None:
    write(folder, WORSE)
    out, made = folder / "out", folder / "made"
    xml, text, figures = made / "gate.xml", made / "gate.md", made / "gate.json"
    files = ("--out", str(out), "--junit", str(xml), "--markdown", str(text), "--json", str(figures))
    assert gate(folder, "--against", str(folder / "before" / "record.json"), *files) == 1
    assert {path.name for path in out.iterdir()} == {"result.json", "record.json"}
    assert open_record(out).counts.people == 6000
    assert etree.parse(xml).find(".//failure").get("type") == "worsening"
    assert text.read_text().startswith("### Fairness gate: FAILED")
    found = json.loads(figures.read_text())
    verdict = verdict_on(open_record(out), open_record(folder / "before"))
    ((gap,), (written,)) = verdict.gaps, found["gaps"]
    assert (found["outcome"], found["fails"], verdict.outcome) == ("failed", True, "failed")
    assert found["sentence"] == found["lines"][0] == etree.parse(xml).findtext(".//system-out").splitlines()[0]
    assert gap.before is not None and gap.growth is not None
    assert written["before"] == {"value": gap.before.value, "low": gap.before.low, "high": gap.before.high}
    assert (written["now"]["value"], written["limit_state"], written["worsening"]) == (-0.2, "not_gated", "worse")
    assert tuple(written["growth"].values()) == (gap.growth[0], *gap.growth[1]) and written["fewest"] == 2000
    assert gate(folder, "--against", str(folder / "before"), *files) == 1, "its own earlier files are written over"


def test_the_ledgers_last_signed_audit_is_the_usual_one_and_its_head_is_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = str(folder / "ledger.sqlite3")
    assert refused(folder, capsys, "--ledger", where).endswith("or import an export.\n")
    ledger = installation(folder / "home")
    entry = append_record(ledger, open_record(folder / "before"), "first")
    ledger.append(
        "sign-off", {"of": entry.number, "name": "Kim\nPASSED: x", "role": "", "words": ""}, "sign-off/first/1"
    )
    write(folder, WORSE)
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / "later"), "--ledger", "own"]) == 0
    capsys.readouterr()
    assert gate(folder, "--ledger", "own") == 1  # against the signed one
    signed = capsys.readouterr().out
    assert re.search(r"^Against the audit [A-Z2-7-]{19} “Loans” of \S+, signed by Kim PASSED: x\.$", signed, re.M)
    with ledger.reading() as (_, log):
        root = log.note.split("\n")[2]
    assert signed.splitlines()[-1] == f"Ledger head: {log.origin}, {len(log.tree)} entries, root {root}"
    assert gate(folder, "--against", "last") == 0  # the app's own ledger, where none is named
    assert "nobody is decided otherwise" in capsys.readouterr().out
    code = re.search(r"audit (\S+) “", signed)
    assert code and gate(folder, "--against", code[1].lower()) == 1
    assert gate(folder, "--against", str(entry.number)) == 1
    capsys.readouterr()
    assert "has no audit 77" in refused(folder, capsys, "--against", "77")
    ledger.close()


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert gate(folder, *options) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and said.err.startswith("plumbline: ")
    return said.err


def test_what_keeps_it_from_running_is_said_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    against = ("--against", str(folder / "before"))
    assert "nowhere cannot be read" in refused(folder, capsys, "--against", "nowhere")
    assert "given without --against" in refused(folder, capsys, "--against-model", "m.onnx")
    assert "Add model to its [decision]" in refused(folder, capsys, "--model", "m.onnx")
    assert "is a folder" in refused(folder, capsys, *against, "--junit", str(folder))
    assert "would be written over" in refused(folder, capsys, *against, "--markdown", str(folder / "plan.toml"))
    record = folder / "before" / "record.json"
    for earlier in (record, record.parent):
        assert "would be written over" in refused(folder, capsys, "--against", str(earlier), "--junit", str(record))
    assert "name the same file" in refused(folder, capsys, *against, "--markdown", "a.x", "--junit", "a.x")
    (folder / "elsewhere.xml").write_text("somebody else's")
    (folder / "linked.xml").symlink_to(folder / "elsewhere.xml")
    assert "is a link" in refused(folder, capsys, *against, "--inside", "--junit", str(folder / "linked.xml"))
    assert (folder / "linked.xml").read_text() == "somebody else's"
    table = (folder / "people.csv").read_bytes()
    for option in ("--junit", "--markdown", "--json"):
        assert "no gate wrote it" in refused(folder, capsys, *against, option, str(folder / "people.csv"))
    assert (folder / "people.csv").read_bytes() == table
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace("[data]\n", '[data]\nkeep = [{column = "g", in = ["a", "b"]}]\n'))
    assert "asks another question: whose rows are left out differs" in refused(folder, capsys, *against)
    (folder / "plan.toml").write_text(plan)
    (folder / "people.csv").write_bytes(b"\x00\xff\x00broken")
    earlier = folder / "gate.xml"
    earlier.write_text('<testsuite name="plumbline gate">')
    assert "people.csv" in refused(folder, capsys, *against, "--junit", str(earlier))
    assert not earlier.exists()
    (folder / "people.csv").unlink()
    assert "people.csv is not there" in refused(folder, capsys, *against)


def test_columns_that_decided_before_are_asked_about_the_same_people(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.read_csv(folder / "people.csv")
    table["q"] = table["p"].where((table["g"] == "b") | (table.index % 10 > 0), "no")  # a tenth of "a" turned down
    table.to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.replace('"p"', '"q"'))
    capsys.readouterr()
    assert gate(folder, "--against", str(folder / "before")) == 1
    said = capsys.readouterr().out
    assert "Both decided about the same people" in said and "-10.0 points before, -13.0 points now" in said
    table.drop(columns="p").to_csv(folder / "people.csv", index=False)
    gate(folder, "--against", str(folder / "before"))
    said = capsys.readouterr().out
    assert "What decided before could not be asked about the same people." in said
    assert "ranges are wider than necessary" in said


MODEL_PLAN = """plumbline = 1
[data]
file = "scored.csv"
[decision]
model = "model.onnx"
features = ["x"]
threshold = 0.5
[groups]
sensitive = ["g"]
reference = {g = "b"}
"""


def test_an_earlier_model_is_asked_again_where_it_lies_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "home"))
    values = [(g, i / 2000 - 0.5) for g, n in (("a", 2000), ("b", 2000)) for i in range(n)]
    pd.DataFrame(values, columns=["g", "x"]).to_csv(tmp_path / "scored.csv", index=False)
    (tmp_path / "plan.toml").write_text(MODEL_PLAN)
    written_onnx(tmp_path / "model.onnx", 1)
    assert main(["audit", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "before")]) == 0
    (tmp_path / "before" / "model.onnx").write_bytes((tmp_path / "model.onnx").read_bytes())
    written_onnx(tmp_path / "model.onnx", 1, shift=0.01)
    capsys.readouterr()
    assert gate(tmp_path, "--against", str(tmp_path / "before")) == 0
    said = capsys.readouterr().out
    assert "Both decided about the same people" in said and "The models are not the same file." in said
    elsewhere = (tmp_path / "before" / "model.onnx").rename(tmp_path / "elsewhere.onnx")
    assert gate(tmp_path, "--against", str(tmp_path / "before")) == 0
    said = capsys.readouterr().out
    assert '"model.onnx", is not beside it' in said and "ranges are wider than necessary" in said
    given = ("--against", str(tmp_path / "before"), "--against-model")
    assert gate(tmp_path, *given, str(elsewhere)) == 0
    assert "Both decided about the same people" in capsys.readouterr().out
    assert "is not the model of" in refused(tmp_path, capsys, *given, str(tmp_path / "model.onnx"))
