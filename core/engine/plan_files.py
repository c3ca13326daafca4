"""The files that a plan names: found beside it, and given to the work by the names that a job knows them by."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import DataError
from core.plan.plan import Plan


@dataclass(frozen=True)
class Files:
    """What the work on a plan reads: table, model, the zip or folder of images, and the second table of a search."""

    table: Path
    model: Path | None = None
    images: Path | None = None
    second: Path | None = None

    @classmethod
    def beside(
        cls,
        plan: Plan,
        folder: Path,
        *,
        table: Path | None = None,
        model: Path | None = None,
        second: str | None = None,
    ) -> Files:
        """The files that a plan names, relative to `folder`. Raises DataError where one is not there.

        `table` and `model` are taken in place of the plan's; `second` is the name of a second table.
        """
        if plan.decision.model is not None:
            model = model or folder / plan.decision.model
        files = cls(
            table or folder / plan.data.file,
            model,
            None if plan.decision.image is None else folder / str(plan.decision.images),
            None if second is None else folder / second,
        )
        for path in (files.table, files.model, files.second):
            if path is not None and not _can_be_read(path):
                raise DataError(
                    f"{path} is not there or cannot be read. Correct the path in the plan, or give it with --data or"
                    " --model."
                )
        if files.images is not None and not _can_be_read(files.images, or_folder=True):
            raise DataError(
                f"{files.images} is not there or cannot be read. Name the zip or the folder that holds the images.",
                in_plan='images = "images.zip" under [decision]',
            )
        return files

    @property
    def inputs(self) -> dict[str, Path | None]:
        """The inputs of a job by name."""
        return {"table": self.table, "model": self.model, "second_table": self.second, "images": self.images}

    def named(self, plan: Plan) -> Plan:
        """The plan with its tables called as these files are, which is what messages call them."""
        plan = replace(plan, data=replace(plan.data, file=self.table.name))
        if self.second is None:
            return plan
        return replace(plan, mitigate=replace(plan.mitigate, evaluate=self.second.name))


def _can_be_read(path: Path, or_folder: bool = False) -> bool:
    try:
        return (path.is_file() or (or_folder and path.is_dir())) and os.access(path, os.R_OK)
    except (OSError, ValueError):  # a name that no file can have
        return False
