"""The convert job: the files of one table, read once, become what a look at one file leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.profile import Profile
from core.data.profiling import take_profile_of, write_profile
from core.data.progress import Progress
from core.data.table_files.part import TableFiles, TablePart


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The convert job: the files in/part-0 onwards become out/table.parquet and out/profile.json.

    request["files"] lists the [name, columns of its folders, raw name] of each, request["passed_over"] what was not
    taken.
    """
    parts = [
        TablePart(folder / "in" / part_input(place), str(name), tuple((str(c), str(t)) for c, t in columns), str(raw))
        for place, (name, columns, raw) in enumerate(request["files"])
    ]
    convert(parts, str(request["name"]), request["passed_over"], folder / "out", progress)


def convert(parts: Sequence[TablePart], name: str, passed: Sequence[str], out: Path, progress: Progress) -> Profile:
    """Write the files as one table, with its profile, into `out`. Raises DataError naming the file that is wrong."""
    profile = replace(take_profile_of(parts, name, out, progress), passed_over=tuple(map(str, passed)))
    write_profile(profile, out)
    return profile


def request_of(table: TableFiles) -> dict[str, Any]:
    """What the job is asked."""
    files = [[part.name, [list(pair) for pair in part.columns], part.raw_name] for part in table.parts]
    return {"name": table.name, "files": files, "passed_over": list(table.passed_over)}


def part_input(place: int) -> str:
    """What the job's input is called that is the file at this place."""
    return f"part-{place}"
