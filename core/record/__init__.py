"""The evidence of one audit: the plan, digests, counts and environment. Never a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

from core.counts.counts import Counts, Ints
from core.counts.rules import Rule
from core.errors import JobError, PlanError
from core.metrics.comparison import Comparison, compare_audits
from core.metrics.joint import JointCounts, from_rules
from core.metrics.reference import References, resolve
from core.metrics.sampling import stored
from core.metrics.sampling.sampled import PLAIN, Sampled
from core.metrics.second_opinion import NOT_ASKED, SecondOpinion
from core.metrics.small_cells.hidden import NOTHING_HIDDEN, Hidden
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Judgement, judge, plan_threshold
from core.metrics.words.notes import COUNTS_GROUPS
from core.notes import Note
from core.plan.parts import MitigationPlan, PolicyPlan
from core.plan.plan import Plan, Value
from core.record.paired import PairedWith
from core.record.written_counts import counts_from_json, counts_to_json, left_out_from_json, sparse

VERSION = 1
_STEPS = 100
# Words and pictures stand above this room: what shows a record in a notebook is named, as a kind of job is.
SHOWN_BY = "core.report.documents.notebook:notebook_html"


@dataclass(frozen=True)
class Digests:
    """SHA-256 of the files that were put in: the table, the model and the zip of images; None where there was none."""

    table: str
    model: str | None = None
    images: str | None = None


@dataclass(frozen=True)
class Provenance:
    """What ran on what, and how long each step took, in seconds.

    `device` is "cpu" or "cuda"; `near_threshold` counts the scores within 1e-5 of the threshold.
    """

    data_sha256: str
    model_sha256: str | None
    device: str
    batch_size: int | None
    near_threshold: int
    versions: dict[str, str]
    seconds: dict[str, float]
    images_sha256: str | None = None


@dataclass(frozen=True)
class Fed:
    """A column that a model was fed: its place among the inputs, from 1, and the first cell, None where forgotten."""

    position: int
    column: str
    first: str | None = None


@dataclass(frozen=True, eq=False)
class AuditRecord:
    """One audit, whole: enough to judge, compare and gate elsewhere.

    `rows_read` counts the table's rows, `dropped` how many each `keep` rule left out; `notes` is what a reader must
    know beside the numbers; `created` is UTC, ISO 8601; `parent` is the digest of the audit this one was made from;
    `previous` that of the record before it. `sampled` stands beside the counts where rows weigh differently or repeat a
    person. Where a column counts people, `rows_read` and `dropped` are people, and `lines` the rows of the table.
    `left_out` has shape (sieves, groups): how many people of each group each sieve left out; None in older records.
    With `hides_small`, which a record's JSON does not say, nothing shows counts of 1 to 4 people.
    `model_format` is what the model was opened as (`core.models.FORMATS`); a record's JSON does not say it.
    `paired` counts the people by another model's decisions too, where one job asked both.
    """

    plan: Plan
    counts: Counts
    references: References
    rows_read: int
    dropped: tuple[int, ...]
    notes: tuple[Note, ...]
    second_opinion: SecondOpinion
    provenance: Provenance
    created: str = ""
    parent: str | None = None
    previous: str | None = None
    sampled: Sampled = PLAIN
    lines: int | None = None
    left_out: Ints | None = None
    fed: tuple[Fed, ...] = ()
    model_format: str | None = None
    paired: PairedWith | None = None
    hides_small: bool = False

    def judgement(self, threshold: float | None = None) -> Judgement:
        """What follows from the counts at the plan's rule, or at another threshold, against the same references.

        Findings are those at the plan's rule: another threshold, one of `thresholds`, is for trying.
        """
        axis = self.counts.axis
        rule = stated_rule(self.counts, self.plan) if threshold is None else Rule.threshold(axis, threshold)
        hidden = self.hidden if threshold is None else self._hidden_at(rule)
        return judge(self.counts, self.plan, rule, self.references, self.sampled, hidden)

    @cached_property
    def hidden(self) -> Hidden:
        """What is hidden at the plan's rule. Raises PlanError where nothing would be left to show."""
        return self._hidden_at(stated_rule(self.counts, self.plan))

    @property
    def hides(self) -> bool:
        """Whether it was asked that no count of 1 to 4 people is shown."""
        return self.hides_small or self.plan.report.hide_small

    def _hidden_at(self, rule: Rule) -> Hidden:
        if not self.hides:
            return NOTHING_HIDDEN
        from core.metrics.small_cells.search import hidden_cells  # its solver, which most audits need not wait for

        return hidden_cells(self.counts, rule, self.plan)

    def without_small_cells(self) -> AuditRecord:
        """The same audit for documents that show no count of 1 to 4 people, nor what one could be worked out from.

        Who was left out, by group, is not shown at all. Raises PlanError where nothing would be left to show.
        """
        notes = tuple(note for note in self.notes if note.kind not in COUNTS_GROUPS)
        return replace(self, hides_small=True, left_out=None, notes=notes)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds that can be tried, rising, the plan's own among them.

        None where decisions came ready-made, where the plan states a rule: a fix is judged as it is; or where people
        have several rows, whose ranges are known at the plan's rule alone.
        A model's probabilities go in steps of 0.01; a column of scores has its own values, thinned out where they are
        many.
        """
        axis, plan = self.counts.axis, self.plan
        is_fixed = plan.decision.rule is not None or not self.sampled.at_any_rule
        if axis.decided or axis.kind == "decision" or is_fixed:
            return ()
        if plan.decision.model is not None:
            steps = [step / _STEPS for step in range(_STEPS + 1)]
        else:
            steps = [*axis.edges[:: -(-len(axis.edges) // _STEPS)], axis.edges[-1]]
        return tuple(sorted({*steps, plan_threshold(plan)}))

    def compared_with(self, reference: str | Mapping[str, Value]) -> AuditRecord:
        """The same people against other comparison groups, as `[groups] reference` names them.

        What an audit with that reference counts and says, without a run: counts do not depend on it. Only AIF360 is not
        asked again. Raises PlanError where a group that is named has nobody.
        """
        named = reference if isinstance(reference, str) else dict(reference)
        plan = replace(self.plan, groups=replace(self.plan.groups, reference=named))
        references = resolve(self.counts, stated_rule(self.counts, plan), plan)
        return replace(self, plan=plan, references=references, second_opinion=NOT_ASKED)

    def reference_with(self, named: Mapping[str, str]) -> dict[str, Value]:
        """`[groups] reference` that names these groups, and leaves the comparison groups of other columns as they are.

        A column that is compared with its largest group, and still is, is not named.
        """
        present = {by[0]: values[0] for by, values in self.references.items() if len(by) == 1}
        kept = self.plan.groups.reference
        stated: dict[str, Value] = dict(kept) if isinstance(kept, dict) else {} if kept == "largest" else {**present}
        return stated | {column: value for column, value in named.items() if present.get(column) != value}

    def _repr_html_(self) -> str:
        """What a notebook shows: the answer, the picture and the table."""
        module, _, name = SHOWN_BY.partition(":")
        shown: str = getattr(import_module(module), name)(self)
        return shown

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the record as written."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def decided_sha256(self) -> str:
        """SHA-256 of what was decided about whom: two records with the same one decide alike about each person.

        Whom groups are compared with, what is acceptable and when it ran are no part of it.
        """
        plan = replace(self.plan, policy=PolicyPlan(), mitigate=MitigationPlan())
        asked = replace(plan, groups=replace(plan.groups, reference="largest")).question_sha256
        ran, counted = self.provenance, counts_to_json(self.counts)
        decided = [ran.data_sha256, ran.model_sha256, ran.images_sha256, plan.run.seed, asked, counted]
        return hashlib.sha256(json.dumps(decided, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values; cells without people are left out."""
        return {
            "plumbline": VERSION,
            "created": self.created,
            "parent": self.parent,
            "previous": self.previous,
            "plan": self.plan.to_toml(),
            "rows": {"read": self.rows_read, "dropped": list(self.dropped)}
            | ({} if self.lines is None else {"lines": self.lines})
            | ({} if self.left_out is None else {"left_out": sparse(self.left_out)}),
            "references": [{"by": list(by), "values": list(values)} for by, values in self.references.items()],
            "counts": counts_to_json(self.counts),
            **stored.to_json(self.sampled),
            "warnings": [note.to_json() for note in self.notes],
            "aif360": asdict(self.second_opinion),
            "provenance": asdict(self.provenance),
            # The first cells are left out: they are a person's, and a record outlives the rows.
            **({"fed": [[each.position, each.column] for each in self.fed]} if self.fed else {}),
            **({} if self.paired is None else {"paired": self.paired.to_json()}),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> AuditRecord:
        """The record from `to_json`'s values. Raises JobError where they are not a record."""
        try:
            if document["plumbline"] != VERSION:
                raise JobError(
                    f"This record is of format {document['plumbline']}; this Plumbline reads format {VERSION}. Update"
                    " Plumbline."
                )
            counts, lines = counts_from_json(document["counts"]), document["rows"].get("lines")
            return cls(
                plan=Plan.from_toml(document["plan"]),
                counts=counts,
                references={tuple(entry["by"]): tuple(entry["values"]) for entry in document["references"]},
                rows_read=int(document["rows"]["read"]),
                dropped=tuple(map(int, document["rows"]["dropped"])),
                notes=tuple(map(Note.from_json, document["warnings"])),
                second_opinion=SecondOpinion(**document["aif360"]),
                provenance=Provenance(**document["provenance"]),
                created=str(document["created"]),
                parent=document["parent"],
                previous=document["previous"],
                sampled=stored.from_json(document, counts),
                lines=None if lines is None else int(lines),
                left_out=left_out_from_json(document["rows"], len(counts.groups)),
                fed=tuple(Fed(int(place), str(column)) for place, column in document.get("fed", [])),
                paired=PairedWith.from_json(document["paired"], counts) if "paired" in document else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise JobError(
                f"This is not a whole record of an audit ({type(error).__name__}: {error}). Run the audit again."
            ) from None


def compare(before: AuditRecord, after: AuditRecord, joint: JointCounts | None = None) -> Comparison:
    """How every gap moved from one audit to another, by statistics.md 4.

    Ranges are paired where it is known how each person was decided about twice (`joint_of`). Else the two are compared
    as if they were of different people, which gives the wider ranges. Groups are compared with the reference groups of
    `before`, at the higher of the two confidences; a gap that only one of the audits has is left out. `joint` is as
    `joint_of` takes it. Raises PlanError where they have no table of groups in common.
    """
    shared = {by: values for by, values in before.references.items() if by in after.references}
    if not shared:
        raise PlanError("These audits have no sensitive column in common. Compare audits of the same columns.")
    confidence = max(before.plan.run.confidence, after.plan.run.confidence)
    old, new = (judged_against(record, {**record.references, **shared}, confidence) for record in (before, after))
    return compare_audits(old, new, joint_of(before, after, joint), confidence)


def joint_of(before: AuditRecord, after: AuditRecord, joint: JointCounts | None = None) -> JointCounts | None:
    """Both decisions about the same people: where one job asked both, or both are the same; None where not known.

    `joint` is how each was decided about, where somebody else knows. None also where rows are not a person each, and
    where small numbers are hidden: how few flip is such a number.
    """
    if not (before.sampled.is_plain and after.sampled.is_plain) or before.hides or after.hides:
        return None
    if joint is not None:
        return joint
    if before.decided_sha256 == after.decided_sha256:
        rule = stated_rule(before.counts, before.plan)
        return from_rules(before.counts, rule, rule)
    if after.paired is not None and after.paired.decided == before.decided_sha256:
        return after.paired.joint
    if before.paired is not None and before.paired.decided == after.decided_sha256:
        return before.paired.joint.turned()
    return None


def judged_against(record: AuditRecord, references: References, confidence: float) -> Judgement:
    """What an audit says at its plan's rule, of other comparison groups and at another confidence."""
    plan = replace(record.plan, run=replace(record.plan.run, confidence=confidence))
    return judge(record.counts, plan, stated_rule(record.counts, plan), references, record.sampled, record.hidden)
