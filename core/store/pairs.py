"""What two models decide about the people of one audit, in its folder: its own, and that of an audit before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.engine import results
from core.engine.pairing import beside
from core.errors import DataError, JobError
from core.jobs.replaced_json import replace_json
from core.plan.plan import Plan
from core.record import AuditRecord, Digests
from core.record.paired import PairedWith
from core.store.audits import RECORD_FILE
from core.store.disk.crash_points import point

FOLDER = "pairs"
_ASKED = "pair.json"


@dataclass(frozen=True, eq=False)
class KeptPair:
    """The audit before, asked again about the people of another, and how both decide about each of them."""

    before: AuditRecord
    paired: PairedWith


class KeptPairs:
    """The pairs in one audit's folder, one for each audit that it was paired with; counts alone."""

    def __init__(self, folder: Path) -> None:
        """Those of the audit that is kept in `folder`."""
        self._folder, self._asked = folder / FOLDER, folder / _ASKED

    def begin(self, job: str, earlier_id: str, earlier: AuditRecord) -> None:
        """Keep with which audit a job pairs this one."""
        model = earlier.provenance.model_sha256
        replace_json(self._asked, {"job": job, "with": earlier_id, "plan": earlier.plan.to_toml(), "model": model})

    def asks(self, job: str | None, earlier_id: str) -> bool:
        """Whether this job pairs the audit with that one."""
        asked = self._read(self._asked)
        return asked is not None and (asked.get("job"), asked.get("with")) == (job, earlier_id)

    def forget(self, earlier_id: str) -> None:
        """Keep nothing of an audit that this one was paired with, or is about to be."""
        try:
            asked = self._read(self._asked)
            is_of_it = asked is not None and asked.get("with") in (earlier_id, None)
        except DataError:
            is_of_it = True  # of whom it is cannot be told, and it serves nobody
        if is_of_it:
            self._asked.unlink(missing_ok=True)
        kept = self._folder / f"{earlier_id}.json"
        if kept.exists():
            kept.unlink()
            point("pair: forgotten")

    def take_over(self, job: str, out: Path, rows: int) -> None:
        """Keep what the job left in `out`, where it is about the decisions of the audit's record. Raises JobError."""
        asked, document = self._read(self._asked), self._read(self._folder.with_name(RECORD_FILE))
        if asked is None or asked["job"] != job or document is None:
            raise JobError("The comparison was broken off. Ask both models again.")
        record = AuditRecord.from_json(dict(document))
        ran = record.provenance
        digests = Digests(ran.data_sha256, ran.model_sha256, ran.images_sha256)
        earlier = Plan.from_toml(asked["plan"])
        question = beside(record.plan, earlier)
        before, after = results.read_pair(out, record.plan, question, rows, digests, asked["model"])
        if after.paired is None or after.decided_sha256 != record.decided_sha256:
            raise JobError("The second model decides otherwise than in its audit. Run that audit again, then compare.")
        # Notes may quote a row, and what is kept here outlives the rows.
        kept = {"of": record.decided_sha256, "before": replace(before, notes=()).to_json()}
        self._folder.mkdir(mode=0o700, exist_ok=True)
        replace_json(self._folder / f"{asked['with']}.json", {**kept, "paired": after.paired.to_json()})
        point("pair: here")

    def kept(self, earlier_id: str, record: AuditRecord) -> KeptPair | None:
        """How both decide, where an audit was paired with this record; None where not, or the record has changed."""
        found = self._read(self._folder / f"{earlier_id}.json")
        if found is None or found["of"] != record.decided_sha256:
            return None
        try:
            paired = PairedWith.from_json(found["paired"], record.counts)
            return KeptPair(AuditRecord.from_json(found["before"]), paired)
        except (KeyError, TypeError, ValueError, IndexError):
            raise _damaged(f"{earlier_id}.json") from None

    def _read(self, path: Path) -> Mapping[str, Any] | None:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise _damaged(path.name) from None
        if not isinstance(document, dict) or not {"of", "job", "plumbline"} & set(document):
            raise _damaged(path.name)
        return document


def _damaged(name: str) -> DataError:
    return DataError(f"What is kept of a comparison is damaged: its file {name} cannot be read. Ask both models again.")
