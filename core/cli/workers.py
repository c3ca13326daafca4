"""`--workers`, `--devices` and `--on`: a large table counted in parts, by several sandboxed processes side by side."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from core.cli.cluster import add_on, asked_keys
from core.cli.evidence_files import opened_ledger
from core.cli.progress_line import progress_line
from core.cli.terminal import say
from core.engine.plan_files import Files
from core.engine.shards.asked import LOCAL, MOST_WORKERS, asked_engine, checked_devices
from core.errors import PlanError
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
    command.add_argument(
        "--devices",
        type=devices_named,
        metavar="NAMES",
        help="the same, in one process for each device, with commas: cuda:0,cuda:1",
    )
    add_on(command)


def number_of_processes(text: str) -> int:
    """What stands behind --workers. Raises ArgumentTypeError."""
    if not text.isdigit() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, such as 4")
    return int(text)


def devices_named(text: str) -> tuple[str, ...]:
    """What stands behind --devices. Raises ArgumentTypeError."""
    try:
        return checked_devices(text.split(","))
    except PlanError as error:
        raise argparse.ArgumentTypeError(error.message.rstrip(".")) from None


def parts_asked(chosen: argparse.Namespace) -> list[str]:
    """The options given that have a table counted in parts."""
    return [f"--{name}" for name in ("workers", "devices", "on") if getattr(chosen, name) is not None]


def refuse_beside_devices(chosen: argparse.Namespace, *names: str) -> None:
    """Raise PlanError where --devices was given and another option that says where work is done."""
    others = [name for name in names if getattr(chosen, name) is not None]
    if chosen.devices is not None and others:
        raise PlanError(f"argument --devices: not allowed with argument --{others[0]}. Leave one of them out.")


def engine_of(chosen: argparse.Namespace) -> EngineMaker | None:
    """What counts the parts; None where one process counts the whole. Raises PlanError where it cannot be had."""
    refuse_beside_devices(chosen, "workers", "device", "on")
    return asked_engine(chosen.workers, chosen.devices, chosen.on, lambda: asked_keys(chosen))


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
            device = (chosen.devices or (None,))[0]
            in_parts = audit_in_parts(
                plan, files, engine, partials, chosen.time_limit, tell, threads=chosen.workers, device=device
            )
            found = until_written.enter_context(in_parts)
        yield found.record
        say(_how(found, chosen))


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


def _how(found: AuditInParts, chosen: argparse.Namespace) -> str:
    """One sentence on how the table was counted."""
    if found.parts == 1:
        return f"One process counted the table: {found.whole or 'it is too small to be parted'}."
    earlier = f"; {found.kept} of them an earlier run had counted" if found.kept else ""
    if chosen.on is not None:
        by = "on a cluster of this machine" if chosen.on == LOCAL else f"on the cluster at {chosen.on}"
    else:
        number = chosen.workers or len(chosen.devices)
        by = f"by {number} {'process' if number == 1 else 'processes'}{_of_devices(chosen.devices or ())}"
    return f"Counted in {found.parts} parts {by}{earlier}."


def _of_devices(devices: Sequence[str]) -> str:
    """Where processes ran that had devices of their own."""
    if not devices:
        return ""
    return " on the CPU" if "cpu" in devices else f", one each for {', '.join(devices)}"
