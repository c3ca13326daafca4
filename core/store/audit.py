"""One audit as it stands, as its state file holds it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from core.errors import DataError
from core.store.blobs import Upload
from core.store.table_parts import StoredPart

_UPLOADS = ("table", "model", "images", "second")
_LISTED = ("forgets", "tags", "passed_over")
WAITING = "waiting"


class UnreadableAudit(DataError):
    """What is kept of an audit is damaged, or a newer Plumbline wrote it."""

    def __init__(self) -> None:
        super().__init__(
            "What is kept of this audit cannot be read: its file state.json is damaged, or a newer Plumbline wrote it."
            " Open it with that one, or delete it on the History page."
        )


@dataclass(frozen=True)
class Audit:
    """One audit as it stands: the files put in, the jobs that work on it, and the question last asked.

    `owner` is the random id of the browser that began it; `plan` is TOML text, as it stands on the page; `asked` is the
    plan that the last audit was run with; `job` is the job whose result was not taken over yet, and `stage` what it is
    for: "profile", "second" (a look at the second table), "inspect", "audit", "mitigate", "explain",
    "explain_person" or "pair"; of an audit that has none yet it is `WAITING` while others of its drop are asked first;
    `problem` says why its result was refused. `created` is UTC, ISO 8601. `parts` are the files of a
    table in several, whose digest is then that of all of them (`core.data.table_files.part`), and `passed_over` the
    names of those in its folder that were not taken. `second` is the table that fixes are judged on. `model_format` is
    the row of `core.models.FORMATS` that a job opened the model as, None while none did. `parent` is the digest of the
    record whose fix this audits, `original` that audit's id, and `fix` what is told of the two as a pair
    (`core.report.pair`), as JSON text.
    `forgets` names what is about to be removed from its folder, since it belongs to an earlier question; `called` is
    the name that somebody gave it, if any, `notes` and `tags` what somebody wrote beside it; `copy_of` is the id of the
    audit that it was begun from as a duplicate, `brought` the name of the file that its record was brought in as.
    `series` is the digest that audits of one question over time share, where it was begun as one of them; `batch` tells
    the drop that it came in, `period` is what somebody says its table is about: "2026-03", "2026-Q1" or other words.
    `unknown` is what a newer Plumbline wrote beside all this.
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
    fix: str | None = None
    model_format: str | None = None
    forgets: tuple[str, ...] = ()
    called: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    copy_of: str | None = None
    brought: str | None = None
    series: str | None = None
    batch: str | None = None
    period: str | None = None
    parts: tuple[StoredPart, ...] = ()
    passed_over: tuple[str, ...] = ()
    unknown: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_listed(self) -> bool:
        """Whether a history lists it: somebody put a table into it, or brought in its record."""
        return self.table is not None or self.brought is not None

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The files put in."""
        given = (*(self.parts or (self.table,)), self.model, self.images, self.second)
        return tuple(upload for upload in given if upload is not None)

    def to_json(self) -> dict[str, Any]:
        """The audit as plain JSON values."""
        document = asdict(self)
        unknown = document.pop("unknown")
        for name in _UPLOADS:
            more, upload = unknown.pop(name, {}), document[name]
            if upload is not None and more.get("digest") == upload["digest"]:
                document[name] = {**more, **upload}
        return {**unknown, **document}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Audit:
        """The audit from `to_json`'s values. Raises TypeError, KeyError, ValueError where they are not those of one."""
        names = {each.name for each in fields(cls)} - {"unknown"}
        known: dict[str, Any] = {name: document[name] for name in names if name in document}  # older ones lack some
        given: dict[str, Any] = {name: _upload(known.pop(name, None)) for name in _UPLOADS}
        uploads = {name: document[name] for name in _UPLOADS if given[name] is not None}
        listed: dict[str, Any] = {name: tuple(map(str, known.pop(name, ()))) for name in _LISTED}
        parts = tuple(map(StoredPart.from_json, known.pop("parts", ())))
        if not all(isinstance(value, str | None) for value in known.values()):
            raise TypeError("it holds what is no text")
        datetime.fromisoformat(known["created"])
        unknown = {name: value for name, value in document.items() if name not in names}
        return cls(**known, **given, **listed, parts=parts, unknown={**unknown, **uploads})


def _upload(document: dict[str, Any] | None) -> Upload | None:
    if document is None:
        return None
    return Upload(str(document["digest"]), str(document["name"]), int(document["size"]))


def blank_audit(owner: str | None) -> Audit:
    """An audit that is begun now, by this browser, with nothing in it."""
    return Audit(secrets.token_hex(16), datetime.now(UTC).isoformat(timespec="microseconds"), owner)
