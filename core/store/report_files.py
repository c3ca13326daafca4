"""What is kept of an audit's report: its logo, opened in a job as every upload is, and that one was taken away."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import DataError, JobError
from core.jobs.supervisor import Supervisor
from core.jobs.untrusted import checked_bytes
from core.store.audits import Audits

# A logo stays for the next run; what was taken away was a report of the last one.
LOGO_FILE, TAKEN_FILE = "logo.png", "report.taken"
_MOST_PUT, _MOST_KEPT = 1_000_001, 1 << 20
_SECONDS = 120.0
_PNG = b"\x89PNG\r\n\x1a\n"


def made_logo(out: Path) -> bytes:
    """The PNG that a logo job left in its `out`. Raises PlumblineError where that is anything else."""
    content = checked_bytes(out / LOGO_FILE, _MOST_KEPT)
    if not content.startswith(_PNG):
        raise DataError("The logo could not be read. Try another picture.")
    return content


class ReportFiles:
    """The files of audits' reports. Any thread may call it."""

    def __init__(self, audits: Audits, supervisor: Supervisor) -> None:
        """Of these audits."""
        self._audits, self._jobs = audits, supervisor

    def put_logo(self, audit_id: str, source: BinaryIO) -> None:
        """Keep a picture as the audit's logo. Raises DataError where it is no PNG or JPEG, or too large."""
        audit, folder = self._audits.get(audit_id), self._audits.folder(audit_id)
        part = folder / f"{secrets.token_hex(8)}.part"
        try:
            part.write_bytes(source.read(_MOST_PUT))
            job = self._jobs.submit("logo", {}, {"logo": part}, audit.owner)
            try:
                content = self._made(job)
            finally:
                self._jobs.delete(job)
            part.write_bytes(content)
            os.replace(part, folder / LOGO_FILE)
        except OSError as problem:
            raise DataError(f"The logo cannot be kept ({problem.strerror}). Free some space and try again.") from None
        finally:
            part.unlink(missing_ok=True)

    def logo(self, audit_id: str) -> bytes | None:
        """The logo as a PNG; None where there is none."""
        try:
            return self._logo(audit_id).read_bytes()
        except OSError:
            return None

    def drop_logo(self, audit_id: str) -> None:
        """Have no logo any more."""
        self._logo(audit_id).unlink(missing_ok=True)

    def take(self, audit_id: str) -> None:
        """Note that a report is taken away."""
        with suppress(OSError):  # a full disk keeps nobody from a report
            (self._audits.folder(audit_id) / TAKEN_FILE).touch()

    def is_taken(self, audit_id: str) -> bool:
        """Whether a report of the last run was taken away."""
        return (self._audits.folder(audit_id) / TAKEN_FILE).is_file()

    def _made(self, job: str) -> bytes:
        """What the job wrote."""
        status = self._jobs.wait(job, _SECONDS)
        if not status.ended:
            raise JobError("The logo waits behind other work. Try again in a minute.")
        if status.state != "done":
            raise (status.error or JobError)(status.message or "The logo could not be read. Try another picture.")
        return made_logo(self._jobs.output(job))

    def _logo(self, audit_id: str) -> Path:
        return self._audits.folder(audit_id) / LOGO_FILE
