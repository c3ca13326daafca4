"""`plumbline gate PLAN`: audits, and fails where a gap breaks its limit or grew by more than chance explains."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.audit import ABOUT_RESULTS
from core.cli.baseline import Baseline, baseline_of, is_ledger_meant
from core.cli.device import add_device
from core.cli.evidence_files import add_ledger, opened_ledger
from core.cli.files import naming, read_plan, refuse_unwritable, write_files, writing
from core.cli.inside import add_inside, refuse_linked
from core.cli.meanwhile import SHARES, import_meanwhile
from core.cli.table import add_data
from core.cli.terminal import say
from core.cli.time_limit import add_time_limit
from core.engine.earlier_record import RECORD_FILE, model_of
from core.engine.plan_files import Files
from core.errors import DataError, ModelError, PlanError
from core.jobs.digest import sha256
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.gated import decides_alike, gate_record

if TYPE_CHECKING:
    from core.report.words.gate import GateTold

FAILS = 1
# What the files of a gate begin with: JUnit's suite, the heading for a pull request, and what kind of JSON it is.
_MARKS, _FIRST_BYTES = (b'name="plumbline gate"', b"### Fairness gate: ", b'"kind": "gate"'), 400


def add_gate(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser(
        "gate",
        help="audit, and end with 1 where a limit is broken or a gap got worse",
        description="Audits, and ends with 0 where the gate is passed or nothing can be told, with 1 where a gap breaks"
        " its limit or got worse by more than chance explains, and with 2 where it could not run.",
    )
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    add_data(command)
    command.add_argument("--model", type=Path, metavar="F", help="audit this model instead of the plan's")
    command.add_argument(
        "--against",
        metavar="WHAT",
        help="the audit to measure against: signed (the ledger's last signed one, the default where a ledger is named),"
        " last, a receipt's code, an entry's number, a record.json, or a folder of results",
    )
    command.add_argument(
        "--against-model", type=Path, metavar="F", help="the model of that audit, where it does not lie beside it"
    )
    command.add_argument("--strict", action="store_true", help="end with 1 also where it cannot be told")
    command.add_argument("--junit", type=Path, metavar="F", help="write the verdict as JUnit XML")
    command.add_argument("--markdown", type=Path, metavar="F", help="write the verdict for a pull request")
    command.add_argument("--json", type=Path, metavar="F", help="write the verdict with its exact figures")
    command.add_argument("--out", type=Path, metavar="DIR", help="write result.json and record.json there")
    add_ledger(command, "the ledger to look into; nothing is added to it")
    add_time_limit(command)
    add_device(command)
    add_inside(command)
    command.set_defaults(command=_gate)


@dataclass(frozen=True, eq=False)
class _Audited:
    """The audit that is gated, the one before, and what is to be said of how they were made."""

    now: AuditRecord
    before: AuditRecord | None
    notes: tuple[str, ...] = ()


def _gate(chosen: argparse.Namespace) -> int:
    from core.report.documents.json import audit_texts

    _forget_earlier(chosen)
    plan = read_plan(chosen.plan, chosen.inside)
    if plan.decision.model is None and chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    files = Files.beside(plan, chosen.plan.parent, table=chosen.data, model=chosen.model)
    earlier = baseline_of(plan, chosen.against, chosen.ledger)
    if earlier is None and chosen.against_model is not None:
        raise PlanError("--against-model was given without --against. Say with which audit to compare.")
    head = _head(chosen.ledger) if is_ledger_meant(chosen.ledger) or _is_of_ledger(earlier) else ""
    _refuse_unwritable(chosen)
    import_meanwhile(SHARES)
    with naming(chosen.plan, files.model):
        audited = _audited(chosen, plan, files, earlier)
    told = _told(audited, earlier, chosen.strict, head)
    say(*told.lines())
    if chosen.out is not None:
        texts = audit_texts(audited.now)
        write_files({name: text.encode() for name, text in texts.items()}, chosen.out, ABOUT_RESULTS)
    for path, content in _reports(chosen, told):
        write_files({path.name: content}, path.parent)
    return FAILS if told.fails else 0


def _forget_earlier(chosen: argparse.Namespace) -> None:
    """Take away the files of an earlier run: one that this run does not come to write would pass for its verdict."""
    against = () if chosen.against is None else (Path(chosen.against), Path(chosen.against) / RECORD_FILE)
    given = (chosen.plan, *chosen.data, chosen.model, chosen.against_model, *against)
    read = [path.resolve() for path in given if isinstance(path, Path)]
    written = _written(chosen)
    if len({path.resolve() for path in written}) < len(written):
        raise DataError("--junit, --markdown and --json name the same file. Give each its own.")
    for path in written:
        if path.resolve() in read:
            raise DataError(f"{path} is read here, and would be written over. Give another name.")
        if path.is_dir():
            raise DataError(f"{path} is a folder. Give the name of a file to write.")
        if chosen.inside:
            refuse_linked(path)
        if path.is_file():
            with writing(path.parent):
                if not _is_verdict(path):
                    raise DataError(f"{path} is there already, and no gate wrote it. Give another name.")
                path.unlink()


def _written(chosen: argparse.Namespace) -> list[Path]:
    """The files that the verdict is written to."""
    return [path for path in (chosen.junit, chosen.markdown, chosen.json) if path is not None]


def _is_verdict(path: Path) -> bool:
    """Whether an earlier gate wrote this file, or it is empty; whatever else lies there may be needed."""
    with path.open("rb") as file:
        begins = file.read(_FIRST_BYTES)
    return not begins or any(mark in begins for mark in _MARKS)


def _refuse_unwritable(chosen: argparse.Namespace) -> None:
    """Raise DataError before the work where its files could not be written."""
    if chosen.out is not None:
        refuse_unwritable(chosen.out, chosen.inside)
    for path in _written(chosen):
        refuse_unwritable(path.parent)


def _audited(chosen: argparse.Namespace, plan: Plan, files: Files, earlier: Baseline | None) -> _Audited:
    """The audit that is gated, and the earlier one: asked about the same people where it can be, else its record."""
    from core.engine.api import audit_isolated, audit_pair_isolated
    from core.engine.paired_audit import Earlier

    notes: tuple[str, ...] = ()
    if earlier is not None:
        try:
            decided = _decided(chosen, plan, files, earlier)
            if decided is not None:
                asked = Earlier(earlier.record.plan, decided.model)
                found = audit_pair_isolated(plan, files, asked, chosen.time_limit)
                return _Audited(found.after, found.before, _asked_again(earlier.record, found.before))
        except (DataError, ModelError, PlanError) as problem:
            if chosen.against_model is not None:
                raise
            notes = (f"What decided before could not be asked about the same people. {problem}",)
    now = audit_isolated(plan, files, chosen.time_limit)
    return _Audited(now, None if earlier is None else earlier.record, notes)


@dataclass(frozen=True)
class _Decided:
    """What decided before, where it can be asked again: its model, None where columns of the table decided."""

    model: Path | None


def _decided(chosen: argparse.Namespace, plan: Plan, files: Files, earlier: Baseline) -> _Decided | None:
    """What decided before; None where it decides now too, so that it has nothing to say of the same people.

    Raises DataError where its model is not there.
    """
    before, was = earlier.record.plan, earlier.record.provenance.model_sha256
    if chosen.against_model is not None:
        return _Decided(model_of(earlier.record, earlier.path, (), chosen.against_model))
    is_same_model = files.model is not None and was == sha256(files.model)
    if decides_alike(plan, before) and (before.decision.model is None or is_same_model):
        return None
    if before.decision.model is None:
        return _Decided(None)
    if is_same_model:
        return _Decided(files.model)
    beside_new = () if files.model is None else (files.model.parent,)
    folders = (*earlier.folders, chosen.plan.parent, *beside_new)
    return _Decided(model_of(earlier.record, earlier.path, folders, None))


def _asked_again(record: AuditRecord, again: AuditRecord) -> tuple[str, ...]:
    if record.decided_sha256 == again.decided_sha256:
        return ()
    return ("The earlier audit counted other people: what decided there was asked about these.",)


def _told(audited: _Audited, earlier: Baseline | None, strict: bool, head: str) -> GateTold:
    from core.report.pair.side_by_side import HIDES, PAIRED, WIDER
    from core.report.words.gate import GateTold

    now, before = audited.now, audited.before
    verdict, against, notes = gate_record(now, before), [], list(audited.notes)
    if earlier is not None and before is not None:
        from core.report.pair.differences import differences

        against = [earlier.words, PAIRED if verdict.paired else HIDES if now.hides or before.hides else WIDER]
        notes += [each.text for each in differences(before, now)]
    terms = Terms.of(now.plan)
    return GateTold(verdict, terms, now.plan.name, now.created, tuple(against), tuple(notes), strict, head)


def _is_of_ledger(earlier: Baseline | None) -> bool:
    return earlier is not None and not earlier.folders


def _head(stated: str | None) -> str:
    """The head of the ledger: whoever keeps the log can later tell whether the ledger was rewritten.

    Empty where nothing was ever appended. Raises LedgerError where the ledger is not what was signed and seen.
    """
    from base64 import b64encode

    from core.store.ledger.baselines import head

    with opened_ledger(stated) as ledger:
        if not ledger.is_begun():
            return ""
        found = head(ledger)
    return f"Ledger head: {found.origin}, {found.size} entries, root {b64encode(found.root).decode()}"


def _reports(chosen: argparse.Namespace, told: GateTold) -> Iterator[tuple[Path, bytes]]:
    if chosen.junit is not None:
        from core.report.documents.junit import junit

        yield chosen.junit, junit(told)
    if chosen.markdown is not None:
        from core.report.documents.pull_request import pull_request

        yield chosen.markdown, pull_request(told)
    if chosen.json is not None:
        from core.report.documents.gated import gate_document
        from core.report.documents.json import as_text

        yield chosen.json, as_text(gate_document(told)).encode()
