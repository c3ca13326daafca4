"""One e-mail through the operator's server, over TLS unless that is this machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from core.record.series.alert import Alert, one_line
from core.store.alerts.settings import Endpoint
from core.store.alerts.webhook import NotDelivered

SECONDS = 15.0


def send_mail(server: Endpoint, sender: str, receiver: str, alert: Alert, key: str, now: datetime) -> None:
    """Tell one address. Raises NotDelivered in words that hold nothing of the server's answer but its number."""
    mail = letter(sender, receiver, alert, key, now)
    try:
        with _connected(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(mail, sender, [receiver])
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(_said(server, f"it answers {error.smtp_code}"), soon=400 <= error.smtp_code < 500) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted(code for code, _ in error.recipients.values())
        raise NotDelivered(_said(server, f"it refuses the address, {codes[0]}"), soon=codes[0] < 500) from None
    except smtplib.SMTPNotSupportedError:
        raise NotDelivered(
            _said(server, "it offers no encryption or no login; use smtps:// or another port"), soon=False
        ) from None
    except ssl.SSLCertVerificationError:
        raise NotDelivered(_said(server, "its certificate does not hold"), soon=False) from None
    except (smtplib.SMTPException, OSError):
        raise NotDelivered(_said(server, "it could not be reached"), soon=True) from None


def letter(sender: str, receiver: str, alert: Alert, key: str, now: datetime) -> EmailMessage:
    """The e-mail. Names of strangers stand in it as one line of plain text, in the subject too."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, receiver
    mail["Subject"] = one_line(f"Plumbline: alarm for {alert.period}, {alert.name}")
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{key[:40]}@plumbline.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = [one_line(alert.sentence, 1_000), "", f"Audit: {one_line(alert.name)}", f"Period: {one_line(alert.period)}"]
    lines += [f"{one_line(name)}: {_written(value)}" for name, value in (*alert.gap.items(), *alert.numbers.items())]
    lines += ["", *([f"Record (SHA-256): {alert.record}"] if alert.record else []), f"This alarm: {alert.key}"]
    mail.set_content("\n".join(lines) + "\n", cte="base64")
    return mail


def _written(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        value = [f"{name} {each}" for name, each in value.items()]
    return one_line(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _connected(server: Endpoint) -> smtplib.SMTP:
    context = ssl.create_default_context()
    own = "[127.0.0.1]"  # no name of this machine leaves it
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(server.host, server.port, own, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(server.host, server.port, own, timeout=SECONDS)
    try:
        smtp.ehlo()
        if not server.is_loopback or smtp.has_extn("starttls"):
            smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _said(server: Endpoint, what: str) -> str:
    return f"The mail server {server.host}: {what}."
