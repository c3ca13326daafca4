"""Audits in the order of a history: the audit of a fix right after the audit that it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Begun(Protocol):
    """What is known of an audit: its id, that of the audit whose fix it audits, and when it was begun (ISO 8601)."""

    @property
    def id(self) -> str:
        """Its own."""
        ...

    @property
    def original(self) -> str | None:
        """The other's; None where it audits no fix."""
        ...

    @property
    def created(self) -> str:
        """When."""
        ...


Each = TypeVar("Each", bound=Begun)


def paired(audits: Sequence[Each]) -> list[Each]:
    """The same audits, families by their newest first: each audit, then those of its fixes, newest first."""
    there = {audit.id for audit in audits}
    families: dict[str, list[Each]] = {}
    for audit in sorted(audits, key=lambda audit: audit.created, reverse=True):
        is_child = audit.original is not None and audit.original in there
        families.setdefault(str(audit.original) if is_child else audit.id, []).append(audit)
    return [each for name, family in families.items() for each in sorted(family, key=lambda audit: audit.id != name)]
