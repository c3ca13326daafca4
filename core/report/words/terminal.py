"""What a command says of an audit: the finding first, and the notes last."""

from __future__ import annotations

from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import in_order, told
from core.record import AuditRecord
from core.report.words.fed import fed_words
from core.report.words.overview import Overview


def finding_lines(record: AuditRecord) -> tuple[str, str]:
    """The finding, and how large and how sure it is."""
    first = Overview(record.judgement(), record.plan).first
    return first.sentence, first.below


def note_lines(record: AuditRecord) -> list[str]:
    """What a reader must know, first what could make the answer meaningless; then what a model was fed."""
    confirmed, terms = record.plan.data.confirmed, Terms.of(record.plan)
    notes = [told(note, confirmed, terms) for note in in_order(record.notes, confirmed)]
    return [*notes, *filter(None, [fed_words(record.fed)])]
