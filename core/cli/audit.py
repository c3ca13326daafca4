"""`plumbline audit PLAN`: the audit that a plan file describes, as result.json and record.json.

With `--against RECORD` what decided in that record is asked about the same people: comparison.json has paired ranges.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.device import add_device
from core.cli.evidence_files import Prove, add_ledger, with_receipt
from core.cli.files import naming, read_plan, refuse_unwritable, write_files, write_texts
from core.cli.inside import add_inside
from core.cli.meanwhile import SHARES, import_meanwhile
from core.cli.report import asked_report
from core.cli.table import add_data
from core.cli.terminal import say
from core.cli.time_limit import add_time_limit
from core.cli.trackers import Trackers, add_trackers
from core.cli.workers import add_workers, audited, engine_of, parts_asked
from core.engine.earlier_record import model_of, open_record
from core.engine.plan_files import Files
from core.errors import PlanError
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.words.terminal import finding_lines, note_lines

if TYPE_CHECKING:
    from core.report.documents.formats import AskedReport

# What stands beside results and is about them alone, and how each begins.
ABOUT_RESULTS = {"receipt.json": b'"plumbline_receipt": ', "comparison.json": b'"plumbline": 1,\n "before": '}


def add_audit(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("audit", help="run the audit that a plan file describes")
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    add_data(command)
    command.add_argument("--model", type=Path, help="audit this model instead of the plan's")
    command.add_argument(
        "--against",
        type=Path,
        metavar="RECORD",
        help="compare with this record.json, or folder of results: what decided there decides about the same people",
    )
    command.add_argument(
        "--against-model", type=Path, metavar="F", help="the model of that record, where it does not lie beside it"
    )
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the results go (default plumbline-out)"
    )
    command.add_argument(
        "--report", metavar="KINDS", default="", help="also write the report, as kinds of file with commas: html"
    )
    add_ledger(command, "append the record to this ledger, and write receipt.json beside the results")
    add_trackers(command)
    add_workers(command)
    add_time_limit(command)
    add_device(command)
    add_inside(command)
    command.set_defaults(command=_audit)


def _audit(chosen: argparse.Namespace) -> int:
    plan, trackers = read_plan(chosen.plan, chosen.inside), Trackers.asked(chosen)
    if plan.decision.model is None and chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    if chosen.against is not None and (parts := parts_asked(chosen)):
        raise PlanError(f"{parts[0]} counts one audit in parts, and --against asks two. Leave one of them out.")
    if chosen.against is None and chosen.against_model is not None:
        raise PlanError("--against-model was given without --against. Say with which record to compare.")
    files = Files.beside(plan, chosen.plan.parent, table=chosen.data, model=chosen.model)
    with naming(chosen.plan):
        report = asked_report(chosen.report, plan.report, chosen.plan.parent)
    if chosen.against is not None:
        return _against(chosen, plan, files, report, trackers)
    engine = engine_of(chosen)
    refuse_unwritable(chosen.out, chosen.inside)
    import_meanwhile(SHARES)
    with ExitStack() as until_written:
        with naming(chosen.plan, files.model):
            record = until_written.enter_context(audited(chosen, plan, files, engine))
        say(*finding_lines(record))
        write_files(with_receipt(record, partial(_files, record, report, {}), chosen.ledger), chosen.out, ABOUT_RESULTS)
    say(*note_lines(record))
    trackers.audit(record)
    return 0


def _files(
    record: AuditRecord, report: AskedReport | None, more: Mapping[str, str], code: str | None, prove: Prove | None
) -> dict[str, bytes]:
    """The files of an audit by name: its results, `more` texts, and its report.

    The report prints the code of the audit, and its PDF carries a receipt for the web page and the other files.
    """
    from core.report.documents.json import audit_texts

    texts = {name: text.encode() for name, text in {**audit_texts(record), **more}.items()}
    if report is None:
        return texts
    return texts | report.of(record, code, None if prove is None else lambda page: prove({**texts, **page}))


def _against(
    chosen: argparse.Namespace, plan: Plan, files: Files, report: AskedReport | None, trackers: Trackers
) -> int:
    """Audit the plan and what decided in another record on the same people, and compare them person by person."""
    from core.engine.api import audit_pair_isolated
    from core.engine.paired_audit import Earlier
    from core.report.documents.json import as_text, audit_texts
    from core.report.pair.model_sizes import ModelSizes
    from core.report.pair.side_by_side import SideBySide

    earlier = open_record(chosen.against)
    beside = chosen.against if chosen.against.is_dir() else chosen.against.parent
    model = model_of(earlier, chosen.against, (beside, chosen.plan.parent), chosen.against_model)
    refuse_unwritable(chosen.out, chosen.inside)
    import_meanwhile(SHARES)
    with naming(chosen.plan, files.model):
        found = audit_pair_isolated(plan, files, Earlier(earlier.plan, model), chosen.time_limit)
    compared, sizes = SideBySide.of(found.before, found.after), ModelSizes.of(model, files.model)
    say(*finding_lines(found.after))
    if earlier.decided_sha256 != found.before.decided_sha256:
        say(f"{chosen.against} counted other people, or grouped them otherwise: what decided there was asked again.")
    say(*sizes.lines(), *compared.lines())
    write_texts(audit_texts(found.before), chosen.out / "before")
    texts = {"comparison.json": as_text(compared.to_json() | sizes.to_json())}
    contents = with_receipt(found.after, partial(_files, found.after, report, texts), chosen.ledger)
    write_files(contents, chosen.out, ABOUT_RESULTS)
    say(*note_lines(found.after))
    trackers.audit(found.after)
    return 0
