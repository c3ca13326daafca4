"""What the history shows of an audit, kept beside its evidence, from which it was computed once."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from core.errors import PlanError
from core.jobs.replaced_json import replace_json
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.summary import Summary
from core.store.audits import RECORD_FILE

SUMMARY_FILE = "summary.json"


def keep(folder: Path, record: AuditRecord) -> Summary:
    """Judge the evidence that is kept in `folder`, and keep in a line what came out."""
    summary = Summary.of(record)
    replace_json(folder / SUMMARY_FILE, {**summary.to_json(), "of": _origin(folder)}, synced=False)
    return summary


def kept(folder: Path, of_any_code: bool = False) -> Summary | None:
    """What was kept in `folder`; None where nothing was, or of other evidence, or by another version of the code.

    `of_any_code`: also what an earlier version judged, for finding an audit among many; not to be shown as its answer.
    """
    try:
        document = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        origin = _origin(folder)
        same = document["of"][:2] == origin[:2] if of_any_code else document["of"] == origin
        if same and not document.get("series"):  # an older version kept it, and judging it anew takes long
            document |= {"series": _series(folder)}
            replace_json(folder / SUMMARY_FILE, document, synced=False)
        return Summary.from_json(document) if same else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, PlanError):
        return None


def _series(folder: Path) -> str:
    """What the evidence shares with audits of the same question over time."""
    document = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    return Plan.from_toml(document["plan"]).series_sha256


def _origin(folder: Path) -> list[object]:
    """What a summary follows from: the evidence, by its date and size, and the code that judges it."""
    evidence = (folder / RECORD_FILE).stat()
    return [evidence.st_mtime_ns, evidence.st_size, _version()]


@lru_cache(maxsize=1)
def _version() -> str:
    """A digest of the core's source: verdicts may be other ones as soon as any of it changes."""
    core, digest = Path(__file__).parents[2], hashlib.sha256()
    for path in sorted(core.rglob("*.py")):
        digest.update(str(path.relative_to(core)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
