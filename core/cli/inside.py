"""`--inside`: a stranger's plan names only files of its own folder, and results are written through nobody's link."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.engine.plan_files import files_of, is_address
from core.errors import DataError, PlanError
from core.plan.parts import RulePath
from core.plan.plan import Plan


def add_inside(command: argparse.ArgumentParser) -> None:
    """Let a command be told that its plan is a stranger's."""
    command.add_argument(
        "--inside",
        action="store_true",
        help="refuse a plan that names a file outside its own folder, also by a link: for plans of strangers",
    )


def refuse_outside(path: Path, plan: Plan | None = None) -> None:
    """Raise PlanError where the plan at `path`, or a file that `plan` names, does not lie in the folder of `path`.

    Links are followed. What is not there at all is left to whoever reads it.
    """
    folder = path.parent.resolve()
    if plan is None:
        _refuse(path.name, "the plan itself", path, folder)
        return
    named = {
        "[decision] model": plan.decision.model,
        "[decision] rule": plan.decision.rule.path if isinstance(plan.decision.rule, RulePath) else None,
        "[decision] images": plan.decision.images,
        "[report] logo": plan.report.logo,
    }
    for key, name in named.items():
        if name is not None:
            _refuse(path.name, f'{key} "{name}"', path.parent / str(name), folder)
    for name in plan.data.files or (plan.data.file,):
        _refuse_table(path, "[data] file", name, folder)
    if plan.mitigate.evaluate is not None:
        _refuse_table(path, "[mitigate] evaluate", plan.mitigate.evaluate, folder)


def _refuse(plan: str, what: str, path: Path, folder: Path) -> None:
    if not lies_inside(path, folder):
        raise PlanError(f"{plan}: {what} leads out of the plan's folder, which --inside forbids. Move the file there.")


def _refuse_table(written_in: Path, key: str, name: str, folder: Path) -> None:
    """As `_refuse`, for every file of a table: a folder or a pattern may name a link that leads out."""
    plan = written_in.name
    if is_address(name):  # not repeated: it may carry a key
        raise PlanError(f"{plan}: {key} is an address, which --inside forbids. Put the table into the plan's folder.")
    what, path = f'{key} "{name}"', written_in.parent / name
    _refuse(plan, what, path, folder)
    try:
        parts = files_of(path).parts
    except DataError:
        return  # what is not there, and what else is wrong with it, is said when it is to be read
    for part in parts:
        _refuse(plan, f"{what}, {part.name},", part.path, folder)


def lies_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies below a folder, which is without links, once all links are followed."""
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, or links in a circle
        return False


def refuse_linked(out: Path) -> None:
    """Raise DataError where writing into `out` could write elsewhere, since a link stands in the way.

    Of an absolute path the folders above are whoever's the command is; of a relative one they may be the stranger's.
    """
    above = [] if out.is_absolute() else [folder for folder in out.parents if folder != Path()]
    below = list(out.rglob("*")) if out.is_dir() else []
    for path in (out, *above, *below):
        if path.is_symlink():
            raise DataError(f"{path} is a link, which --inside does not write through. Give another folder with --out.")
