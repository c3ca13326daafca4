"""Commands over a table in many files: in jobs, as over one file, and what they write leads back to the files."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.samples import SAMPLES

pytestmark = pytest.mark.jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The invented loans, whole and in three files, and a plan of each."""
    sample = SAMPLES["loans"]
    assert sample.model is not None
    header, *lines = sample.table.read_text().splitlines(keepends=True)
    (tmp_path / "many").mkdir()
    for k in range(3):
        (tmp_path / "many" / f"loans-{k + 8}.csv").write_text(header + "".join(lines[700 * k : 700 * (k + 1)]))
    for path in (sample.table, sample.model):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = sample.plan.read_text()
    (tmp_path / "whole.toml").write_text(text)
    (tmp_path / "many.toml").write_text(text.replace('"loans.csv"', '["many/loans-8.csv", "many/loans-[19]*.csv"]'))
    return tmp_path


def ran(folder: Path, command: str, plan: str, *options: str) -> Path:
    out = folder / f"{command} {plan}"
    assert main([command, str(folder / plan), "--out", str(out), *options]) == 0
    return out


def without_place(path: Path) -> dict[str, object]:
    found = dict(json.loads(path.read_text()))
    found.pop("provenance", None)
    return found


def test_an_audit_is_that_of_the_whole(folder: Path) -> None:
    whole, many = (ran(folder, "audit", plan) / "result.json" for plan in ("whole.toml", "many.toml"))
    assert without_place(many) == without_place(whole)


def test_explain_takes_a_folder(folder: Path) -> None:
    whole = ran(folder, "explain", "whole.toml")
    many = ran(folder, "explain", "many.toml", "--data", str(folder / "many"))
    documents = [json.loads((out / "attribution.json").read_text()) for out in (whole, many)]
    assert documents[0]["features"] == documents[1]["features"]


def test_the_plan_of_a_fix_names_the_files_that_it_was_judged_on(folder: Path) -> None:
    out = ran(folder, "mitigate", "many.toml", "--with", "thresholds")
    assert main(["audit", str(out / "after" / "plan.toml"), "--out", str(folder / "again")]) == 0
    again, after = (json.loads((place / "record.json").read_text()) for place in (folder / "again", out / "after"))
    assert again["counts"]["n"] == after["counts"]["n"]
    assert again["provenance"]["data_sha256"] == after["provenance"]["data_sha256"]


def test_a_hostile_name_reaches_no_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "many" / "z\x1b[31m\nplumbline: fine.csv").write_text("other,columns\n1,2\n3,4\n")
    assert main(["audit", str(folder / "whole.toml"), "--data", str(folder / "many"), "--out", str(folder / "o")]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said and said.count("\n") == 1 and "lacks the columns" in said


def test_workers_count_it_as_one_process_does(folder: Path) -> None:
    parts = ran(folder, "audit", "many.toml", "--workers", "2")
    assert main(["audit", str(folder / "many.toml"), "--out", str(folder / "one")]) == 0
    assert without_place(parts / "result.json") == without_place(folder / "one" / "result.json")
