"""An alarm is told by e-mail through the operator's server, to allowed addresses, and no name makes a header."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.plan.parts import MonitorPlan
from core.record.series.alert import Alert
from core.store.alerts.outbox import Delivery, Outbox
from core.store.alerts.settings import AlertError, AlertSettings
from tests.core.store.alerts.test_webhook import ALERT, Clock
from tests.worlds.receivers import Mailbox, mail_server, server_context

pytest.importorskip("aiosmtpd", reason="the mail server of these tests, aiosmtpd, is not installed")
ANNA = "anna@example.org"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server(server_context(tmp_path)) as opened:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        yield opened


def sent(folder: Path, server: str, alert: Alert = ALERT, to: str = ANNA, patience: float = 0) -> Delivery:
    clock = Clock()
    settings = AlertSettings.of(
        {"PLUMBLINE_SMTP": server, "PLUMBLINE_MAIL_FROM": "plumbline@example.org", "PLUMBLINE_MAIL_TO": "@example.org"}
    )
    outbox = Outbox(folder / "outbox", settings, clock.now, clock.pause)
    outbox.put([alert], MonitorPlan(email=(to,)))
    (delivery,) = outbox.send(patience)
    return delivery


def test_an_alarm_is_mailed_once_over_starttls_with_a_login(mailbox: Mailbox, tmp_path: Path) -> None:
    server = f"smtp://me:p%40ss@localhost:{mailbox.port}"
    assert sent(tmp_path, server).problem == ""
    assert Outbox(tmp_path / "outbox", AlertSettings.of({})).send(0) == ()
    ((sender, receivers, content),) = mailbox.letters
    assert (sender, receivers, mailbox.users) == ("plumbline@example.org", [ANNA], ["me"])
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert letter["Subject"] == "Plumbline: alarm for 2026-03, Loans" and letter["To"] == ANNA
    body = letter.get_content()
    assert body.startswith(
        "Since March the gap has grown.\n\nAudit: Loans\nPeriod: 2026-03\nmeasure: disparate_impact\n"
    )
    assert "value: 0.07" in body and "band: none" in body and f"Record (SHA-256): {'d' * 64}" in body


def test_tls_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(server_context(tmp_path), from_the_start=True) as mailbox:
        url = f"smtps://127.0.0.1:{mailbox.port}"
        assert "certificate does not hold" in sent(tmp_path, url).problem
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert sent(tmp_path, url).problem == "" and len(mailbox.letters) == 1


def test_a_server_on_this_machine_needs_no_encryption_and_another_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(None) as mailbox:
        url = f"smtp://127.0.0.1:{mailbox.port}"
        assert sent(tmp_path, url).problem == "" and len(mailbox.letters) == 1
        monkeypatch.setattr("core.store.alerts.settings.Endpoint.is_loopback", False)
        assert "offers no encryption" in sent(tmp_path / "2", url).problem and len(mailbox.letters) == 1


def test_a_server_that_is_busy_is_asked_again_and_a_no_is_not(mailbox: Mailbox, tmp_path: Path) -> None:
    url = f"smtp://localhost:{mailbox.port}"
    mailbox.replies = ["451 busy", "554 s3cret words of a stranger"]
    told = sent(tmp_path, url, patience=30)
    assert told.problem == "The mail server localhost: it answers 554." and mailbox.replies == []
    assert sent(tmp_path, url).problem == "" and len(mailbox.letters) == 1


def test_a_wrong_password_is_told_without_it(mailbox: Mailbox, tmp_path: Path) -> None:
    told = sent(tmp_path, f"smtp://me:wr0ng@localhost:{mailbox.port}")
    assert told.problem == "The mail server localhost: it answers 535." and mailbox.letters == []


def test_no_name_of_a_stranger_makes_a_header_or_a_line(mailbox: Mailbox, tmp_path: Path) -> None:
    bad = "x\r\nBcc: all@example.net\r\n\r\nDear \u202e\x1b[31m"
    alert = replace(ALERT, name=bad, period=bad, sentence=bad, gap={bad: [bad]}, numbers={bad: 1.0})
    assert sent(tmp_path, f"smtp://localhost:{mailbox.port}", alert).problem == ""
    ((_, receivers, content),) = mailbox.letters
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert receivers == [ANNA] and letter["Bcc"] is None and letter["Subject"].startswith("Plumbline: alarm for x Bcc:")
    assert not any(line.startswith(("Bcc", "Dear")) for line in letter.get_content().splitlines())
    assert "\x1b" not in letter.get_content() and "\u202e" not in letter.get_content() + letter["Subject"]


ALLOWED = {"ANNA@example.org": True, "bo@other.example": True, "eve@evil.example": False, "anna@sub.example.org": False}


@pytest.mark.parametrize("address", ALLOWED)
def test_only_those_are_told_whom_the_operator_allows(address: str) -> None:
    settings = AlertSettings.of(
        {
            "PLUMBLINE_SMTP": "smtp://mail.example.org",
            "PLUMBLINE_MAIL_FROM": "p@example.org",
            "PLUMBLINE_MAIL_TO": "@example.org, bo@other.example",
        }
    )
    monitor = MonitorPlan(email=(address,))
    if ALLOWED[address]:
        return settings.check(monitor)
    with pytest.raises(AlertError, match="is not in the setting PLUMBLINE_MAIL_TO"):
        settings.check(monitor)


def test_without_a_server_the_settings_are_named() -> None:
    with pytest.raises(AlertError, match=r"needs the settings PLUMBLINE_SMTP.* and PLUMBLINE_MAIL_FROM"):
        AlertSettings.of({}).check(MonitorPlan(email=(ANNA,)))
