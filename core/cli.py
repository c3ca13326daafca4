"""The command line: `plumbline app` and `plumbline audit PLAN` (design.md 6)."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from core.errors import DataError, PlanError, PlumblineError
from core.plan import Plan
from core.record import AuditRecord

_TIME_LIMIT = 24 * 3600.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 when it ran, whatever it found; 2 for bad input, said in one line on stderr."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.command(chosen))
    except PlumblineError as error:
        print(f"plumbline: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plumbline", description="Does a model treat groups of people differently?")
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
    return parser


def _app(chosen: argparse.Namespace) -> int:
    from core.app_server import serve

    return int(serve(share=chosen.share, port=chosen.port))


def _audit(chosen: argparse.Namespace) -> int:
    plan = _read_plan(chosen.plan)
    data = chosen.data or chosen.plan.parent / plan.data.file
    model = None
    if plan.decision.model is not None:
        model = chosen.model or chosen.plan.parent / plan.decision.model
    elif chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    for path in (data, *([model] if model else [])):
        if not _can_be_read(path):
            raise DataError(
                f"{path} is not there or cannot be read. Correct the path in the plan, or give it with --data or"
                " --model."
            )
    record = run_audit(plan, data, model)
    _write(record, chosen.out)
    return 0


def _can_be_read(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except OSError:  # a name that no file can have
        return False


def run_audit(plan: Plan, data: Path, model: Path | None) -> AuditRecord:
    """Audit a table in a sandboxed job process, as the app does, and take its result over."""
    from core.collect import collect_profile, collect_record
    from core.jobs import Supervisor

    named = replace(plan, data=replace(plan.data, file=data.name))
    inputs = {"table": data} if model is None else {"table": data, "model": model}
    with tempfile.TemporaryDirectory(prefix="plumbline-") as root:
        supervisor = Supervisor(Path(root), slots=1, warm=False, time_limit=_TIME_LIMIT)
        try:
            job = supervisor.submit("audit", {"plan": named.to_toml()}, inputs)
            digests = [_sha256(path) for path in inputs.values()]
            status = supervisor.wait(job, _TIME_LIMIT)
            if status.error is not None:
                raise status.error(status.message)
            out = supervisor.output(job)
            profile = collect_profile(out, data.name, digests[0])
            return collect_record(out, plan, profile.rows, digests[0], digests[1] if model else None)
        finally:
            supervisor.close()


def _read_plan(path: Path) -> Plan:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{path} cannot be read ({error.strerror}). Give the path of a plan file.") from None
    except UnicodeDecodeError:
        raise PlanError(f"{path} is not a text file in UTF-8. Save the plan as UTF-8.") from None
    return Plan.from_toml(text)


def _write(record: AuditRecord, out: Path) -> None:
    from core.report.result_json import as_text, result

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "result.json").write_text(as_text(result(record)), encoding="utf-8")
        (out / "record.json").write_text(as_text(record.to_json()), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{out} cannot be written ({error.strerror}). Give another folder with --out.") from None
    print(f"Wrote {out / 'result.json'} and {out / 'record.json'}")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
