"""What a search for fixes found: the present decisions, and what mitigations propose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.counts.counts import Counts, Groups
from core.counts.rule_file import RuleFile
from core.counts.rules import Rule
from core.errors import PlumblineError
from core.jobs.untrusted import checked_bytes
from core.metrics.joint import JointCounts
from core.metrics.reference import References
from core.metrics.second_opinion import SecondOpinion
from core.metrics.verdicts import plan_rule
from core.mitigate.settings import Settings
from core.notes import Note, as_notes
from core.plan.plan import Plan
from core.record import AuditRecord, Provenance

FIT, CHOOSE, REPORT = "fit", "choose", "report"
PARTS = (FIT, CHOOSE, REPORT)
MODEL_CAP = 2 << 30

Parts = dict[str, Counts]


@dataclass(frozen=True, eq=False)
class Decided:
    """What one thing decides about everybody.

    Attributes
    ----------
    plan
        The plan that audits it.
    counts
        The people of each part, by name.
    device, batch_size, near_threshold
        As `Provenance` has them.
    warnings
        What gave reason to warn.
    """

    plan: Plan
    counts: Parts
    device: str
    batch_size: int | None
    near_threshold: int
    warnings: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Proposed:
    """One thing that a mitigation proposes.

    Attributes
    ----------
    id, mechanism, strength, baseline, is_stand_in, notes, facts, rests_on
        As the job has them.
    decided
        What it decides.
    joint
        Of the parts "choose" and "report" the present decisions and these, about the same people.
    retrained
        The same, with the training without the mitigation in place of the present decisions; empty where none is.
    file
        The model's file where it still stands in the job's folder; None for a rule.
    rule
        The rule, where it is one.
    """

    id: str
    mechanism: str
    decided: Decided
    joint: dict[str, JointCounts]
    retrained: dict[str, JointCounts]
    file: Path | None = None
    rule: RuleFile | None = None
    strength: float | None = None
    baseline: str | None = None
    is_stand_in: bool = False
    notes: tuple[str, ...] = ()
    facts: dict[str, float] | None = None
    rests_on: tuple[str, ...] = ()

    def model_bytes(self) -> bytes:
        """The model's file, of this proposal that has one."""
        assert self.file is not None
        return checked_bytes(self.file, MODEL_CAP)


@dataclass(frozen=True)
class SearchedTable:
    """A table that was searched on: its groups, its rows, and how many of them each sieve left out."""

    groups: Groups
    rows: int
    dropped: tuple[int, ...]

    @property
    def people(self) -> int:
        """How many people take part."""
        return self.rows - sum(self.dropped)


@dataclass(frozen=True, eq=False)
class Mitigated:
    """What a search for fixes found.

    Attributes
    ----------
    settings
        What was asked.
    present
        What is decided now.
    proposals
        What mitigations propose, in the order of the request.
    refused
        Why a mitigation could not be tried, by its name.
    references
        Of the report part at the present decisions: before and after are judged by the same ones.
    leaks
        A note for each column that is suspected to know the answer, of all that a training would read.
    tables
        The table, and the second one that is judged on where there is one.
    left
        What has not come to its end: of a search that works still, or that was stopped.
    """

    settings: Settings
    present: Decided
    proposals: tuple[Proposed, ...]
    refused: dict[str, PlumblineError]
    references: References
    warnings: tuple[Note, ...]
    versions: dict[str, str]
    seconds: dict[str, float]
    data_sha256: str
    model_sha256: str | None
    images_sha256: str | None = None
    leaks: tuple[Note, ...] = ()
    tables: tuple[SearchedTable, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """How many people each part has."""
        return {part: counts.people for part, counts in self.present.counts.items()}

    @property
    def present_rule(self) -> Rule:
        """Who is selected now."""
        return plan_rule(self.present.counts[FIT], self.present.plan)

    def named(self, proposal_id: str) -> Proposed:
        """The proposal with this id."""
        return next(proposal for proposal in self.proposals if proposal.id == proposal_id)

    def record(
        self, decided: Decided, opinion: SecondOpinion, model_sha256: str | None, parent: str | None = None
    ) -> AuditRecord:
        """The audit of the report part: of people that nothing was fitted or chosen on."""
        counts = decided.counts[REPORT]
        return AuditRecord(
            plan=decided.plan,
            counts=counts,
            references=self.references,
            rows_read=counts.people,
            dropped=(0,) * decided.plan.sieves,
            notes=as_notes([_held_out_words(self.sizes), *self.warnings, *decided.warnings]),
            second_opinion=opinion,
            provenance=Provenance(
                self.data_sha256,
                model_sha256,
                decided.device,
                decided.batch_size,
                decided.near_threshold,
                self.versions,
                self.seconds,
                self.images_sha256,
            ),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent,
        )


def _held_out_words(sizes: dict[str, int]) -> str:
    return (
        f"Judged on {sizes[REPORT]:,} people on whom nothing was fitted ({sizes[FIT]:,} people) or chosen"
        f" ({sizes[CHOOSE]:,})."
    )
