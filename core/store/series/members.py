"""Which audits of a browser are of one question over time."""

from __future__ import annotations

from collections.abc import Iterable

from core.store.archive import Shelved
from core.store.audits import Audit
from core.store.results import Results


def in_series(entries: Iterable[Shelved], series: str) -> list[Shelved]:
    """Those that ask this question or were begun to, in the order in which they were begun, each once."""
    found = {each.audit.id: each for each in entries if each.series == series}
    return sorted(found.values(), key=lambda each: each.audit.created)


def data_digest(audit: Audit, results: Results) -> str | None:
    """The digest of the table that an audit is about; None where neither the table nor evidence is there."""
    if audit.table is not None:
        return audit.table.digest
    record = results.record(audit.id)
    return None if record is None else record.provenance.data_sha256
