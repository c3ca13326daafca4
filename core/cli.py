"""The command line: `plumbline app`, `plumbline audit`, `plumbline mitigate` and `plumbline explain` (design.md 6)."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from core.cli_explain import add_explain
from core.cli_mitigate import add_mitigate
from core.command_files import naming, read_plan, refuse_unreadable, refuse_unwritable, write_audit
from core.commands.inside import add_inside
from core.commands.run_job import TIME_LIMIT, add_time_limit, job_done
from core.commands.stopping import Stopped, stopping
from core.commands.terminal import complain, say
from core.errors import PlanError, PlumblineError
from core.packed_images import images_beside
from core.plan import Plan
from core.record import AuditRecord
from core.report.note_words import in_order, text


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 when it ran, whatever it found; else one line on stderr says why it did not.

    2 is for bad input, 130 for Ctrl+C, 143 for TERM, 129 for a terminal that was closed.
    """
    chosen = _parser().parse_args(arguments)
    try:
        with stopping():
            return int(chosen.command(chosen))
    except PlumblineError as error:
        complain(str(error))
        return 2
    except Stopped as stopped:
        complain(stopped.words)
        return stopped.code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other message is."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}. See {self.prog} --help.")
        self.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="plumbline", description="Does a model treat groups of people differently?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    app = commands.add_parser("app", help="start the app in the browser")
    app.add_argument(
        "--share", action="store_true", help="let other computers on this network open it, with a join code"
    )
    app.add_argument("--port", type=int, default=8501, help="the port it listens on (default 8501)")
    app.set_defaults(command=_app)
    audit = commands.add_parser("audit", help="run the audit that a plan file describes")
    audit.add_argument("plan", type=Path, help="the plan file (TOML)")
    audit.add_argument("--data", type=Path, help="audit this table instead of the plan's")
    audit.add_argument("--model", type=Path, help="audit this model instead of the plan's")
    audit.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the results go (default plumbline-out)"
    )
    add_time_limit(audit)
    add_inside(audit)
    audit.set_defaults(command=_audit)
    add_mitigate(commands)
    add_explain(commands)
    return parser


def _app(chosen: argparse.Namespace) -> int:
    from core.app_server import serve

    return int(serve(share=chosen.share, port=chosen.port))


def _audit(chosen: argparse.Namespace) -> int:
    plan = read_plan(chosen.plan, chosen.inside)
    data = chosen.data or chosen.plan.parent / plan.data.file
    model = None
    if plan.decision.model is not None:
        model = chosen.model or chosen.plan.parent / plan.decision.model
    elif chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    refuse_unreadable(data, *([model] if model else []))
    refuse_unwritable(chosen.out, chosen.inside)
    with naming(chosen.plan, model):
        record = run_audit(plan, data, model, images_beside(plan, chosen.plan.parent), chosen.time_limit)
    write_audit(record, chosen.out)
    say(*map(text, in_order(record.notes, record.plan.data.confirmed)))
    return 0


def run_audit(
    plan: Plan, data: Path, model: Path | None, images: Path | None = None, time_limit: float = TIME_LIMIT
) -> AuditRecord:
    """Audit a table in a sandboxed job process, as the app does, and take its result over.

    `images` is a zip or a folder; `time_limit` is in seconds.
    """
    from core.collect import collect_profile, collect_record

    named = replace(plan, data=replace(plan.data, file=data.name))
    inputs = {"table": data, "model": model, "images": images}
    with job_done("audit", {"plan": named.to_toml()}, inputs, time_limit) as done:
        digests = done.digests
        profile = collect_profile(done.out, data.name, digests["table"])
        return collect_record(
            done.out, plan, profile.rows, digests["table"], digests.get("model"), digests.get("images")
        )
