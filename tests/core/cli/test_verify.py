"""`plumbline verify` and `plumbline ledger`: what holds, what does not and by name, and what cannot be checked."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.record.evidence.receipt import Receipt, sealed
from core.samples import SAMPLES
from core.store.ledger.ledger import Ledger
from tests.worlds.receipts import REPORT, installation, printed, receipt_of
from tests.worlds.time_authority import TimeAuthority


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This installation's folder."""
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "home"))
    for name in ("PLUMBLINE_LEDGER", "PLUMBLINE_KEYS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def ledger(home: Path) -> Ledger:
    return installation(home)


@pytest.fixture
def got(ledger: Ledger, tmp_path: Path) -> Path:
    """A report and its receipt, as somebody gets them."""
    folder = tmp_path / "got"
    folder.mkdir()
    (folder / "report.html").write_bytes(REPORT)
    (folder / "receipt.json").write_text(receipt_of(ledger, {"report.html": REPORT}).to_text())
    ledger.close()
    return folder


def verify(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The status, and what was said."""
    code = main(["verify", *map(str, arguments)])
    said = capsys.readouterr()
    assert bool(said.err) == (code == 2) and said.err.count("\n") <= 1
    return code, said.out + said.err


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From now on this is another machine."""
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "another machine"))


def test_a_report_is_checked_by_strength(
    got: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = (got / "report.html", got / "receipt.json")
    code, said = verify(capsys, *both)
    assert code == 0 and "Sealed: signed by this installation" in said and "report.html is unchanged since" in said
    elsewhere(monkeypatch, tmp_path)
    code, said = verify(capsys, *both)
    assert code == 0 and "Unchanged since" in said and "Signed by" not in said
    code, said = verify(capsys, *both, "--key", home / "keys" / "public.pem")
    assert code == 0 and "Sealed: signed by this installation" in said
    public = json.loads((got / "receipt.json").read_text())["key"]["hex"]
    assert verify(capsys, got / "report.html", "--key", public)[0] == 0, "the receipt beside it is found"
    code, said = verify(capsys, *both, "--key", "00" * 32)
    assert code == 1 and "another key" in said


def test_a_report_edited_by_one_character_fails(got: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (got / "report.html").write_bytes(REPORT.replace(b"Gap", b"No gap", 1))
    code, said = verify(capsys, got / "report.html")
    assert code == 1 and "FAILS: report.html was changed since the receipt was made." in said


def test_a_receipt_is_checked_against_the_ledger(
    got: Path, home: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = verify(capsys, got / "receipt.json", "--ledger", "own")
    assert code == 0 and "Sealed: signed by this installation" in said
    (got / "receipt.json").rename(tmp_path / "away.json")
    code, said = verify(capsys, got / "report.html", "--ledger", "own")
    assert code == 0 and "unchanged since" in said
    (got / "report.html").write_bytes(b"another")
    code, said = verify(capsys, got / "report.html", "--ledger", "own")
    assert code == 1 and "the ledger knows no such file" in said
    other = installation(tmp_path / "other")
    other.append("note", {})
    other.close()
    code, said = verify(capsys, tmp_path / "away.json", "--ledger", other.shown)
    assert code == 1 and "The receipt is of the ledger" in said


def test_the_whole_ledger_is_checked(
    got: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = verify(capsys)
    assert code == 0 and "every entry is what was signed and seen" in said
    from sqlalchemy import text

    with ledger.database.writing() as connection:
        connection.execute(text("UPDATE entries SET payload = '{}' WHERE number = 1"))
    code, said = verify(capsys)
    assert code == 1 and "Entry 1 was changed" in said
    code, said = verify(capsys, "--ledger", tmp_path / "none.sqlite3")
    assert code == 2 and "no ledger" in said and not (tmp_path / "none.sqlite3").exists()


def test_what_cannot_be_checked_is_said(
    got: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (tmp_path / "alone.html").write_bytes(REPORT)
    code, said = verify(capsys, tmp_path / "alone.html")
    assert code == 2 and "There is no receipt for" in said and "Name its receipt.json too, or give --ledger" in said
    assert verify(capsys, tmp_path / "not there.html")[0] == 2
    (got / "report.pdf").write_bytes(b"%PDF-1.7 pages")
    code, said = verify(capsys, got / "report.pdf")
    assert code == 2 and "carries no receipt" in said and "Ask for the web page" in said
    assert verify(capsys, got / "receipt.json", "--key", "nonsense")[0] == 2
    (got / "receipt.json").write_text('{"plumbline_receipt": 1}')
    code, said = verify(capsys, got / "receipt.json")
    assert code == 2 and "not a whole receipt" in said


def test_a_file_under_the_name_of_another_does_not_pass_for_it(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, numbers = b"<h1>Gap</h1>", b'{"gaps": []}'
    (tmp_path / "receipt.json").write_text(receipt_of(ledger, {"report.html": page, "result.json": numbers}).to_text())
    ledger.close()
    (tmp_path / "result.json").write_bytes(page)
    code, said = verify(capsys, tmp_path / "result.json")
    assert code == 1 and "result.json was changed" in said
    (tmp_path / "sent to us.html").write_bytes(page)
    code, said = verify(capsys, tmp_path / "sent to us.html")
    assert code == 0 and "sent to us.html is report.html, unchanged since" in said


def test_two_files_of_one_name_are_both_checked(got: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (got / "sent").mkdir()
    (got / "sent" / "report.html").write_bytes(REPORT + b"more")
    for files in (("sent/report.html", "report.html"), ("report.html", "sent/report.html")):
        code, said = verify(capsys, *(got / name for name in files), got / "receipt.json")
        assert code == 1 and f"FAILS: {got / 'sent' / 'report.html'} was changed" in said
        assert f"holds: {got / 'report.html'} is unchanged" in said
    pdf = printed(tmp_path / "print.pdf", {name: (got / name).read_bytes() for name in ("receipt.json",)})
    assert verify(capsys, pdf, got / "sent" / "report.html", got / "report.html")[0] == 1


def test_a_receipt_of_impossible_numbers_is_refused_in_words(
    got: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((got / "receipt.json").read_text())
    document["entry"]["index"] = 10**30
    (got / "receipt.json").write_text(json.dumps(document))
    code, said = verify(capsys, got / "receipt.json", "--ledger", "own")
    assert code == 1 and f"The ledger has no entry {10**30}" in said
    document["entry"]["index"] = float("inf")
    (got / "receipt.json").write_text(json.dumps(document).replace("Infinity", "1e999"))
    code, said = verify(capsys, got / "receipt.json")
    assert code == 2 and "not a whole receipt" in said


def test_a_receipt_that_does_not_say_when_is_checked(
    got: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = Receipt.from_json(json.loads((got / "receipt.json").read_text()))
    said = {name: value for name, value in found.predicate.items() if name != "when"}
    sealed_again = sealed(found.subjects, said, ledger.keys.private())
    (got / "receipt.json").write_text(json.dumps(found.to_json() | {"envelope": sealed_again}))
    elsewhere(monkeypatch, tmp_path)
    code, out = verify(capsys, got / "report.html")
    assert code == 0 and "Unchanged since the receipt was made" in out


def test_no_file_that_is_there_is_written_over(got: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = next((home / "keys").glob("*.pem"))
    before = key.read_bytes()
    assert main(["ledger", "renew", "--request", str(key)]) == 2
    assert main(["ledger", "export", str(home / "ledger" / "ledger.sqlite3")]) == 2
    assert capsys.readouterr().err.count("is there already") == 2
    assert key.read_bytes() == before and verify(capsys)[0] == 0


def test_a_ledger_goes_elsewhere_and_is_renewed(
    got: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, file = tmp_path / "copy.sqlite3", tmp_path / "out" / "export.jsonl"
    assert main(["ledger", "export", str(file)]) == 0 and "confidential" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600, "nobody else reads it"
    assert main(["ledger", "export", str(tmp_path / "none"), "--ledger", str(tmp_path / "mistyped.sqlite3")]) == 2
    assert "There is no ledger at" in capsys.readouterr().err and not list(tmp_path.glob("mistyped*"))
    assert main(["ledger", "import", str(file), "--ledger", str(copy)]) == 0
    assert "Appended 3 entries" in capsys.readouterr().out
    assert verify(capsys, got / "receipt.json", "--ledger", copy)[0] == 0
    assert main(["ledger", "renew"]) == 0 and "signed with the key" in capsys.readouterr().out
    authority = TimeAuthority(tmp_path / "authority")
    request, answer, chain = (tmp_path / name for name in ("ask.tsq", "answer.tsr", "chain.pem"))
    assert main(["ledger", "renew", "--request", str(request)]) == 0
    answer.write_bytes(authority.answer(request.read_bytes()))
    chain.write_text(authority.chain)
    assert main(["ledger", "renew", "--token", str(answer), "--authority", str(chain)]) == 0
    assert "says CN=TestTime" in capsys.readouterr().out
    assert main(["ledger", "renew", "--token", str(answer)]) == 2 and "belong together" in capsys.readouterr().err
    assert main(["ledger", "import", str(answer)]) == 2 and "not an export" in capsys.readouterr().err
    assert verify(capsys)[0] == 0


@pytest.mark.jobs
def test_an_audit_by_the_command_leaves_a_receipt(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, out = str(SAMPLES["loans"].plan), tmp_path / "out"
    assert main(["audit", plan, "--out", str(out)]) == 0
    assert not (out / "receipt.json").exists() and not home.exists(), "nobody asked for a ledger"
    monkeypatch.setenv("PLUMBLINE_LEDGER", str(tmp_path / "named.sqlite3"))
    assert main(["audit", plan, "--out", str(out), "--report", "html"]) == 0
    capsys.readouterr()
    code, said = verify(capsys, *out.iterdir())
    (report,) = out.glob("*.html")
    assert f"{report.name} is unchanged" in said
    assert (
        json.loads((out / "receipt.json").read_text())["envelope"] and said.split("code ")[1][:19] in report.read_text()
    )
    assert code == 0 and "result.json is unchanged" in said and "record.json is unchanged" in said
    assert verify(capsys, SAMPLES["loans"].table, out / "receipt.json")[0] == 0, "the table is a subject too"
    (out / "result.json").write_text((out / "result.json").read_text().replace("1", "2", 1))
    code, said = verify(capsys, *out.iterdir())
    assert code == 1 and "result.json was changed" in said
    assert verify(capsys)[0] == 0 and (tmp_path / "named.sqlite3").exists()
    monkeypatch.delenv("PLUMBLINE_LEDGER")
    assert main(["audit", plan, "--out", str(out)]) == 0
    assert f"Took away {out / 'receipt.json'}: it was about" in capsys.readouterr().out
    assert not (out / "receipt.json").exists() and (out / "result.json").exists()
    for name in ("receipt.json", "comparison.json"):
        (out / name).write_text('{"of": "a till"}')
    assert main(["audit", plan, "--out", str(out)]) == 0
    assert "Took away" not in capsys.readouterr().out
    assert all((out / name).exists() for name in ("receipt.json", "comparison.json")), "somebody's own"
