"""`plumbline monitor PLAN --data ...`: audits each table once, and says whether a watched gap has changed.

The folder of results is all it remembers: run again it audits what is new, and after a kill it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.device import add_device
from core.cli.files import naming, read_plan, refuse_unwritable
from core.cli.inside import add_inside
from core.cli.meanwhile import SHARES, import_meanwhile
from core.cli.monitor.kept import SERIES, KeptAudits
from core.cli.monitor.tables import tables_of
from core.cli.monitor.told import operator_settings, tell
from core.cli.terminal import complain, say
from core.cli.time_limit import add_time_limit
from core.cli.trackers import Trackers, add_trackers
from core.engine.plan_files import Files
from core.errors import DataError, PlanError, PlumblineError
from core.jobs.digest import sha256
from core.metrics.reference import IN_PLAN
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.asked_again import without_reference

if TYPE_CHECKING:
    from core.record.series import Series

ALARM, COULD_NOT = 1, 2


def add_monitor(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("monitor", help="audit tables as they come, and say whether a gap has changed")
    command.add_argument("plan", type=Path, help="the plan file (TOML); its [monitor] says what is watched")
    command.add_argument(
        "--data",
        action="extend",
        nargs="+",
        required=True,
        metavar="GLOB",
        help='tables, one a month: files or patterns, such as "loans-*.parquet"; a table is audited once',
    )
    command.add_argument("--model", type=Path, help="audit this model instead of the plan's")
    command.add_argument(
        "--out",
        type=Path,
        default=Path("plumbline-series"),
        help="the folder that keeps the audits and series.json (default plumbline-series)",
    )
    add_trackers(command)
    add_time_limit(command)
    add_device(command)
    add_inside(command)
    command.set_defaults(command=_monitor)


def _monitor(chosen: argparse.Namespace) -> int:
    from core.record.series import Series
    from core.record.series.watched import refuse_unwatchable
    from core.report.documents.json import as_text
    from core.report.documents.series import series_document
    from core.report.words.over_time import first_sentence, series_lines, tells_nothing

    plan = read_plan(chosen.plan, chosen.inside)
    settings, trackers = operator_settings(plan.monitor), Trackers.asked(chosen)
    with naming(chosen.plan):
        refuse_unwatchable(plan)
    tables = tables_of(chosen.data)
    refuse_unwritable(chosen.out, chosen.inside)
    with KeptAudits.at(chosen.out, plan) as kept:
        import_meanwhile(SHARES)
        failed = [path.name for path in tables if not _is_audited(path, plan, kept, chosen)]
        if not kept.records:
            return COULD_NOT
        with naming(chosen.plan):
            series = Series.of(kept.counted, plan.monitor)
            document = series_document(series, failed)
        kept.write(SERIES, as_text(document))
    if series.replaced:
        say(f"{', '.join(series.replaced)}: audited in several tables, of which the one that was audited last counts.")
    say(*series_lines(series), f"Wrote {chosen.out / SERIES}")
    if failed:
        say(f"Not audited: {', '.join(failed)}.")
    if tells_nothing(series):
        say(first_sentence(series))
    done = (not failed, tell(series, plan.monitor, settings, chosen.out), _is_tracked(trackers, document))
    return _code(series, not all(done))


def _is_tracked(trackers: Trackers, document: dict[str, Any]) -> bool:
    """Write the figures to the trackers that were asked for; a failure is said, and takes no alarm's code away."""
    try:
        trackers.series(document)
    except PlumblineError as error:
        complain(str(error))
        return False
    return True


def _code(series: Series, is_lacking: bool) -> int:
    """An alarm goes before what could not be done, which stderr names in any case."""
    return ALARM if series.is_alarm else COULD_NOT if is_lacking else 0


def _is_audited(path: Path, plan: Plan, kept: KeptAudits, chosen: argparse.Namespace) -> bool:
    """Audit one table, or each month of it, unless it was, and say so in a line; whether all of it is audited now."""
    try:
        digest = kept.given[path.name] = _digest(path)
        months = _months(path, digest, plan, kept, chosen)
    except PlumblineError as error:
        return _complained(path.name, error)
    names = {digest if month is None else f"{digest}-{month}": month for month in months}
    waiting = [name for name in names if name not in kept.by_part]
    whole = True
    for name in waiting:
        try:
            kept.add(name, _audited(path, kept.asks(path.name, names[name]), kept.first, chosen))
        except PlumblineError as error:
            whole = _complained(path.name if names[name] is None else f"{path.name}, {names[name]}", error)
    there = [kept.by_part[name] for name in names if name in kept.by_part]
    if there:
        many = "" if plan.monitor.date is None else f"{len(there)} month{'s' * (len(there) != 1)}, "
        people = sum(record.counts.people for record in there)
        audited = "audited" if waiting else _once(path.name, there[0].plan.data.file)
        say(f"{path.name}: {audited}, {many}{people:,} people.{_in_no_month(there, names)}")
    return whole


def _in_no_month(there: Sequence[AuditRecord], names: Mapping[str, str | None]) -> str:
    """How many rows of a table stand in none of its months, where all of these are audited."""
    if None in names.values() or len(there) < len(names) or there[0].lines is not None:
        return ""
    read = there[0].rows_read
    left = read - sum(record.rows_read - record.dropped[0] for record in there)  # the month's is the first rule
    return f" {left:,} of its {read:,} rows are in no month." if left > 0 else ""


def _once(name: str, audited_as: str) -> str:
    """What is said of a table whose content was audited, by an earlier run or under another name in this one."""
    return "audited before" if name == audited_as else f"the same as {audited_as}, audited once"


def _complained(name: str, error: PlumblineError) -> bool:
    said = str(error)
    complain(said if name in said else f"{name}: {said}")
    return False


def _months(path: Path, digest: str, plan: Plan, kept: KeptAudits, chosen: argparse.Namespace) -> Sequence[str | None]:
    """The months that a table is cut into, in order; None alone where it is audited whole."""
    if plan.monitor.date is None:
        return (None,)
    if digest not in kept.months:
        from core.engine.api import months_isolated

        kept.cut(digest, list(months_isolated(path, plan.monitor.date, chosen.time_limit)))
    return kept.months[digest]


def _audited(path: Path, plan: Plan, first: AuditRecord | None, chosen: argparse.Namespace) -> AuditRecord:
    from core.engine.api import audit_isolated

    files = Files.beside(plan, chosen.plan.parent, table=path, model=chosen.model)
    with naming(chosen.plan, files.model):
        try:
            return audit_isolated(plan, files, chosen.time_limit)
        except PlanError as error:
            if first is None or error.in_plan != IN_PLAN:
                raise
            name, without = path.name, f"or leave {path.name} out of --data"
            said = without_reference(error.message, first.plan.data.file, name, without)
            raise DataError(f"{name}: {said}") from None


def _digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read ({error.strerror}). Give a table that can.") from None
