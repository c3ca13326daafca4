"""`plumbline verify` of a report's PDF: by what it carries, which a stranger may have put there."""

import json
import shutil
from pathlib import Path

import pikepdf
import pytest

from core.cli import main
from core.jobs import printing
from core.record.evidence.receipt import Receipt
from core.samples import SAMPLES
from core.store.ledger.ledger import Ledger
from tests.core.cli.test_verify import home as home
from tests.core.cli.test_verify import ledger as ledger
from tests.core.cli.test_verify import verify
from tests.worlds.receipts import printed, receipt_of


def test_a_print_is_checked_by_what_it_carries(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = b'{"gaps": []}'
    found = receipt_of(ledger, {"result.json": numbers}).to_text().encode()
    ledger.close()
    whole = printed(tmp_path / "whole.pdf", {"receipt.json": found, "result.json": numbers})
    code, said = verify(capsys, whole)
    assert code == 0 and "Checked is what it carries: receipt.json, result.json." in said
    assert "Sealed: signed by this installation" in said and "result.json is unchanged since" in said
    other = printed(tmp_path / "other.pdf", {"receipt.json": found, "result.json": numbers.replace(b"[]", b"[1]")})
    code, said = verify(capsys, other)
    assert code == 1 and "result.json was changed since the receipt was made" in said
    assert verify(capsys, printed(tmp_path / "bare.pdf", {"result.json": numbers}))[0] == 2
    (tmp_path / "broken.pdf").write_bytes(whole.read_bytes()[:300])
    assert verify(capsys, tmp_path / "broken.pdf")[0] == 2


def test_a_print_of_a_stranger_is_opened_in_a_job(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it carries has a limit."""
    found = receipt_of(ledger, {}).to_text().encode()
    ledger.close()
    large = printed(tmp_path / "large.pdf", {"receipt.json": found, "result.json": b" " * 70_000_000})

    def opened_here(*_: object) -> None:
        raise AssertionError("a stranger's file was opened in the command's own process")

    monkeypatch.setattr(pikepdf, "open", opened_here)
    code, said = verify(capsys, large)
    assert code == 2 and "of over 67,108,864 bytes: no report of ours does" in said


@pytest.mark.jobs
def test_a_pdf_by_the_command_carries_its_receipt_and_no_receipt_is_for_a_record_with_hidden_numbers(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = printed(tmp_path / "blank.pdf", {}).read_bytes()
    monkeypatch.setattr(printing, "printed", lambda page: blank)
    loans = SAMPLES["loans"]
    folder, out = tmp_path / "plan", tmp_path / "out"
    shutil.copytree(loans.plan.parent, folder)
    with (folder / loans.plan.name).open("a", encoding="utf-8") as plan:
        plan.write("\n[report]\nhide_small = true\n")
    asked = ("--out", str(out), "--report", "html,pdf", "--ledger", str(tmp_path / "named.sqlite3"))
    assert main(["audit", str(folder / loans.plan.name), *asked]) == 0
    capsys.readouterr()
    (page,), (pdf,) = out.glob("*.html"), out.glob("*.pdf")
    assert "“plumbline verify”, a command of Plumbline" in page.read_text()
    code, said = verify(capsys, pdf)
    assert code == 0 and "Checked is what it carries: receipt.json, result.json." in said
    code, said = verify(capsys, page, out / "result.json", out / "receipt.json")
    assert code == 0 and f"{page.name} is unchanged" in said
    with pikepdf.open(pdf) as document:
        carried = json.loads(document.attachments["receipt.json"].get_file().read_bytes())
    for receipt in (carried, json.loads((out / "receipt.json").read_text())):
        subjects = Receipt.from_json(receipt).subjects
        assert {page.name, "result.json"} <= set(subjects) and "record.json" not in subjects
