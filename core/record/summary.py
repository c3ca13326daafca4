"""One audit in a line, as a list of many shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.metrics.findings.group_pairs import headline_measure, pairs
from core.metrics.findings.leading import leading
from core.metrics.findings.ordering import headlines
from core.metrics.findings.title import title_of
from core.metrics.gaps import GAPS
from core.metrics.reference import By
from core.metrics.verdicts import Judgement
from core.metrics.words import VERDICT_WORDS, rows_word
from core.plan.plan import Plan
from core.record import AuditRecord

NO_VERDICT = len(VERDICT_WORDS)  # where an audit stands among answers while it has none


@dataclass(frozen=True)
class Summary:
    """One audit in a line: the plan's name, how many people it counted and what they are called, its worst verdict.

    `verdict` is that of the headline measure; None where nothing was judged. `finding` says in a sentence who fares
    worse than whom, empty where an earlier version kept none. `question` is the digest of what was
    asked, `series` the one that audits over time share, whomever groups are compared with.
    """

    name: str
    people: int
    rows: str
    verdict: str | None
    question: str = ""
    series: str = ""
    finding: str = ""

    @property
    def verdict_words(self) -> str | None:
        """Its verdict as pages write it; None where nothing was judged."""
        return None if self.verdict is None else VERDICT_WORDS[self.verdict]

    @property
    def urgency(self) -> int:
        """Its place among answers, a gap first."""
        return NO_VERDICT if self.verdict is None else list(VERDICT_WORDS).index(self.verdict)

    @classmethod
    def of(cls, record: AuditRecord) -> Summary:
        """That of this evidence, judged now."""
        judgement, plan = record.judgement(), record.plan
        found = headlines(judgement, plan)
        verdict = found[0].verdict if found else None
        said = _sentence(judgement, plan, judgement.gaps[found[0].gap].by) if found else ""
        asked = plan.question_sha256, plan.series_sha256
        return cls(plan.name, record.counts.people, rows_word(plan), verdict, *asked, said)

    def to_json(self) -> dict[str, Any]:
        """The line as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Summary:
        """The line from `to_json`'s values. Raises KeyError, TypeError or ValueError where they are none."""
        if document["verdict"] not in (None, *VERDICT_WORDS):
            raise ValueError(f"there is no verdict {document['verdict']!r}")
        name, rows, *asked = (str(document.get(key, "")) for key in ("name", "rows", "question", "series", "finding"))
        return cls(name, int(document["people"]), rows, document["verdict"], *asked)


def _sentence(judgement: Judgement, plan: Plan, by: By) -> str:
    """The title of the answer, on the headline's question in one table of groups."""
    every = pairs(judgement, plan)
    finding = leading(GAPS[headline_measure(judgement, plan)], [by], every, plan)
    return "" if finding is None else title_of(finding, every, plan).sentence
