"""The folder outside the database that holds an installation's key, and the newest checkpoint it saw of each ledger.

Only this user may read it. Who copies an older database back does not bring the checkpoint back with it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core.errors import DataError
from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.keys import PrivateKey, PublicKey
from core.store.ledger.database import LedgerError

_KEY, _PUBLIC, _LOCK = "key.pem", "public.pem", "lock"


class KeyFolder:
    """The keys of one installation. Any thread, and any process, may call it."""

    def __init__(self, path: Path) -> None:
        """Use the folder `path`, which is made when a key is first needed."""
        self.path = path

    def private(self) -> PrivateKey:
        """The key that signs, made where there is none. Raises LedgerError where it cannot be kept or is not secret."""
        with self._in_words():
            file = self.path / _KEY
            if not file.exists():
                with self._locked():
                    if not file.exists():
                        self._keep(PrivateKey.generated())
            if file.stat().st_mode & 0o077:
                raise LedgerError(f"The key {file} can be read by others. Run: chmod 600 {file}")
            try:
                return PrivateKey.from_pem(file.read_bytes())
            except DataError as problem:
                raise LedgerError(f"The key {file} cannot be used. {problem} Put it back from a backup.") from None

    def public(self) -> PublicKey | None:
        """The key that others check with, by the one that signs; None where there is none yet."""
        try:
            return PrivateKey.from_pem((self.path / _KEY).read_bytes()).public
        except (OSError, DataError):
            return None

    def replace(self, after: PrivateKey) -> None:
        """Sign with this key from now on; the one so far is kept beside it under the date. Raises LedgerError."""
        before = self.private()
        with self._in_words(), self._locked():
            aside = self.path / f"key-until-{datetime.now(UTC):%Y%m%dT%H%M%S}-{before.public.hex[:8]}.pem"
            os.link(self.path / _KEY, aside)
            self._keep(after)

    def head(self, ledger: str) -> str | None:
        """The newest signed checkpoint that was seen of the ledger at this address; None where none was."""
        with self._in_words():
            try:
                return self.seen(ledger).read_text(encoding="utf-8")
            except FileNotFoundError:
                return None

    def keep_head(self, ledger: str, note: str) -> None:
        """Remember a checkpoint, unless a newer one is known: two processes may come in either order."""
        with self._in_words(), self._locked():
            with suppress(FileNotFoundError, DataError):
                known = Checkpoint.from_text(self.seen(ledger).read_text(encoding="utf-8"))
                if known.size >= Checkpoint.from_text(note).size:
                    return
            self._replace(self.seen(ledger), note.encode(), 0o600)

    def seen(self, ledger: str) -> Path:
        """The file that remembers the newest checkpoint of the ledger at this address."""
        return self.path / f"seen-{hashlib.sha256(ledger.encode()).hexdigest()[:16]}.note"

    def _keep(self, key: PrivateKey) -> None:
        self._replace(self.path / _PUBLIC, key.public.pem.encode(), 0o644)
        self._replace(self.path / _KEY, key.to_pem(), 0o600)

    def _replace(self, path: Path, content: bytes, mode: int) -> None:
        """Write a file so that a reader sees all of it or what was there before, also after the power failed."""
        part = self.path / f"{path.name}.{secrets.token_hex(4)}.part"
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path / _LOCK, "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for part in self.path.glob("*.part"):  # of a process that was killed
                part.unlink(missing_ok=True)
            yield

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise LedgerError(
                f"The folder of keys {self.path} cannot be used ({problem.strerror}). Choose one that can be written to"
                " with PLUMBLINE_KEYS."
            ) from None
