"""A receipt proves what it says, by itself, by a key, by a time authority, and by OpenSSL alone; and nothing else."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DataError
from core.record.evidence.keys import PrivateKey
from core.record.evidence.receipt import Receipt, TimeToken
from core.record.evidence.verification import verified
from core.record.evidence.words import badge_words, openssl_steps, short_code
from core.store.ledger.audit_entries import append_record, receipt
from core.store.ledger.ledger import Ledger
from tests.worlds.receipts import REPORT, installation, receipt_of
from tests.worlds.records import decided
from tests.worlds.time_authority import TimeAuthority


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    ledger = installation(folder)
    for n in range(4):
        ledger.append("note", {"n": n})
    ledger.close()
    return folder


@pytest.fixture
def ledger(home: Path, tmp_path: Path) -> Iterator[Ledger]:
    shutil.copytree(home, tmp_path / "home")
    ledger = installation(tmp_path / "home")
    yield ledger
    ledger.close()


def test_a_receipt_says_what_was_found_and_of_which_files(ledger: Ledger) -> None:
    record = decided()
    made = receipt_of(ledger, {"report.html": REPORT}, record)
    again = Receipt.from_json(json.loads(made.to_text()))
    assert again == made
    assert set(made.subjects) == {"plan", "data", "report.html"} and made.subjects["data"] == "d" * 64
    assert made.predicate["result"] == "FAILED" and made.predicate["versions"] == {"numpy": "2.4"}
    assert made.predicate["verdicts"][0]["verdict"] == "gap"
    assert len(made.code) == 19 and made.code == receipt_of(ledger, {}, record).code
    found = verified(again, [("report.html", REPORT)])
    assert found.holds and found.strength == "unchanged"
    assert [badge_words(strength) for strength in ("changed", "unchanged", "signed")] == [
        "Does not hold", "Unchanged since", "Sealed: signed by this installation",
    ]  # fmt: skip
    public = ledger.keys.private().public
    assert verified(again, (), public).strength == "signed"
    other = verified(again, (), PrivateKey.generated().public)
    assert other.strength == "changed" and "another key" in other.steps[1].words


def test_files_that_the_audit_came_with_need_no_entry_of_their_own(ledger: Ledger) -> None:
    entry = append_record(ledger, decided(), "b", {"result.json": b"{}"})
    made = receipt(ledger, entry, {"result.json": b"{}"})
    assert made.entry.index == entry.number and made.code == short_code(entry.leaf)
    assert receipt(ledger, entry, {"report.html": REPORT}).entry.index == entry.number + 1
    assert receipt(ledger, entry, {"report.html": REPORT}).entry.index == entry.number + 1, "asked twice, kept once"


def test_one_character_more_or_less_fails(ledger: Ledger) -> None:
    made = receipt_of(ledger, {"report.html": REPORT})
    for place in range(len(REPORT)):
        wrong = bytearray(REPORT)
        wrong[place] ^= 1
        found = verified(made, [("report.html", bytes(wrong))])
        assert (
            found.strength == "changed"
            and found.steps[-1].words == "report.html was changed since the receipt was made."
        )
    assert not verified(made, [("report.html", REPORT + b" ")]).holds
    assert "not among the files" in verified(made, [("other.html", REPORT + b" ")]).steps[-1].words


def test_every_part_of_a_receipt_holds_the_others(ledger: Ledger) -> None:
    made = receipt_of(ledger, {"report.html": REPORT})
    written = made.to_text().encode()
    for place in range(0, len(written), 7):
        wrong = bytearray(written)
        wrong[place] ^= 1 << place % 7
        try:
            found = Receipt.from_json(json.loads(wrong.decode()))
            holds = verified(found, [("report.html", REPORT)]).holds
        except (DataError, ValueError, KeyError, TypeError):
            continue
        assert not holds or (found.statement, found.entry, found.key) == (made.statement, made.entry, made.key), place


def test_a_receipt_of_another_installation_does_not_pass_for_this_one(ledger: Ledger, tmp_path: Path) -> None:
    other = installation(tmp_path / "other")
    mine, forged = receipt_of(ledger, {"r": REPORT}).to_json(), receipt_of(other, {"r": b"forged"}).to_json()
    other.close()
    public = ledger.keys.private().public
    for parts in (["envelope"], ["envelope", "key"], ["envelope", "key", "keys"], ["entry", "checkpoint"], ["key"]):
        mixed = Receipt.from_json({**mine, **{part: forged[part] for part in parts}})
        assert not verified(mixed, (), public).holds, parts


def test_a_time_authority_makes_it_dated(ledger: Ledger, tmp_path: Path) -> None:
    made = receipt_of(ledger, {"report.html": REPORT})
    authority = TimeAuthority(tmp_path / "authority")
    ledger.keep_time(TimeToken(authority.answer(ledger.time_request()), authority.chain))
    dated = Receipt.from_json(json.loads(receipt_of(ledger, {"report.html": REPORT}).to_text()))
    assert verified(dated, [("report.html", REPORT)]).strength == "unchanged", "anybody may make up an authority"
    found = verified(dated, [("report.html", REPORT)], ledger.keys.private().public)
    assert found.strength == "dated" and found.moment is not None
    assert badge_words(found.strength, found.moment).startswith("Existed on ")
    assert "CN=TestTime" in found.steps[-1].words
    assert verified(made).strength == "unchanged"
    stranger = TimeAuthority(tmp_path / "stranger")
    assert dated.time is not None
    forged = {**dated.to_json(), "time": {**dated.to_json()["time"], "authority": stranger.chain}}
    assert not verified(Receipt.from_json(forged)).holds
    foreign = {**dated.to_json(), "time": {**dated.to_json()["time"], "authority": stranger.chain + authority.chain}}
    assert "must be the first" in verified(Receipt.from_json(foreign)).steps[-1].words, "a name that did not sign it"
    moved = {**made.to_json(), "time": dated.to_json()["time"]}
    assert dated.checkpoint == made.checkpoint or not verified(Receipt.from_json(moved)).holds


def test_after_a_new_key_older_receipts_hold(ledger: Ledger) -> None:
    made = receipt_of(ledger, {"report.html": REPORT})
    ledger.renew_key()
    assert verified(made, [("report.html", REPORT)]).holds
    later = receipt_of(ledger, {"report.html": REPORT})
    assert verified(later, [("report.html", REPORT)]).holds and [each.since for each in later.keys][0] == 0
    assert later.key == ledger.keys.private().public and len(later.keys) == 2


@pytest.fixture
def folder(ledger: Ledger, tmp_path: Path) -> Path:
    """A report beside its receipt, as somebody gets them."""
    folder = tmp_path / "got"
    folder.mkdir()
    (folder / "report.html").write_bytes(REPORT)
    (folder / "receipt.json").write_text(receipt_of(ledger, {"report.html": REPORT}).to_text())
    return folder


def by_hand(folder: Path) -> int:
    """The steps that the annex prints, typed as they stand there."""
    done = subprocess.run(["sh", "-c", openssl_steps()], cwd=folder, capture_output=True, text=True)
    assert ("is unchanged" in done.stdout) == (done.returncode == 0), done.stderr
    return done.returncode


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: apt-get install openssl")
def test_openssl_alone_checks_a_receipt(folder: Path) -> None:
    assert by_hand(folder) == 0
    (folder / "report.html").write_bytes(REPORT.replace(b"Gap", b"Gaq"))
    assert by_hand(folder) != 0
    (folder / "report.html").unlink()
    assert by_hand(folder) != 0, "nothing is unchanged where there is nothing"
    (folder / "report.html").write_bytes(REPORT)
    written = (folder / "receipt.json").read_text()
    place = written.index('"payload": "') + 40
    (folder / "receipt.json").write_text(
        written[:place] + ("A" if written[place] != "A" else "B") + written[place + 1 :]
    )
    assert by_hand(folder) != 0


def test_what_is_no_receipt_is_refused() -> None:
    for document in ({}, [], None, {"plumbline_receipt": 2}, {"plumbline_receipt": 1, "envelope": {}}):
        with pytest.raises(DataError, match="receipt"):
            Receipt.from_json(document)
