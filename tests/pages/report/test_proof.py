"""What proves a report: its code, its receipt, its badge, and who signed."""

import io
import json
import os
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.supervisor import Supervisor
from core.record.evidence.receipt import Receipt
from core.record.evidence.verification import verified
from core.report.documents.formats import REPORT_FORMATS, file_name
from core.report.documents.json import audit_texts
from core.report.documents.papers.pdf import finished
from core.store.ledger.installation import key_folder, ledger_url
from core.store.workspace import Workspace
from pages.components.report import proof, reported
from tests.pages.whole_app import kept, labels, opened, said, widget
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import HOSTILE, decided, record_of

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def space(home: Path) -> Iterator[Workspace]:
    """An app that keeps a ledger."""
    space = Workspace(home, Supervisor(home, slots=1, warm=False), ledger=ledger_url(home, {}))
    yield space
    space.close()


def preview(at: AppTest) -> str:
    (frame,) = at.get("iframe")
    return b64decode(frame.proto.src.partition(",")[2]).decode()


def badges(at: AppTest) -> str:
    return " ".join(each.value for each in at.markdown if "-badge[" in each.value)


def receipt_of(space: Workspace, audit_id: str) -> tuple[Receipt, dict[str, bytes]]:
    """What the page's button gives, and the files that a person then has."""
    audit, record = space.get(audit_id), space.record(audit_id)
    assert record is not None
    told = reported.of(audit, record, record.plan.report)
    files = {file_name(told, "html"): REPORT_FORMATS["html"].content(told)}
    files |= {name: text.encode() for name, text in audit_texts(record).items()}
    return Receipt.from_json(json.loads(proof.receipt(audit_id, told))), files


def test_the_report_has_a_code_and_its_files_a_receipt(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    code = space.ledger.code(audit_id)
    assert code is not None and code in preview(at)
    assert "Download: Receipt (.json)" in [button.proto.label for button in at.get("download_button")]
    assert "Sealed: signed by this installation" in badges(at)
    receipt, files = receipt_of(space, audit_id)
    found = verified(receipt, files.items())
    assert found.holds and receipt.code == code and len(files) == 3
    for name in files:
        assert not verified(receipt, [(name, files[name] + b" ")]).holds


def test_a_pdf_carries_the_result_and_its_receipt(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    record = space.record(audit_id)
    assert record is not None
    told = reported.of(space.get(audit_id), record, record.plan.report)
    blank = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(blank)
    with pikepdf.open(io.BytesIO(finished(blank.getvalue(), told))) as document:
        held = {name: document.attachments[name].get_file().read_bytes() for name in document.attachments}
    receipt = Receipt.from_json(json.loads(held.pop("receipt.json")))
    found = verified(receipt, held.items(), key_folder(home, {}).public())
    assert set(held) == {"result.json"} and found.strength == "signed"


def test_a_receipt_of_hidden_numbers_tells_none(space: Workspace, home: Path) -> None:
    table = {"a": (40, 20, 10, 30), "b": (2, 3, 25, 60), "c": (3, 1, 30, 40)}
    record = record_of(plan_of(label=True), labelled(table))
    audit_id = kept(space, home, record)
    told = reported.of(space.get(audit_id), record.without_small_cells(), record.plan.report)
    receipt = Receipt.from_json(json.loads(proof.receipt(audit_id, told)))
    assert set(receipt.subjects) == {file_name(told, "html"), "result.json", "plan", "data"}
    assert all(set(each) == {"verdict", "measure", "group", "reference"} for each in receipt.predicate["verdicts"])


def test_somebody_signs_and_stands_on_the_page(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    assert "Sign" in labels(at) and "No person has signed it yet." in said(at)
    next(button for button in at.button if button.label == "Sign").click().run()
    assert "needs a name" in said(at) and space.ledger.said(audit_id, "sign-off") == []
    widget(at, "text_input", "sign name").input(HOSTILE[:80])
    widget(at, "text_input", "sign role").input("Head of Risk")
    widget(at, "text_area", "sign words").input("Read and accepted.")
    next(button for button in at.button if button.label == "Sign").click().run()
    assert not at.exception and "Read and accepted." in preview(at) and "<script>alert" not in preview(at)
    assert f"Signed by {HOSTILE[:80].strip()}" in said(at) and "No person has signed it yet." not in said(at)
    (entry,) = space.ledger.said(audit_id, "sign-off")
    assert entry.body["name"] == HOSTILE[:80] and entry.body["role"] == "Head of Risk"
    assert "Head of Risk" in preview(opened("report", audit_id))


def test_a_signature_is_of_the_record_that_was_read(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    space.ledger.say(audit_id, "sign-off", {"name": "A. Reader", "role": "", "words": ""})
    assert "A. Reader" in preview(opened("report", audit_id))
    record = replace(decided(), created="2026-12-01T00:00:00+00:00")
    (home / "audits" / audit_id / "record.json").write_text(json.dumps(record.to_json()))
    page = preview(opened("report", audit_id))
    assert "A. Reader" not in page and str(space.ledger.code(audit_id)) in page


def test_a_changed_record_is_told(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    assert space.ledger.code(audit_id) is not None
    path = home / "audits" / audit_id / "record.json"
    dated = path.stat()
    path.write_text(path.read_text().replace("2026-11-21", "2026-11-20"))
    os.utime(path, ns=(dated.st_atime_ns, dated.st_mtime_ns))
    assert "Does not hold" in badges(opened("report", audit_id))


def test_the_annex_prints_the_steps_for_its_own_file(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    widget(at, "button_group", "report/readers").set_value(["annex"]).run()
    page = preview(at)
    assert "Checking it without Plumbline" in page and "openssl pkeyutl -verify" in page


def test_a_register_is_in_the_ledger_as_it_was_written_each_time(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    for group in ("women", "older people"):
        widget(at, "text_area", "register scenarios 0 group").set_value(group).run()
        next(button for button in at.button if button.label == "Add it").click().run()
        assert not at.exception
    said_of_it = [entry.body for entry in space.ledger.said(audit_id, "register")]
    assert [body["register"] for body in said_of_it] == ["scenarios", "scenarios"]
    assert [[row["group"] for row in body["rows"]] for body in said_of_it] == [["women"], ["women", "older people"]]
    space.delete(audit_id)
    assert space.ledger.said(audit_id, "register") == []
