"""`--workers` and `--on`: a large table counted in parts, by several sandboxed processes side by side."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from core.cli.cluster import add_on, asked_keys
from core.cli.evidence_files import opened_ledger
from core.cli.progress_line import progress_line
from core.cli.terminal import say
from core.engine.plan_files import Files
from core.engine.shards.asked import LOCAL, MOST_WORKERS, asked_engine
from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.ledger.installation import LEDGER

if TYPE_CHECKING:
    from core.engine.shards.audit import AuditInParts
    from core.engine.shards.engine import EngineMaker, Partials


def add_workers(command: argparse.ArgumentParser) -> None:
    """Let a command be told how many processes count, and where."""
    command.add_argument(
        "--workers",
        type=number_of_processes,
        metavar="N",
        help="count a large table in parts, in N processes; with a ledger, a run that broke off is taken up again",
    )
    add_on(command)


def number_of_processes(text: str) -> int:
    """What stands behind --workers. Raises ArgumentTypeError."""
    if not text.isdigit() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, such as 4")
    return int(text)


def engine_of(chosen: argparse.Namespace) -> EngineMaker | None:
    """What counts the parts; None where one process counts the whole. Raises PlanError where it cannot be had."""
    return asked_engine(chosen.workers, chosen.on, lambda: asked_keys(chosen))


@contextmanager
def audited(chosen: argparse.Namespace, plan: Plan, files: Files, engine: EngineMaker | None) -> Iterator[AuditRecord]:
    """The audit that a command asks for; what its parts gave is kept until the block ends well.

    How far it is stands on the terminal meanwhile, and how the table was counted is said when the block has ended.
    """
    from core.engine.api import audit_isolated

    if engine is None:
        yield audit_isolated(plan, files, chosen.time_limit)
        return
    from core.engine.shards.audit import audit_in_parts

    with _kept(chosen.ledger) as partials, ExitStack() as until_written:
        with progress_line() as tell:
            in_parts = audit_in_parts(plan, files, engine, partials, chosen.time_limit, tell, threads=chosen.workers)
            found = until_written.enter_context(in_parts)
        yield found.record
        say(_how(found, chosen.workers, chosen.on))


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


def _how(found: AuditInParts, workers: int | None, on: str | None) -> str:
    """One sentence on how the table was counted."""
    if found.parts == 1:
        return f"One process counted the table: {found.whole or 'it is too small to be parted'}."
    earlier = f"; {found.kept} of them an earlier run had counted" if found.kept else ""
    if on is not None:
        where = "a cluster of this machine" if on == LOCAL else f"the cluster at {on}"
        return f"Counted in {found.parts} parts on {where}{earlier}."
    return f"Counted in {found.parts} parts by {workers} {'process' if workers == 1 else 'processes'}{earlier}."
