"""The Python interface: the numbers of the command, and of pandas, from files and from tables in memory."""

import json
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import core
from core import AuditRecord, Plan, PlumblineError, audit, audit_frame, compare, explain_model
from core.cli import main
from core.report.documents.json import result
from core.samples import SAMPLES

LOANS = SAMPLES["loans"]
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>&amp;"
PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "repaid"
favourable = "yes"
[decision]
score = "score"
threshold = 0.6
[groups]
sensitive = ["gender", "region"]
"""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """The loans as a notebook has them, with a column of decisions."""
    loans = pd.read_csv(LOANS.plan.with_name("loans.csv"))
    return loans.assign(approved=loans["score"] >= 0.6)


@pytest.fixture(scope="module")
def framed(people: pd.DataFrame) -> AuditRecord:
    return audit_frame(
        people, sensitive=["gender", "region"], outcome="repaid", good_outcome="yes", decision="approved"
    )


def numbers(record: AuditRecord) -> dict[str, Any]:
    """The record without what no two runs share."""
    document = replace(record, created="").to_json()
    for key in ("seconds", "batch_size"):
        document["provenance"].pop(key)
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


# ---------------------------------------------------------------- the package


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "torch", "pyarrow", "scipy", "altair")
    code = f"import sys, core; from core import audit; print([m for m in {heavy} if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_every_name_of_the_interface_is_there_and_has_words() -> None:
    assert set(core.__all__) <= set(vars(core)) | set(core._TYPES)
    for name in core.__all__:
        assert getattr(core, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'audits'"):
        _ = core.audits


@pytest.mark.jobs
def test_the_readmes_lines_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (root / "README.md").read_text(encoding="utf-8").partition("\n## From Python\n")[2].partition("\n## ")[0]
    (lines,) = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    monkeypatch.chdir(root)
    given: dict[str, Any] = {}
    exec(compile(lines, "README.md", "exec"), given)
    assert given["gap"].verdict == "gap" and given["effects"] and "income" in given["looks_at"]
    assert set(core.__all__) - {"AuditRecord", "ClusterKeys", "PlumblineError"} <= set(given)


# ---------------------------------------------------------------- from files


@pytest.mark.jobs
def test_an_audit_here_has_every_number_of_the_commands(tmp_path: Path) -> None:
    assert main(["audit", str(LOANS.plan), "--out", str(tmp_path)]) == 0
    by_command = json.loads((tmp_path / "result.json").read_text())
    here = json.loads(json.dumps(result(audit(Plan.load(LOANS.plan)))))
    for document in (by_command, here):
        for key in ("seconds", "batch_size"):
            document["provenance"].pop(key)
    assert here == by_command


def test_files_are_looked_for_beside_the_plan(tmp_path: Path, people: pd.DataFrame) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    people.to_csv(tmp_path / "people.csv", index=False)
    record = audit(Plan.load(tmp_path / "plan.toml"))
    assert record.plan.data.file == "people.csv"
    assert numbers(record)["counts"] == numbers(audit(Plan.from_toml(PLAN), tmp_path / "people.csv"))["counts"]
    with pytest.raises(PlumblineError, match="people.csv is not there"):
        audit(Plan.from_toml(PLAN))


def test_a_table_in_memory_stands_in_for_the_plans(tmp_path: Path, people: pd.DataFrame) -> None:
    people.to_csv(tmp_path / "people.csv", index=False)
    read = numbers(audit(Plan.from_toml(PLAN), tmp_path / "people.csv"))
    assert numbers(audit(Plan.from_toml(PLAN), people))["counts"] == read["counts"]


@pytest.mark.parametrize("isolated", [False, pytest.param(True, marks=pytest.mark.jobs)])
def test_who_waits_is_told_how_far_it_is(people: pd.DataFrame, isolated: bool) -> None:
    told: list[tuple[int, int, str]] = []
    thread = threading.get_ident()

    def tell(*step: Any) -> None:
        assert threading.get_ident() == thread
        told.append(step)

    audit(Plan.from_toml(PLAN), people, isolated=isolated, progress=tell)
    assert all(total == 0 or 0 <= done <= total for done, total, _ in told)
    if not isolated:  # of a job only what it is seen to do
        assert (len(people), len(people), "rows scored") in told
    assert told


def test_who_waits_can_break_off(people: pd.DataFrame) -> None:
    def stop(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(Plan.from_toml(PLAN), people, progress=stop)


def test_where_a_plan_was_loaded_from_is_no_part_of_the_question(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    loaded, read = Plan.load(str(tmp_path / "plan.toml")), Plan.from_toml(PLAN)
    assert loaded.folder == tmp_path and loaded == read
    assert (loaded.sha256, loaded.question_sha256, loaded.to_toml()) == (
        read.sha256,
        read.question_sha256,
        PLAN and read.to_toml(),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "gone.toml cannot be read"),
        (b"\xff\xfe", "not a text file in UTF-8"),
        (b"plumbline = 1\n[data\n", "gone.toml: The plan is not valid TOML"),
        (b"plumbline = 1\n[data]\nfile = 'a.csv'\ncolour = 1\n", "gone.toml: "),
    ],
)
def test_a_plan_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "gone.toml").write_bytes(content)
    with pytest.raises(PlumblineError) as refusal:
        Plan.load(tmp_path / "gone.toml")
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


# ---------------------------------------------------------------- from a table in memory


def test_the_rates_of_a_frame_are_those_of_pandas(framed: AuditRecord, people: pd.DataFrame) -> None:
    found = {tuple(group.group.values()): group.metrics for group in framed.judgement().groups}
    for by in (["gender"], ["region"], ["gender", "region"]):
        for key, some in people.groupby(by):
            good = some[some["repaid"] == "yes"]
            assert found[key]["selection_rate"].value == pytest.approx(some["approved"].mean(), abs=1e-12)
            assert found[key]["true_positive_rate"].value == pytest.approx(good["approved"].mean(), abs=1e-12)


def test_a_score_with_its_threshold_decides_the_same(framed: AuditRecord, people: pd.DataFrame) -> None:
    scored = audit_frame(
        people, sensitive=["gender", "region"], outcome="repaid", good_outcome="yes", score="score", threshold=0.6
    )
    assert scored.counts.axis.kind == "probability"
    selected, decided = (
        [(group.group, group.metrics["selection_rate"].value) for group in record.judgement().groups]
        for record in (scored, framed)
    )
    assert selected == decided


@pytest.mark.parametrize("good", [1, True, np.bool_(True), [True]])
def test_columns_by_name_are_a_table_too(framed: AuditRecord, people: pd.DataFrame, good: object) -> None:
    columns = {
        "gender": people["gender"].sample(frac=1, random_state=0).sort_index(),  # by place, whatever the index
        "region": people["region"].to_list(),
        "repaid": (people["repaid"] == "yes").astype(int).where(people["repaid"].notna()).to_numpy(),
        "approved": people["approved"].to_numpy(),
    }
    record = audit_frame(
        columns, sensitive=["gender", "region"], outcome="repaid", decision="approved", good_decision=good
    )
    assert numbers(record)["counts"] == numbers(framed)["counts"]


def test_cells_keep_their_meaning() -> None:
    """Categories, texts that look like numbers, missing cells, and a column named by a number."""
    frame = pd.DataFrame(
        {
            "band": pd.cut(pd.Series([20, 30, 50, 60] * 10), [0, 40, 100]),
            7: pd.Series(["007", None, "7", "007"] * 10, dtype=object),
            "yes": [1.0, 0.0, np.nan, 1.0] * 10,
            "d": pd.array([1, 0, 1, 1] * 10, dtype="Int64"),
        }
    )
    record = audit_frame(frame, sensitive=["band", "7"], outcome="yes", decision="d")
    assert set(record.counts.groups.values[0]) == {"(0, 40]", "(40, 100]"}
    assert set(record.counts.groups.values[1]) == {"007", "(missing)", "7"}
    assert record.counts.labelled == 30


@pytest.mark.jobs
def test_a_sandboxed_audit_of_a_frame_gives_the_same_record(framed: AuditRecord, people: pd.DataFrame) -> None:
    record = audit_frame(
        people,
        sensitive=["gender", "region"],
        outcome="repaid",
        good_outcome="yes",
        decision="approved",
        isolated=True,
    )
    assert numbers(record) == numbers(framed)


@pytest.mark.parametrize(
    ("frame", "asked", "said"),
    [
        ({"g": ["a", "b"], "d": [1]}, {}, "This is no table"),
        ({"g": ["a", "b"], "d": [1, 0]}, {"decision": "e"}, 'The table has no column "e". Its columns are: g, d.'),
        ({"g": ["a", "b"], "d": [1, 0]}, {"sensitive": "h"}, 'table has no column "h"'),
        ({"g": ["a", "b"], "d": [1, 0]}, {"decision": None}, "names nothing to audit"),
        ({"g": ["a", "b"], "d": [0.2, 0.7]}, {"decision": None, "score": "d"}, "a score column needs one of threshold"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(frame: Any, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(PlumblineError) as refusal:
        audit_frame(frame, **({"sensitive": "g", "decision": "d"} | asked))
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_column_cannot_be_asked_why(people: pd.DataFrame) -> None:
    with pytest.raises(PlumblineError, match="cannot be asked why"):
        explain_model(Plan.from_toml(PLAN), people)


# ---------------------------------------------------------------- what a record gives


def test_two_audits_are_compared_gap_by_gap(framed: AuditRecord, people: pd.DataFrame) -> None:
    stricter = audit_frame(
        people, sensitive=["gender", "region"], outcome="repaid", good_outcome="yes", score="score", threshold=0.7
    )
    found = compare(framed, stricter)
    before, after = (
        {(gap.measure, *gap.group.values()): gap.value for gap in record.judgement().gaps}
        for record in (framed, stricter)
    )
    moved = [gap for gap in found.gaps if gap.change is not None]
    assert moved and not found.people
    for gap in moved:
        key = (gap.measure, *gap.group.values())
        assert gap.change == pytest.approx(after[key] - before[key]) and not gap.paired
    alone = compare(framed, audit_frame(people, sensitive="gender", decision="approved"))
    assert {gap.by for gap in alone.gaps} == {("gender",)}
    with pytest.raises(PlumblineError, match="no sensitive column in common"):
        compare(framed, audit_frame(people, sensitive="employment", decision="approved"))


def test_a_record_shows_its_answer_picture_and_table_in_a_notebook(framed: AuditRecord) -> None:
    shown = framed._repr_html_()
    assert "less often than men" in shown
    assert shown.count("<svg") >= 2 and ">Man</th>" in shown
    assert shown.startswith('<div class="plumbline">') and shown.endswith("</div>")


def test_names_out_of_the_data_are_escaped_in_a_notebook() -> None:
    rows = 60
    frame = {HOSTILE: ["a", HOSTILE] * rows, "approved": [1, 1, 0, 1] * (rows // 2)}
    shown = audit_frame(frame, sensitive=HOSTILE, decision="approved")._repr_html_()
    assert "<script>alert" not in shown and "<img" not in shown
    assert "&lt;script&gt;alert" in shown
    assert ElementTree.fromstring(shown) is not None
