"""The files that a plan names: found beside it, and given to the work by the names that a job knows them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.data.table_files.address import Address, Place, is_address, place
from core.data.table_files.far_table import table_at
from core.data.table_files.listing import can_be_read, listed
from core.data.table_files.part import TableFiles
from core.errors import DataError
from core.plan.plan import Plan

__all__ = ["Address", "Files", "Place", "files_of", "is_address", "place"]  # commands name tables by these


@dataclass(frozen=True)
class Files:
    """What the work on a plan reads: table, model, the zip or folder of images, and the second table of a search."""

    table: TableFiles
    model: Path | None = None
    images: Path | None = None
    second: TableFiles | None = None

    @classmethod
    def beside(
        cls,
        plan: Plan,
        folder: Path,
        *,
        table: Place | Sequence[Place] | None = None,
        model: Path | None = None,
        second: str | None = None,
    ) -> Files:
        """The files that a plan names, relative to `folder`. Raises DataError where one is not there.

        `table` (one path or address, or several: files, folders, patterns) and `model` are taken in place of the
        plan's; `second` is the name of a second table.
        """
        if plan.decision.model is not None:
            model = model or folder / plan.decision.model
        if not table:
            named = [place(name, folder) for name in plan.data.files or (plan.data.file,)]
        else:
            named = list(table) if isinstance(table, Sequence) else [table]
        files = cls(
            table_at(named),
            model,
            None if plan.decision.image is None else folder / str(plan.decision.images),
            None if second is None else table_at([place(second, folder)]),
        )
        if files.model is not None and not can_be_read(files.model):
            raise DataError(
                f"{files.model} is not there or cannot be read. Correct the path in the plan, or give it with --data or"
                " --model."
            )
        if files.images is not None and not can_be_read(files.images, or_folder=True):
            raise DataError(
                f"{files.images} is not there or cannot be read. Name the zip or the folder that holds the images.",
                in_plan='images = "images.zip" under [decision]',
            )
        return files

    @property
    def inputs(self) -> dict[str, Path | None]:
        """The inputs of a job by name; a table in several files is none, until it was converted."""
        second = None if self.second is None else self.second.single
        return {"table": self.table.single, "model": self.model, "second_table": second, "images": self.images}

    def named(self, plan: Plan) -> Plan:
        """The plan with its tables called as these files are, which is what messages call them."""
        plan = replace(plan, data=plan.data.in_file(self.table.name))
        if self.second is None:
            return plan
        return replace(plan, mitigate=replace(plan.mitigate, evaluate=self.second.name))


def files_of(path: Path) -> TableFiles:
    """The files of the table that a path names: a file, a folder or a pattern. Raises DataError where there is none."""
    return listed([path])
