"""`--workers`: a large table counted in parts, by several sandboxed processes side by side."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.cli.evidence_files import opened_ledger
from core.cli.terminal import say
from core.engine.plan_files import Files
from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.ledger.installation import LEDGER

if TYPE_CHECKING:
    from core.engine.shards.audit import AuditInParts
    from core.engine.shards.engine import Partials

_MOST = 512


def add_workers(command: argparse.ArgumentParser) -> None:
    """Let a command be told how many processes count."""
    command.add_argument(
        "--workers",
        type=_number,
        metavar="N",
        help="count a large table in parts, in N processes; with a ledger, a run that broke off is taken up again",
    )


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, such as 4")
    return int(text)


@contextmanager
def audited(chosen: argparse.Namespace, plan: Plan, files: Files) -> Iterator[AuditRecord]:
    """The audit that a command asks for; what its parts gave is kept until the block ends well."""
    from core.engine.api import audit_isolated

    if chosen.workers is None:
        yield audit_isolated(plan, files, chosen.time_limit)
        return
    from core.engine.shards.audit import audit_in_parts
    from core.engine.shards.local_pool import local_pool

    with (
        _kept(chosen.ledger) as partials,
        audit_in_parts(plan, files, local_pool(chosen.workers), partials, chosen.time_limit) as found,
    ):
        say(_how(found, chosen.workers))
        yield found.record


@contextmanager
def _kept(ledger: str | None) -> Iterator[Partials]:
    """Where parts are kept: beside the ledger that is used, else for this run only."""
    if ledger is None and LEDGER not in os.environ:
        from core.engine.shards.engine import PartialsInMemory

        yield PartialsInMemory()
        return
    from core.store.ledger.partials import KeptPartials

    with opened_ledger(ledger) as opened:
        yield KeptPartials(opened.database)


def _how(found: AuditInParts, workers: int) -> str:
    """One sentence on how the table was counted."""
    if found.parts == 1:
        return f"One process counted the table: {found.whole or 'it is too small to be parted'}."
    earlier = f"; {found.kept} of them an earlier run had counted" if found.kept else ""
    return f"Counted in {found.parts} parts by {workers} {'process' if workers == 1 else 'processes'}{earlier}."
