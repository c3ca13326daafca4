"""`plumbline compare A B`: two records in, comparison.json out, and one line where that cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.record import AuditRecord
from core.report.documents.json import audit_texts
from tests.worlds.people import plan_of, selections
from tests.worlds.receipts import installation, receipt_of
from tests.worlds.records import decided, record_of

FIRST = decided({"women": (200, 60, 200, 540), "men": (400, 90, 60, 450)})
SECOND = decided({"women": (330, 80, 70, 520), "men": (395, 95, 65, 445)})


def folder_of(record: AuditRecord, place: Path) -> Path:
    place.mkdir()
    for name, text in audit_texts(record).items():
        (place / name).write_text(text, encoding="utf-8")
    return place


RAN = {
    "data_sha256": "0" * 64,
    "model_sha256": None,
    "device": "cpu",
    "batch_size": None,
    "near_threshold": 0,
    "versions": {},
    "seconds": {},
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return folder_of(FIRST, tmp_path / "first"), folder_of(SECOND, tmp_path / "second")


def compared(before: Path, after: Path, out: Path) -> dict[str, Any]:
    assert main(["compare", str(before), str(after), "--out", str(out)]) == 0
    document: dict[str, Any] = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    return document


def test_an_audit_of_the_ledger_is_named_by_the_code_of_its_receipt(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLUMBLINE_LEDGER", raising=False)
    ledger = installation(tmp_path / "home")
    code = receipt_of(ledger, {}, FIRST).code
    ledger.close()
    by_code = compared(Path(code.lower()), folders[1], tmp_path / "by code")
    assert by_code["gaps"] == compared(*folders, tmp_path / "by folder")["gaps"]
    assert main(["compare", "AAAA-AAAA-AAAA-AAAA", str(folders[1]), "--out", str(tmp_path / "none")]) == 2
    assert "has no audit with the code AAAA-AAAA-AAAA-AAAA" in capsys.readouterr().err


def test_folders_and_files_are_compared_gap_by_gap(folders: tuple[Path, Path], tmp_path: Path) -> None:
    document = compared(*folders, tmp_path / "out")
    assert compared(folders[0] / "record.json", folders[1] / "record.json", tmp_path / "again") == document
    assert (document["plumbline"], document["before"], document["after"]) == (1, FIRST.digest, SECOND.digest)
    results = [json.loads((folder / "result.json").read_text())["gaps"] for folder in folders]
    values = [{(gap["measure"], *gap["group"].values()): gap["value"] for gap in gaps} for gaps in results]
    for gap in document["gaps"]:
        key = gap["measure"], *gap["group"].values()
        assert (gap["before"], gap["after"]) == (values[0][key], values[1][key])
        assert gap["paired"] is False
    (parity,) = [gap for gap in document["gaps"] if gap["measure"] == "statistical_parity_difference"]
    assert parity["verdict"] == "better" and 0 < parity["low"] < parity["change"] < parity["high"]
    assert document["warnings"] == [
        "Records hold counts, not people, so who is in both is not known: ranges are wider than necessary."
    ]


def test_the_answer_is_said_and_swapping_turns_it_over(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forth = compared(*folders, tmp_path / "forth")
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("ranges are wider than necessary.") and " better, " in said[1]
    assert said[2].startswith("Better: People whose g is women are selected 0.53 times as often")
    back = compared(*reversed(folders), tmp_path / "back")
    assert any(line.startswith("Worse: People whose g is women") for line in capsys.readouterr().out.splitlines())
    for gap, other in zip(forth["gaps"], back["gaps"], strict=True):
        assert {gap["verdict"], other["verdict"]} in ({"better", "worse"}, {"unclear"}, {"same"})
        assert gap["change"] == pytest.approx(-other["change"], abs=1e-12)


def test_a_record_against_itself_differs_nowhere(folders: tuple[Path, Path], tmp_path: Path) -> None:
    document = compared(folders[0], folders[0], tmp_path / "out")
    assert {(gap["verdict"], gap["change"]) for gap in document["gaps"]} == {("same", 0.0)}
    assert document["differences"] == document["warnings"] == [] and document["paired"]


def refused(capsys: pytest.CaptureFixture[str], *arguments: Path) -> str:
    capsys.readouterr()
    assert main(["compare", *map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "Traceback" not in said.err
    return said.err


def test_what_is_no_record_is_refused_in_one_line(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = folders
    assert "No such file" in refused(capsys, first, tmp_path / "nowhere.json")
    assert "without the counts" in refused(capsys, first, second / "result.json")
    (second / "record.json").write_text("{")
    assert "is not JSON" in refused(capsys, first, second)
    (second / "record.json").write_text("[" * 100_000)
    assert "is not JSON" in refused(capsys, first, second)
    document = FIRST.to_json()
    for change in (
        {"plumbline": 2},
        {"counts": {**document["counts"], "n": [[0, 0, 0, 10**30]]}},
        {"counts": {**document["counts"], "n": [[0, 0, 0, -5]]}},
        {"counts": {**document["counts"], "n": [[-1, 0, 0, 5]]}},
        {"counts": []},
        {"plan": "plumbline = 1"},
    ):
        (second / "record.json").write_text(json.dumps(document | change))
        assert str(second / "record.json") in refused(capsys, first, second)


def test_records_without_a_column_in_common_are_refused(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = record_of(plan_of(("h",)), selections({("x",): (10, 30), ("y",): (20, 30)}, ("h",)))
    assert "no sensitive column in common" in refused(capsys, folders[0], folder_of(other, tmp_path / "other"))


def test_a_folder_that_cannot_be_written_is_said(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert "cannot be written" in refused(capsys, *folders, Path("--out"), tmp_path / "taken")


@pytest.mark.parametrize(
    "change",
    [
        {"created": ""},
        {"created": "last week"},
        {"references": [{"by": ["sex"], "values": [0]}]},
        {"parent": "\ud800"},
        {"warnings": [{"kind": "constant_column", "facts": {}, "changes": []}]},
        {"aif360": {"measures": 1, "numbers": "", "largest_difference": 0.0, "agrees": True}},
        {"aif360": {"measures": 1, "numbers": 1, "largest_difference": [], "agrees": False}},
        {"provenance": RAN | {"seconds": -1}},
        {"provenance": RAN | {"seconds": {"score": "long"}}},
        {"provenance": RAN | {"versions": "1"}},
        {"provenance": RAN | {"batch_size": []}},
        {"provenance": RAN | {"images_sha256": -1}},
    ],
)
def test_a_record_that_somebody_edited_is_refused_in_one_line(
    folders: tuple[Path, Path], change: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folders[0] / "record.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | change), encoding="utf-8")
    for command in (["compare", str(file), str(folders[1])], ["report", str(file)]):
        assert main([*command, "--out", str(tmp_path / "out.html")]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "Give a record.json as an audit wrote it" in said
