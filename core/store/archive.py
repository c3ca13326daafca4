"""Audits as an archive: what somebody writes beside them, how they are found, and records brought in from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import DataError, PlumblineError
from core.record.reading import read_record
from core.record.summary import NO_VERDICT, Summary
from core.store.audits import RECORD_FILE, Audit, Audits, blank_audit
from core.store.blobs import shown_name
from core.store.results import Results
from core.store.retention import summary

MOST_BROUGHT_BYTES = 32 << 20
MOST_NOTES, MOST_TAGS, MOST_TAG_LETTERS = 4_000, 12, 40

Order = Literal["newest", "oldest", "name", "people", "answer"]
ORDERS: dict[Order, str] = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "name": "By name",
    "people": "Most people first",
    "answer": "Gaps first",
}


@dataclass(frozen=True)
class Shelved:
    """An audit on its shelf: how it stands, what came out, and what it is called.

    `summary` may be of an earlier version's judgement, so its verdict serves to find the audit; it is None while there
    is no result. `damaged` says why what is kept cannot be read, where it cannot.
    """

    audit: Audit
    summary: Summary | None
    damaged: str | None = None

    @property
    def name(self) -> str:
        """What it is called: by somebody, by its question, or after its file; empty where nothing says."""
        named = self.audit.called or (None if self.summary is None else self.summary.name)
        return named or (self.audit.table.name if self.audit.table else self.audit.brought or "")

    @property
    def series(self) -> str | None:
        """What it shares with audits of one question over time; None where it has no result and was begun alone."""
        return (None if self.summary is None else self.summary.series) or self.audit.series

    def says(self, words: str) -> bool:
        """Whether it says each of these words somewhere, whatever their case."""
        audit = self.audit
        files = [upload.name for upload in audit.uploads]
        told = (
            self.name,
            audit.notes,
            audit.brought,
            audit.sample,
            *audit.tags,
            *files,
            None if self.summary is None else self.summary.verdict_words,
        )
        everything = " ".join(filter(None, told)).casefold()
        return all(word in everything for word in words.casefold().split())


class AuditArchive:
    """Finds, describes and brings in audits. Any thread may call it."""

    def __init__(self, audits: Audits, results: Results) -> None:
        """Of these audits."""
        self._audits, self._results = audits, results

    def listed(self, owner: str) -> list[Shelved]:
        """What a browser's history lists, newest first."""
        return [self.entry(audit) for audit in self._audits.owned_by(owner) if audit.is_listed]

    def describe(self, audit_id: str, notes: str | None = None, tags: tuple[str, ...] | None = None) -> Audit:
        """Keep what somebody writes beside an audit; what is None stays as it is.

        Tags are words between commas, each once whatever its case; too many or too long ones are cut.
        """
        with self._results.lock:
            audit = self._audits.get(audit_id)
            if notes is not None:
                audit = replace(audit, notes=notes.strip()[:MOST_NOTES] or None)
            if tags is not None:
                audit = replace(audit, tags=tidy(tags))
            return self._audits.save(audit)

    def bring_in(self, content: bytes, name: str, owner: str | None = None) -> Audit:
        """A new audit whose evidence is a record of this or of another installation: to be read and compared, no rows.

        Raises DataError where it is no record, or one that nothing can be judged by.
        """
        called = shown_name(name)
        if len(content) > MOST_BROUGHT_BYTES:
            raise DataError(
                f"{called} is larger than {MOST_BROUGHT_BYTES >> 20} MB. Bring in the record.json of one audit."
            )
        record = read_record(content, called)
        audit = replace(blank_audit(owner), brought=called, plan=record.plan.to_toml(), asked=record.plan.to_toml())
        self._audits.begin(audit, written={RECORD_FILE: record.to_json()})
        with suppress(OSError), self._results.lock:  # it is judged again where it could not be kept
            summary.keep(self._audits.folder(audit.id), record)
        return audit

    def entry(self, audit: Audit) -> Shelved:
        """One audit as a history lists it."""
        glance = None if audit.job is not None else summary.kept(self._audits.folder(audit.id), of_any_code=True)
        try:
            return Shelved(audit, glance or self._results.summary(audit.id))
        except PlumblineError as error:
            return Shelved(audit, None, error.message)


def tidy(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags as they are kept: trimmed, none twice whatever its case, not too long and not too many."""
    seen: dict[str, str] = {}
    for part in ",".join(tags).split(","):
        tag = " ".join(part.split())[:MOST_TAG_LETTERS]
        if tag:
            seen.setdefault(tag.casefold(), tag)
    return tuple(seen.values())[:MOST_TAGS]


def found(entries: list[Shelved], words: str, tags: tuple[str, ...] = ()) -> list[Shelved]:
    """Those that say all the words and bear all the tags."""
    wanted = {tag.casefold() for tag in tags}
    return [each for each in entries if wanted <= {tag.casefold() for tag in each.audit.tags} and each.says(words)]


def in_order(entries: list[Shelved], order: Order) -> list[Shelved]:
    """The entries in an order; those that are equal by it newest first."""
    newest = sorted(entries, key=lambda each: each.audit.created, reverse=True)
    keys: dict[Order, Callable[[Shelved], object]] = {
        "newest": lambda each: 0,
        "oldest": lambda each: 0,
        "name": lambda each: each.name.casefold(),
        "people": lambda each: 0 if each.summary is None else -each.summary.people,
        "answer": lambda each: NO_VERDICT if each.summary is None else each.summary.urgency,
    }
    ordered = sorted(newest, key=keys[order])  # type: ignore[arg-type]
    return ordered[::-1] if order == "oldest" else ordered


def projects(entries: list[Shelved]) -> list[list[Shelved]]:
    """The entries, those of one project together: an audit, those of its fixes, its copies, and of the same question.

    Projects stand in the order of their first entry, and the entries of each in the order that they came in.
    """
    by_id = {each.audit.id: each for each in entries}
    roots: dict[str, str] = {}
    asked: dict[str, str] = {}
    for each in sorted(entries, key=lambda each: each.audit.created):
        made_from = next((one for one in (each.audit.original, each.audit.copy_of) if one in by_id), None)
        root = roots.get(str(made_from), each.audit.id)
        question = each.series
        if question:
            root = asked.setdefault(question, root) if made_from is None else root
            asked.setdefault(question, root)
        roots[each.audit.id] = root
    families: dict[str, list[Shelved]] = {}
    for each in entries:
        families.setdefault(roots[each.audit.id], []).append(each)
    return list(families.values())


def first_of(project: list[Shelved]) -> Shelved:
    """The audit of a project that the others were made from, or that was begun first."""
    return min(project, key=lambda each: each.audit.created)


def users(entries: Iterable[Shelved]) -> dict[str, dict[str, str]]:
    """Which audits use a file: their names by their ids, by the digest of each upload."""
    found: dict[str, dict[str, str]] = {}
    for each in entries:
        for upload in each.audit.uploads:
            found.setdefault(upload.digest, {})[each.audit.id] = each.name
    return found
