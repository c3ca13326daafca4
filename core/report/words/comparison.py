"""What is said of a comparison group that is chosen after an audit ran."""

from __future__ import annotations

from collections.abc import Mapping

from core.counts.counts import GroupName
from core.metrics.words import group_words, listed
from core.metrics.words.naming.terms import Terms
from core.record import AuditRecord


def consequence_words(record: AuditRecord, named: Mapping[str, str]) -> str:
    """What follows if each column's groups are compared with the one that is named, before it is done."""
    return f"Then everything is compared with {_who(record, named)}. Sentences and marks can change, counts do not."


def present_words(record: AuditRecord) -> str:
    """With whom everything is compared as it stands."""
    return f"Everything is compared with {_who(record, _named(record))} now."


def chosen_words(record: AuditRecord) -> str:
    """With whom everything is compared, by a choice that was made after the audit ran."""
    return f"Compared with {_who(record, _named(record))}: chosen after the audit ran."


def _named(record: AuditRecord) -> dict[str, str]:
    return {by[0]: values[0] for by, values in record.references.items() if len(by) == 1}


def _who(record: AuditRecord, named: Mapping[str, str]) -> str:
    terms, groups = Terms.of(record.plan), record.counts.groups
    among = dict(zip(groups.attributes, groups.values, strict=True))
    return listed([group_words(GroupName({column: value}, among), terms) for column, value in named.items()])
