"""The registers that people write beside an audit, in its folder: they stay with the record when the rows go."""

from __future__ import annotations

import threading

from core.jobs.replaced_json import replace_json
from core.record.registers import REGISTERS_FILE, Registers
from core.store.audits import Audits

_NONE = Registers()


class KeptRegisters:
    """The registers of each audit. Any thread may call it."""

    def __init__(self, audits: Audits, lock: threading.RLock) -> None:
        """Of these audits, under the lock that everything in their folders is written under."""
        self._audits, self._lock = audits, lock

    def of(self, audit_id: str) -> Registers:
        """What was written down last; empty registers where nothing was. DataError where the file is damaged."""
        return self._audits.parsed(audit_id, REGISTERS_FILE, Registers.from_json) or _NONE

    def keep(self, audit_id: str, registers: Registers) -> None:
        """Keep the registers in place of those before. Raises DataError where there is no such audit any more."""
        with self._lock:
            self._audits.get(audit_id)
            replace_json(self._audits.folder(audit_id) / REGISTERS_FILE, registers.to_json())
