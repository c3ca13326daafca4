"""Tables that lie elsewhere, brought here before a job runs, which has no network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from core.data.progress import ProgressReporter, Tell
from core.data.table_files.far_table import FarTable
from core.data.table_files.part import TableFiles
from core.engine.plan_files import Files
from core.jobs.scratch import scratch


@contextmanager
def brought(files: Files, tell: Tell | None = None) -> Iterator[Files]:
    """The same files, with copies of tables that lie elsewhere; the copies are gone when the context ends.

    Raises DataError where a table cannot be copied.
    """
    with ExitStack() as stack:

        def here(table: TableFiles) -> TableFiles:
            if not isinstance(table, FarTable):
                return table
            return table.here(stack.enter_context(scratch()), ProgressReporter(tell))

        yield replace(files, table=here(files.table), second=None if files.second is None else here(files.second))
