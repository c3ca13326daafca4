"""A plan as the Python API takes it, made ready to be worked on: its rule read, its files found or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from core.data.frames import NAME, good_cells, write_frame
from core.data.table_files.address import place
from core.engine.plan_files import Files
from core.jobs.scratch import scratch
from core.metrics.stated_rule import with_rule
from core.plan.plan import Plan

if TYPE_CHECKING:
    from core.data.frames import Frame


@contextmanager
def asked(
    plan: Plan, data: str | Path | Sequence[str | Path] | Frame | None = None, second: str | None = None
) -> Iterator[tuple[Plan, Files]]:
    """The plan and its files; a table in memory is a file until the context ends.

    Parameters
    ----------
    plan
        Paths in it are relative to the folder that it was loaded from, else to the working directory.
    data
        The table in place of the plan's: a path or address (file, folder or pattern) or several, a DataFrame or
        columns by name.
    second
        The name of a second table.

    Raises PlanError or DataError where a file is not there.
    """
    folder = plan.folder or Path()
    plan = with_rule(plan, folder)
    if data is None or isinstance(data, str | Path | list | tuple):
        named = [data] if isinstance(data, str | Path) else data or []
        yield plan, Files.beside(plan, folder, table=[place(str(name)) for name in named], second=second)
        return
    with scratch() as written:
        write_frame(data, written / NAME)
        yield plan, Files.beside(plan, folder, table=written / NAME, second=second)


def frame_plan(
    frame: Frame,
    *,
    sensitive: str | Sequence[str],
    outcome: str | None,
    good_outcome: object,
    decision: str | None,
    good_decision: object,
    score: str | None,
    threshold: float | None,
    groups: Mapping[str, Any],
    confirmed: Sequence[str],
) -> Plan:
    """The plan that asks about columns of a table in memory; `groups` are further keys of its `[groups]`.

    Raises PlanError where it asks for what cannot be done.
    """
    data: dict[str, Any] = {"file": NAME, "confirmed": list(confirmed)}
    if outcome is not None:
        data |= {"label": outcome, "favourable": good_cells(frame, outcome, good_outcome)}
    decided: dict[str, Any] = {"prediction": decision, "score": score, "threshold": threshold}
    if decision is not None:
        decided["favourable"] = good_cells(frame, decision, good_decision)
    columns = [sensitive] if isinstance(sensitive, str) else list(sensitive)
    document = {
        "plumbline": 1,
        "data": data,
        "decision": {key: value for key, value in decided.items() if value is not None},
        "groups": {"sensitive": columns, **groups},
    }
    return Plan.from_toml(tomli_w.dumps(document))
