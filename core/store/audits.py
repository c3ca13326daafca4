"""What is known of each audit, as files in a folder of its own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from core.errors import DataError
from core.jobs.replaced_json import replace_json
from core.jobs.untrusted import erase
from core.store.audit import Audit as Audit
from core.store.audit import UnreadableAudit as UnreadableAudit
from core.store.audit import blank_audit as blank_audit
from core.store.disk.crash_points import point

T = TypeVar("T")
MOST_REMEMBERED = 64
AUDIT_ID = re.compile(r"[0-9a-f]{32}")
STATE_FILE = "state.json"
# What the jobs of an audit left: its evidence, and what a look at the model found; and where the ledger has the first.
RECORD_FILE, FACTS_FILE, ENTRY_FILE = "record.json", "model.json", "entry.json"
_OWNER_FILE = "owner"
# What begins the name of a folder that is no audit yet, or no more.
_BEGUN, _DELETED = "begun-", "deleted-"


class Audits:
    """The audits under one folder, each a folder of its own. Any thread may call it."""

    def __init__(self, root: Path) -> None:
        """Use `root`/audits, made if missing."""
        self._root = root / "audits"
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Pages are drawn anew at every click, and most of what they read has not changed since.
        self._read = lru_cache(maxsize=MOST_REMEMBERED)(_read)

    def new(self, owner: str | None = None) -> Audit:
        """An audit with nothing in it yet, begun by the browser with this random id."""
        return self.begin(blank_audit(owner))

    def get(self, audit_id: str) -> Audit:
        """The audit with this id. Raises DataError where there is none, UnreadableAudit where it cannot be read."""
        try:
            text = (self.folder(audit_id) / STATE_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DataError(
                "There is no audit at this address, or it was deleted. Start a new one on the Data page."
            ) from None
        except (OSError, ValueError):
            raise UnreadableAudit from None
        try:
            audit = Audit.from_json(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise UnreadableAudit from None
        if audit.id != audit_id:
            raise UnreadableAudit
        return audit

    def owned_by(self, owner: str) -> list[Audit]:
        """The audits that a browser began and that can be read, newest first."""
        return sorted((a for a in self.all() if a.owner == owner), key=lambda a: a.created, reverse=True)

    def unreadable(self, owner: str, or_nobodys: bool = False) -> list[str]:
        """The ids of a browser's audits that cannot be read; with `or_nobodys` also of those that do not say whose."""
        found = {audit_id: self._owner(audit_id) for audit_id in self._ids_unreadable()}
        return sorted(audit_id for audit_id, whose in found.items() if whose == owner or (or_nobodys and whose is None))

    # ------------------------------------------------------------ for the rest of the store

    def begin(
        self, audit: Audit, files: Iterable[tuple[Path, str]] = (), written: Mapping[str, object] | None = None
    ) -> Audit:
        """Keep a new audit, with links to files under the names that they have in it: all of it or nothing.

        `written` are JSON values by the names of the files that they are to stand in.
        """
        try:
            return self._begun(audit, files, written or {})
        except OSError as problem:
            with suppress(OSError):
                erase(self._root / f"{_BEGUN}{audit.id}")
            raise DataError(
                f"A new audit cannot be kept ({problem.strerror}). Free some space on the disk and try again."
            ) from problem

    def _begun(self, audit: Audit, files: Iterable[tuple[Path, str]], written: Mapping[str, object]) -> Audit:
        begun = self._root / f"{_BEGUN}{audit.id}"
        begun.mkdir(mode=0o700)
        if audit.owner is not None:  # in a file of its own, which nobody writes again
            (begun / _OWNER_FILE).write_text(audit.owner, encoding="utf-8")
        for path, name in files:
            os.link(path, begun / name)
        for name, value in written.items():
            replace_json(begun / name, value)
        replace_json(begun / STATE_FILE, audit.to_json())
        point("new: written")
        os.rename(begun, self._root / audit.id)
        return audit

    def save(self, audit: Audit) -> Audit:
        """Keep the audit as it now stands."""
        replace_json(self._root / audit.id / STATE_FILE, audit.to_json())
        return audit

    def finish(self, audit: Audit) -> Audit:
        """Remove what an audit forgets: what stands there belongs to an earlier question."""
        if not audit.forgets:
            return audit
        for name in audit.forgets:
            point(f"forget: before {name}")
            with suppress(FileNotFoundError):
                erase(self.folder(audit.id) / name)
        return self.save(replace(audit, forgets=()))

    def remove(self, audit_id: str) -> None:
        """Remove an audit's folder: at once for everybody who looks, then what was in it."""
        deleted = self._root / f"{_DELETED}{audit_id}"
        os.rename(self.folder(audit_id), deleted)
        point("delete: out of sight")
        erase(deleted)
        self.forget_what_was_read()

    def clear(self) -> None:
        """Remove what an app that was killed left half made or half removed. Only while nobody else is at work."""
        for path in list(self._root.iterdir()):
            if not AUDIT_ID.fullmatch(path.name) or not (path / STATE_FILE).exists():
                erase(path)
                continue
            for part in path.rglob("*.part"):
                if part.is_file():
                    part.unlink()

    def ids(self) -> list[str]:
        """Those of all audits, readable or not."""
        return [path.parent.name for path in self._root.glob(f"*/{STATE_FILE}") if AUDIT_ID.fullmatch(path.parent.name)]

    def all(self) -> list[Audit]:
        """Those that can be read."""
        found = []
        for audit_id in self.ids():
            with suppress(DataError):  # another person may delete theirs at this moment, or it cannot be read
                found.append(self.get(audit_id))
        return found

    def uploads_named(self, but: str | None = None) -> set[str]:
        """The digests of the uploads that some audit names, another one than `but`."""
        listed = {upload.digest for audit in self.all() if audit.id != but for upload in audit.uploads}
        return listed.union(*(self.hexadecimal(each, 64) for each in self._ids_unreadable() if each != but))

    def jobs_named(self) -> set[str]:
        """The jobs that some audit names."""
        listed = {audit.job for audit in self.all() if audit.job is not None}
        return listed.union(*(self.hexadecimal(audit_id, 32) for audit_id in self._ids_unreadable()))

    def _ids_unreadable(self) -> list[str]:
        return [audit_id for audit_id in self.ids() if not self._is_readable(audit_id)]

    def _is_readable(self, audit_id: str) -> bool:
        try:
            self.get(audit_id)
        except UnreadableAudit:
            return False
        except DataError:
            pass  # it was deleted just now
        return True

    def _owner(self, audit_id: str) -> str | None:
        try:
            return (self.folder(audit_id) / _OWNER_FILE).read_text(encoding="utf-8").strip() or None
        except (OSError, ValueError):
            return None

    def hexadecimal(self, audit_id: str, digits: int) -> set[str]:
        """What reads like digests or ids of so many digits in an audit's own files: all that an unreadable one says."""
        number = re.compile(rb"(?<![0-9a-f])[0-9a-f]{%d}(?![0-9a-f])" % digits)
        found: set[bytes] = set()
        for path in self.folder(audit_id).glob("*.json"):
            with suppress(OSError):
                found.update(number.findall(path.read_bytes()))
        return {each.decode() for each in found}

    def folder(self, audit_id: str) -> Path:
        """Where its files are. Raises DataError where this is no id."""
        if not AUDIT_ID.fullmatch(audit_id):
            raise DataError("This is not the address of an audit. Start a new one on the Data page.")
        return self._root / audit_id

    def parsed(self, audit_id: str, name: str, parse: Callable[[Any], T]) -> T | None:
        """What stands in a JSON file of the audit; None where there is none. DataError where it is damaged.

        A file that did not change since is not parsed again: `parse` gives a value that nobody changes.
        """
        path = self.folder(audit_id) / name
        try:
            state = path.stat()
            found: T = self._read(path, (state.st_ino, state.st_mtime_ns, state.st_size), parse)
            return found
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise DataError(
                f"What is kept of this audit is damaged: its file {name} cannot be read. Run it again, or delete it."
            ) from None

    def result_mark(self, audit_id: str) -> str:
        """What changes when the audit's evidence does; empty where there is none."""
        try:
            state = (self.folder(audit_id) / RECORD_FILE).stat()
        except OSError:
            return ""
        return f"{state.st_ino} {state.st_mtime_ns} {state.st_size}"

    def forget_what_was_read(self) -> None:
        """Let nothing stay in memory of what was deleted on disk."""
        self._read.cache_clear()


def _read(path: Path, state: tuple[int, ...], parse: Callable[[Any], Any]) -> Any:
    """What stands in a JSON file; `state` tells apart the files that had this path one after another."""
    return parse(json.loads(path.read_text(encoding="utf-8")))
