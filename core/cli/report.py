"""`plumbline report RECORD`: the report of an audit that ran, from its record."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.files import writing
from core.cli.inside import lies_inside
from core.cli.monitor.found import series_around
from core.cli.terminal import say
from core.engine.earlier_record import open_record
from core.errors import DataError, PlanError
from core.plan.parts import READERS, ReportPlan
from core.record.registers import MOST_BYTES, REGISTERS_FILE, Registers

if TYPE_CHECKING:
    from core.report.documents.formats import AskedReport


def add_report(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("report", help="write the report of an audit that ran")
    command.add_argument("record", type=Path, help="the record.json of the audit, or the folder of its results")
    command.add_argument("--out", type=Path, help="the file to write; its ending says as what (default a web page)")
    command.add_argument(
        "--reader",
        action="append",
        choices=READERS,
        default=[],
        help="whom it is for; may be given several times (default: as the plan says, else one page)",
    )
    command.add_argument("--logo", type=Path, help="a PNG or JPEG for its head, in place of the plan's")
    command.add_argument(
        "--hide-small", action="store_true", help="show no count of 1 to 4 people, nor what one follows from"
    )
    command.set_defaults(command=_report)


def _report(chosen: argparse.Namespace) -> int:
    from core.report.documents.formats import file_name, format_of
    from core.report.sections.reported import ReportedAudit

    record = open_record(chosen.record)
    asked = record.plan.report
    if chosen.reader:
        asked = replace(asked, readers=tuple(chosen.reader))
    if chosen.hide_small:
        asked = replace(asked, hide_small=True)
    logo = chosen.logo
    if logo is None and asked.logo is not None:
        logo = inside_folder(chosen.record if chosen.record.is_dir() else chosen.record.parent, asked.logo)
    folder = chosen.record if chosen.record.is_dir() else chosen.record.parent
    written, series = _registers(folder / REGISTERS_FILE), series_around(record, folder)
    audit = ReportedAudit(record, asked, logo=read_logo(logo), registers=written, series=series)
    out = chosen.out or Path(file_name(audit, "html"))
    content = format_of(out.name).content(audit)
    with writing(out.parent):
        out.write_bytes(content)
    say(audit.overview.first.sentence, f"Wrote {out}")
    return 0


def _registers(path: Path) -> Registers:
    """The registers that lie beside a record; empty ones where none do. Raises DataError where they are damaged."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError
        return Registers.from_json(json.loads(content))
    except FileNotFoundError:
        return Registers()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DataError(f"{path} holds no registers. Take it away, or give what the app wrote.") from None


def asked_report(kinds: str, asked: ReportPlan, folder: Path) -> AskedReport | None:
    """An audit's report as these kinds of file, given with commas; None where none is asked for.

    What would keep them from being written is found before the audit runs: raises PlanError for a kind or a section
    that there is not, DataError for a logo that is none. The logo is looked for in `folder`.
    """
    if not kinds and asked.sections is None:  # most audits want no report, and wait for none of its imports
        return None
    from core.report.documents.formats import AskedReport

    names = tuple(kind.strip() for kind in kinds.split(",") if kind.strip())
    if kinds and not names:
        raise PlanError(f'--report "{kinds}" names no kind of file. Write --report html, or html,pdf.')
    return AskedReport.of_kinds(names, asked, read_logo(folder / asked.logo) if names and asked.logo else None)


def inside_folder(folder: Path, name: str) -> Path:
    """The file that a record names beside it. Raises DataError where it leads elsewhere: records come from anybody."""
    path = folder / name
    if not lies_inside(path, folder.resolve()):
        raise DataError(f'The record names the logo "{name}" outside its folder. Give the logo with --logo.')
    return path


def read_logo(path: Path | None) -> bytes | None:
    """The logo in a file, opened in a job as every upload is; None without one. Raises DataError where it is none."""
    if path is None:
        return None
    from core.jobs.run_one import job_done
    from core.store.report_files import made_logo

    if not path.is_file():
        raise DataError(f"The logo {path} is no file. Give another with --logo.")
    with job_done("logo", {}, {"logo": path}) as done:
        return made_logo(done.out)
