"""What is known of each audit, as files in a folder of its own."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import DataError
from core.progress import replace_json
from core.store import Upload

AUDIT_ID = re.compile(r"[0-9a-f]{32}")
_STATE = "state.json"


@dataclass(frozen=True)
class Audit:
    """One audit as it stands: the files put in, the jobs that work on it, and the question last asked.

    `owner` is the random id of the browser that began it; `plan` is TOML text, as it stands on the page; `asked` is the
    plan that the last audit was run with; `job` is the job whose result was not taken over yet, and `stage` what it is
    for: "profile", "second" (a look at the second table), "inspect", "audit", "mitigate", "explain" or
    "explain_person"; `problem` says why its result was refused. `created` is UTC, ISO 8601. `second` is the table that
    fixes are judged on. `parent` is the digest of the record whose fix this audits, `original` that audit's id.
    """

    id: str
    created: str
    owner: str | None = None
    sample: str | None = None
    table: Upload | None = None
    model: Upload | None = None
    images: Upload | None = None
    plan: str | None = None
    asked: str | None = None
    job: str | None = None
    stage: str | None = None
    problem: str | None = None
    parent: str | None = None
    second: Upload | None = None
    original: str | None = None

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The files put in."""
        return tuple(upload for upload in (self.table, self.model, self.images, self.second) if upload is not None)


class KeptAudits:
    """The audits under one folder."""

    def __init__(self, root: Path) -> None:
        """Use `root`/audits, made if missing."""
        self._audits = root / "audits"
        self._audits.mkdir(mode=0o700, parents=True, exist_ok=True)

    def new(self, owner: str | None = None) -> Audit:
        """An audit with nothing in it yet, begun by the browser with this random id."""
        audit = Audit(secrets.token_hex(16), datetime.now(UTC).isoformat(timespec="microseconds"), owner)
        (self._audits / audit.id).mkdir(mode=0o700)
        return self._save(audit)

    def get(self, audit_id: str) -> Audit:
        """The audit with this id. Raises DataError where there is none."""
        try:
            document = json.loads((self._folder(audit_id) / _STATE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(
                "There is no audit at this address, or it was deleted. Start a new one on the Data page."
            ) from None
        found = {key: document.get(key) for key in ("table", "model", "images", "second")}  # older states lack some
        uploads = {key: None if upload is None else Upload(**upload) for key, upload in found.items()}
        return Audit(**{**document, **uploads})

    def owned_by(self, owner: str) -> list[Audit]:
        """The audits that a browser began, newest first."""
        return sorted((a for a in self._all() if a.owner == owner), key=lambda a: a.created, reverse=True)

    def _save(self, audit: Audit) -> Audit:
        replace_json(self._audits / audit.id / _STATE, asdict(audit))
        return audit

    def _all(self) -> list[Audit]:
        found = []
        for path in self._audits.glob(f"*/{_STATE}"):
            with suppress(DataError):  # another person may delete theirs at this moment
                found.append(self.get(path.parent.name))
        return found

    def _folder(self, audit_id: str) -> Path:
        if not AUDIT_ID.fullmatch(audit_id):
            raise DataError("This is not the address of an audit. Start a new one on the Data page.")
        return self._audits / audit_id

    def _read(self, audit_id: str, name: str) -> Any:
        path = self._folder(audit_id) / name
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def _forget(self, audit_id: str, *names: str) -> None:
        for name in names:
            (self._folder(audit_id) / name).unlink(missing_ok=True)
