"""The command line: what it writes, what it refuses in one line, and that the same question gets the same answer."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from core.cli import main
from core.record import AuditRecord
from core.samples import SAMPLES
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

ROWS = [("ab"[i % 2], str(i % 3 % 2), str(i % 10 / 10), str(i % 5 % 2)) for i in range(200)]
TABLE = csv_text(("g", "y", "s", "p"), ROWS)
PLAN = """plumbline = 1
name = "test"
[data]
file = "people.csv"
label = "y"
favourable = 1
[decision]
score = "s"
threshold = 0.5
[groups]
sensitive = ["g"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(TABLE)
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path


def audited(folder: Path, out: str = "out", *options: str) -> dict[str, Any]:
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / out), *options]) == 0
    return dict(json.loads((folder / out / "result.json").read_text()))


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """The one line on stderr of an audit that cannot run; nothing is written."""
    code = main(["audit", str(folder / "plan.toml"), "--out", str(folder / "out"), *options])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("plumbline: ") and said.err.endswith("\n")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert not (folder / "out").exists()
    return said.err


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    """The folder with its plan changed."""
    text = (folder / "plan.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "plan.toml").write_text(text)
    return folder


def test_an_audit_writes_its_result_and_its_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = audited(folder, "deep/er")
    assert result["rows"] == {"read": 200, "kept": 200, "labelled": 200}
    assert result["provenance"]["data_sha256"]
    record = AuditRecord.from_json(json.loads((folder / "deep" / "er" / "record.json").read_text()))
    assert record.counts.people == 200
    assert record.judgement().gaps
    finding, sure, wrote = capsys.readouterr().out.splitlines()[:3]
    assert finding == "People whose g is a are selected less often than people whose g is b: 40 of 100 against 60."
    assert "limit" in sure and wrote.startswith("Wrote ")


def test_what_a_reader_of_the_result_should_know_is_said_after_the_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = 'keep = [{column = "g", not_in = ["nobody"]}]\n[decision]'
    limits = '[policy]\nlimits = [{measure = "accuracy_difference", most = 0}]\n[groups]'
    (folder / "people.csv").write_text(TABLE + "a,1\na,1,0.5,1\n")
    result = audited(edited(folder, ("[decision]", keep), ("[groups]", limits)))
    assert result["rows"]["read"] == 201
    said = capsys.readouterr()
    assert said.out.count("rows of people.csv with missing or extra cells, left out: 1 (row 201)") == 1
    assert said.out.count("the limit of 0 on accuracy_difference can never be shown to hold") == 1
    assert said.out.count('"nobody" does not occur in g, so leaving it out drops nobody') == 1
    assert said.err == ""


@pytest.mark.apart
def test_the_same_question_gets_the_same_answer(folder: Path) -> None:
    """But for the time."""
    first, again = audited(folder), audited(folder, "again")
    for document in (first, again):
        document["provenance"].pop("seconds")
    assert again == first
    records = [json.loads((folder / out / "record.json").read_text()) for out in ("out", "again")]
    for document in records:
        document.pop("created")
        document["provenance"].pop("seconds")
    assert records[0] == records[1]


def test_a_table_in_another_order_gets_the_same_answer(folder: Path) -> None:
    """Named on the command line."""
    first = audited(folder)
    (folder / "shuffled.csv").write_text(csv_text(("g", "y", "s", "p"), sorted(ROWS, key=lambda row: row[::-1])))
    shuffled = audited(folder, "shuffled", "--data", str(folder / "shuffled.csv"))
    for key in first:
        if key != "provenance":
            assert shuffled[key] == first[key]
    assert shuffled["provenance"]["data_sha256"] != first["provenance"]["data_sha256"]
    assert shuffled["provenance"]["question_sha256"] == first["provenance"]["question_sha256"]


def test_a_model_named_on_the_command_line_takes_the_place_of_the_plans(tmp_path: Path) -> None:
    sample = SAMPLES["loans"]
    plan = sample.plan.read_text()
    assert 'model = "loans.pt2"' in plan
    (tmp_path / "plan.toml").write_text(plan.replace("loans.pt2", "elsewhere.pt2"))
    result = audited(tmp_path, "out", "--data", str(sample.table), "--model", str(sample.model))
    assert result["provenance"]["model_sha256"]
    assert result["rows"]["kept"] > 1_000
    assert result["aif360"]["agrees"]


# ---------------------------------------------------------------- refused before a job is started

BEFORE_A_JOB = {
    "no toml": [(PLAN, "[[[")],
    "not a plan": [("plumbline = 1", "plumbline = 7")],
    "unknown key": [("threshold", "treshold")],
    "table not there": [("people.csv", "nowhere.csv")],
    "table an empty folder": [('"people.csv"', '".empty"')],
    "name too long": [("people.csv", "x" * 300)],
    "name with a nul": [("people.csv", "a\\u0000b")],
    "model not there": [('score = "s"', 'model = "m.onnx"')],
}
WORDS = {
    "no toml": "plan.toml: ", "not a plan": "plumbline = 1", "unknown key": 'did you mean "threshold"?',
    "table not there": "nowhere.csv is not there", "table an empty folder": ".empty is not there or cannot be read",
    "name too long": "is not there", "name with a nul": "is not there", "model not there": "m.onnx is not there",
}  # fmt: skip


@pytest.mark.parametrize("why", BEFORE_A_JOB)
def test_what_is_refused_at_once(folder: Path, capsys: pytest.CaptureFixture[str], why: str) -> None:
    assert WORDS[why] in refused(edited(folder, *BEFORE_A_JOB[why]), capsys)


def test_a_plan_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.toml").write_bytes(b"\xff\xfe\x00")
    assert "not a text file in UTF-8" in refused(folder, capsys)
    (folder / "plan.toml").unlink()
    assert "cannot be read (No such file or directory)" in refused(folder, capsys)
    (folder / "plan.toml").mkdir()
    assert "cannot be read (Is a directory)" in refused(folder, capsys)


def test_options_that_do_not_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the plan audits columns of the table" in refused(folder, capsys, "--model", str(folder / "people.csv"))
    assert "other.csv is not there" in refused(folder, capsys, "--data", str(folder / "other.csv"))
    assert '--report "," names no kind of file' in refused(folder, capsys, "--report", ",")


@pytest.mark.parametrize(
    "arguments", [[], ["audit"], ["audit", "plan.toml", "--colour", "red"], ["divine", "plan.toml"]]
)
def test_a_command_that_is_none_is_answered_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("plumbline: ") and said.endswith(" --help.\n")
    assert said.count("\n") == 1


# ---------------------------------------------------------------- refused by the job

BY_A_JOB: dict[str, tuple[list[tuple[str, str]], str | bytes | None, list[str]]] = {
    "unknown column": ([('["g"]', '["gender"]')], None, ['no column "gender"', "g, y, s, p"]),
    "policy": ([("[groups]", '[policy]\nuse = ["five_fifths"]\n[groups]')], None, ["plan.toml: ", "four_fifths"]),
    "bad cell": ([], TABLE + "a,1,high,1\n", ["people.csv, row 201", 'column "s"', '"high" is not a number']),
    "pickle": ([], b"\x80\x04\x95abc", ["Python pickle"]),
    "no rows": ([], "g,y,s,p\n", ["has a header but no rows"]),
}


@pytest.mark.parametrize("why", BY_A_JOB)
def test_what_a_job_refuses_is_one_line_too(folder: Path, capsys: pytest.CaptureFixture[str], why: str) -> None:
    changes, content, words = BY_A_JOB[why]
    if content is not None:
        (folder / "people.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    said = refused(edited(folder, *changes), capsys)
    assert all(word in said for word in words), said


@pytest.mark.parametrize("out", ["taken", "taken/deeper", "x" * 300])
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_computed(
    folder: Path, out: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def computed(*_: object) -> None:
        raise AssertionError("the audit ran")

    monkeypatch.setattr("core.engine.api.audit_isolated", computed)
    (folder / "taken").write_text("")
    before = sorted(folder.iterdir())
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / out)]) == 2
    said = capsys.readouterr().err
    assert "cannot be written" in said and said.count("\n") == 1
    assert sorted(folder.iterdir()) == before


@pytest.mark.process
def test_a_workbook_is_read_within_a_jobs_limits(folder: Path) -> None:
    """Importing what reads workbooks must not open a file that a job may not."""
    book = openpyxl.Workbook()
    for row in csv.reader(TABLE.splitlines()):
        book.active.append(row)
    book.save(folder / "people.xlsx")
    result = audited(folder, "out", "--data", str(folder / "people.xlsx"))
    assert result["groups"] == audited(folder, "again")["groups"]


def test_the_console_script_ends_with_the_code(folder: Path) -> None:
    script = Path(sys.executable).with_name("plumbline")
    done = subprocess.run([script, "audit", folder / "none.toml"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_what_answers_a_refusal_in_the_plan_is_said_by_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    fitted = LogisticRegression().fit(features, (features[:, 0] > 0).astype(int))
    model = to_onnx(fitted, features[:1], options={"zipmap": False})
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    edited(folder, ('score = "s"', 'model = "model.onnx"'))
    said = refused(folder, capsys)
    assert "Name the model's columns in their order" in said and "features = [...] under [decision]" in said
