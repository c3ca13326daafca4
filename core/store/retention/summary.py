"""What the history shows of an audit, computed once from its evidence and kept beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from core.jobs.replaced_json import replace_json
from core.metrics.findings.ordering import headlines
from core.metrics.words import VERDICT_WORDS, rows_word
from core.record import AuditRecord
from core.store.audits import RECORD_FILE

SUMMARY_FILE = "summary.json"


@dataclass(frozen=True)
class Summary:
    """One audit in a line: the plan's name, how many people it counted and what they are called, its worst verdict.

    `verdict` is that of the headline measure; None where nothing was judged. `question` is the digest of what was
    asked: audits over time share it.
    """

    name: str
    people: int
    rows: str
    verdict: str | None
    question: str = ""

    @classmethod
    def of(cls, record: AuditRecord) -> Summary:
        """That of this evidence, judged now."""
        found = headlines(record.judgement(), record.plan)
        plan, verdict = record.plan, found[0].verdict if found else None
        return cls(plan.name, record.counts.people, rows_word(plan), verdict, plan.question_sha256)


def keep(folder: Path, record: AuditRecord) -> Summary:
    """Judge the evidence that is kept in `folder`, and keep in a line what came out."""
    summary = Summary.of(record)
    replace_json(folder / SUMMARY_FILE, {**asdict(summary), "of": _origin(folder)}, synced=False)
    return summary


def kept(folder: Path, of_any_code: bool = False) -> Summary | None:
    """What was kept in `folder`; None where nothing was, or of other evidence, or by another version of the code.

    `of_any_code`: also what an earlier version judged, for finding an audit among many; not to be shown as its answer.
    """
    try:
        document = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        origin = _origin(folder)
        same = document["of"][:2] == origin[:2] if of_any_code else document["of"] == origin
        if not same or document["verdict"] not in (None, *VERDICT_WORDS):
            return None
        name, rows, question = (str(document.get(key, "")) for key in ("name", "rows", "question"))
        return Summary(name, int(document["people"]), rows, document["verdict"], question)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


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
