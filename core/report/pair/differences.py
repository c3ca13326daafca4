"""In what two audits differ beside what they found: said before any change is read as one of the model."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from core.catalogue import table
from core.metrics.small_cells.hidden import number_words
from core.metrics.words import group_words, listed, percent
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.plan.values import in_figures
from core.record import AuditRecord
from core.report.words.audit import condition_words, decision_note, row_notes, sieve_words
from core.report.words.rows_told import RowsTold

_LONGEST = 160


@dataclass(frozen=True)
class Discrepancy:
    """One thing in which two audits differ: the name of its row in ASPECTS, and a few short sentences."""

    kind: str
    text: str


@dataclass(frozen=True)
class Aspect:
    """One row: something that two audits should have in common.

    Attributes
    ----------
    name
        What it is called in comparison.json.
    differs
        The sentence that says that it differs.
    of
        What is compared of a record.
    words
        How a record has it, as it stands behind "In the first: "; empty where that says nothing to a person.
    """

    name: str
    differs: str
    of: Callable[[AuditRecord], Hashable]
    words: Callable[[AuditRecord], str] = lambda record: ""


def differences(before: AuditRecord, after: AuditRecord) -> tuple[Discrepancy, ...]:
    """In what the two differ, first what could make their numbers speak of different things."""
    return tuple(
        Discrepancy(aspect.name, _said(aspect, before, after))
        for aspect in ASPECTS.values()
        if aspect.of(before) != aspect.of(after)
    )


def _said(aspect: Aspect, before: AuditRecord, after: AuditRecord) -> str:
    first, second = aspect.words(before), aspect.words(after)
    if first == second:
        return aspect.differs
    return f"{aspect.differs} In the first: {_cut(first)}. In the second: {_cut(second)}."


def _cut(words: str) -> str:
    words = words.removesuffix(".")
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"


def _rows(record: AuditRecord) -> Hashable:
    data = record.plan.data
    return data.count, data.weight, data.person


def _outcome(record: AuditRecord) -> Hashable:
    data = record.plan.data
    return data.label, data.favourable if data.label is not None else None


def _outcome_words(record: AuditRecord) -> str:
    data = record.plan.data
    if data.label is None or data.favourable is None:
        return "it is not known"
    return f"“{data.label}” is {condition_words(data.favourable)}"


def _filters(record: AuditRecord) -> Hashable:
    data = record.plan.data
    return data.keep, data.held_out, data.missing, data.trim, record.plan.decision.image is not None


def _filters_words(record: AuditRecord) -> str:
    dropped = map(number_words, RowsTold.of(record).dropped)
    left_out = [f"{why} ({n})" for why, n in zip(sieve_words(record.plan), dropped, strict=False)]
    return "; ".join(left_out) or "nobody is left out"


def _columns(plan: Plan) -> Hashable:
    groups = plan.groups
    bins, join = (tuple(sorted(table.items())) for table in (groups.bins, groups.join))
    return tuple(sorted(groups.sensitive)), groups.intersections, bins, repr(join)


def _columns_words(record: AuditRecord) -> str:
    groups = record.plan.groups
    cut = [f"“{column}” cut at {', '.join(map(in_figures, cuts))}" for column, cuts in groups.bins.items()]
    return "; ".join([listed([f"“{column}”" for column in groups.sensitive]), *cut])


def _values(record: AuditRecord) -> Hashable:
    return frozenset(
        (column, str(name))
        for column, by in ((column, record.counts.by((column,)).groups) for column in record.plan.groups.sensitive)
        for name in (by.names(g)[column] for g in range(len(by)))
    )


def _values_words(record: AuditRecord) -> str:
    found = (record.counts.by((column,)).groups for column in record.plan.groups.sensitive)
    return "; ".join(", ".join(by.names(g)[by.attributes[0]] for g in range(len(by))) for by in found)


def _references(record: AuditRecord) -> Hashable:
    return frozenset(record.references.items())


def _references_words(record: AuditRecord) -> str:
    terms, groups = Terms.of(record.plan), record.counts.by
    named = []
    for by, values in record.references.items():
        if len(by) == 1:
            found = groups(by).groups
            cells = (found.names(g) for g in range(len(found)))
            named.append(
                next((group_words(cell, terms) for cell in cells if tuple(cell.values()) == values), values[0])
            )
    return listed(named) if named else ""


def _decision(record: AuditRecord) -> Hashable:
    decision = record.plan.decision
    columns = (decision.score, decision.prediction, decision.favourable, decision.favourable_class, decision.output)
    at = (decision.threshold, decision.above, decision.lower_is_better, decision.rule)
    return columns, at, decision.features, decision.text, decision.image, decision.model is None


def _model_words(record: AuditRecord) -> str:
    return f"“{record.plan.decision.model}”" if record.plan.decision.model else "columns of the table"


ASPECTS = table(
    Aspect(
        "rows", "A row does not stand for the same.", _rows,
        lambda record: " ".join(row_notes(record.plan)) or "each row is one person",
    ),
    Aspect("outcome", "The good outcome is not the same.", _outcome, _outcome_words),
    Aspect("filters", "Other rows are left out.", _filters, _filters_words),
    Aspect("groups", "The groups are not formed alike.", lambda record: _columns(record.plan), _columns_words),
    Aspect("values", "Some groups are in one audit only, and are not compared.", _values, _values_words),
    Aspect(
        "references", "Groups were compared with other groups. Here those of the first audit are used.", _references,
        _references_words,
    ),
    Aspect(
        "data", "The tables are not the same file.", lambda record: record.provenance.data_sha256,
        lambda record: f"{record.counts.people:,} counted of {number_words(RowsTold.of(record).read)}",
    ),
    Aspect("images", "The images are not the same file.", lambda record: record.provenance.images_sha256),
    Aspect("model", "The models are not the same file.", lambda record: record.provenance.model_sha256, _model_words),
    Aspect(
        "decision", "It is not decided in the same way.", _decision, lambda record: decision_note(record.plan)
    ),
    Aspect(
        "limits", "The limits are not the same.", lambda record: (record.plan.policy.use, record.plan.policy.limits)
    ),
    Aspect(
        "confidence", "The ranges were not equally sure. Here the surer ones are used.",
        lambda record: record.plan.run.confidence, lambda record: percent(record.plan.run.confidence, 0),
    ),
    Aspect(
        "versions", "They ran with other versions of the software.",
        lambda record: tuple(sorted(record.provenance.versions.items())),
    ),
)  # fmt: skip
