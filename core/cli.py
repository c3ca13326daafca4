"""The command line: `plumbline app`, `plumbline audit`, `plumbline mitigate` and `plumbline explain` (design.md 6)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from core.cli_explain import add_explain
from core.cli_mitigate import add_mitigate
from core.command_files import TIME_LIMIT, naming, read_plan, refuse_unreadable, refuse_unwritable, sha256, write_audit
from core.errors import PlanError, PlumblineError
from core.packed_images import images_beside, packed
from core.plan import Plan
from core.record import AuditRecord


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 when it ran, whatever it found; 2 for bad input, said in one line on stderr."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.command(chosen))
    except PlumblineError as error:
        print(f"plumbline: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other message is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"plumbline: {message}. See {self.prog} --help.\n")


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
    audit.set_defaults(command=_audit)
    add_mitigate(commands)
    add_explain(commands)
    return parser


def _app(chosen: argparse.Namespace) -> int:
    from core.app_server import serve

    return int(serve(share=chosen.share, port=chosen.port))


def _audit(chosen: argparse.Namespace) -> int:
    plan = read_plan(chosen.plan)
    data = chosen.data or chosen.plan.parent / plan.data.file
    model = None
    if plan.decision.model is not None:
        model = chosen.model or chosen.plan.parent / plan.decision.model
    elif chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    refuse_unreadable(data, *([model] if model else []))
    refuse_unwritable(chosen.out)
    with naming(chosen.plan, model):
        record = run_audit(plan, data, model, images_beside(plan, chosen.plan.parent))
    write_audit(record, chosen.out)
    for warning in record.warnings:
        print(warning)
    return 0


def run_audit(plan: Plan, data: Path, model: Path | None, images: Path | None = None) -> AuditRecord:
    """Audit a table in a sandboxed job process, as the app does, and take its result over.

    `images` is a zip or a folder.
    """
    from core.collect import collect_profile, collect_record
    from core.jobs import Supervisor

    named = replace(plan, data=replace(plan.data, file=data.name))
    inputs = {"table": data} if model is None else {"table": data, "model": model}
    with tempfile.TemporaryDirectory(prefix="plumbline-") as root:
        if images is not None:
            inputs["images"] = packed(images, Path(root))
        supervisor = Supervisor(Path(root), slots=1, warm=False, time_limit=TIME_LIMIT)
        try:
            job = supervisor.submit("audit", {"plan": named.to_toml()}, inputs)
            digests = {name: sha256(path) for name, path in inputs.items()}
            status = supervisor.wait(job, TIME_LIMIT)
            if status.error is not None:
                raise status.error(status.message)
            out = supervisor.output(job)
            profile = collect_profile(out, data.name, digests["table"])
            return collect_record(
                out, plan, profile.rows, digests["table"], digests.get("model"), digests.get("images")
            )
        finally:
            supervisor.close()
