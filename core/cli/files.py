"""The files that commands read and write: plans with the rules they name, tables and models, results."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from core.cli.inside import refuse_linked, refuse_outside
from core.cli.terminal import say
from core.errors import DataError, ModelError, PlanError
from core.metrics.stated_rule import with_rule
from core.plan.plan import Plan

NOTHING_OUTDATED: Mapping[str, bytes] = MappingProxyType({})
_ELSEWHERE = "Give another folder with --out."
_FIRST_BYTES = 100


def read_plan(path: Path, inside: bool = False) -> Plan:
    """The plan in a file, and the content of the rule file that it names. Raises PlanError.

    With `inside` also where it names a file that does not lie in its folder.
    """
    if inside:
        refuse_outside(path)
    plan = Plan.load(path)
    if inside:
        refuse_outside(path, plan)
    with naming(path):
        return with_rule(plan, path.parent)


@contextmanager
def naming(plan: Path, model: Path | None = None) -> Iterator[None]:
    """Say in whose file a plan's mistake stands, and which model file does not fit."""
    try:
        yield
    except PlanError as error:
        raise PlanError(f"{plan.name}: {error}") from None
    except ModelError as error:
        if model is None or model.name in str(error):
            raise
        raise ModelError(f"{model.name}: {error}") from None


def refuse_unwritable(out: Path, inside: bool = False) -> None:
    """Raise DataError where results could not be written into this folder, before hours go into computing them.

    With `inside` also where a link would have them written elsewhere.
    """
    with _written_in(out):
        if inside:
            refuse_linked(out)
        there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
        with tempfile.TemporaryFile(dir=there):  # without a name, so that nothing stays where this is killed
            pass


def write_texts(texts: Mapping[str, str], out: Path) -> None:
    """Write files, given as their texts by name, and say so. Raises DataError where that cannot be."""
    write_files({name: text.encode() for name, text in texts.items()}, out)


def write_files(contents: Mapping[str, bytes], out: Path, outdated: Mapping[str, bytes] = NOTHING_OUTDATED) -> None:
    """Write files, given as their bytes by name, and say so. Raises DataError where that cannot be.

    `outdated` are files about what is written over here, with what stands in the first lines of each: one that an
    earlier run left, and this one does not write, would pass for one of these results, and is taken away. A file of
    that name which begins otherwise is somebody's own, and stays.
    """
    with writing(out):
        left = {out / name: mark for name, mark in outdated.items() if name not in contents}
        gone = [path for path, mark in left.items() if path.is_file() and _begins_with(path, mark)]
        for path in gone:
            path.unlink()
        for name, content in contents.items():
            (out / name).write_bytes(content)
    if contents:
        say(f"Wrote {' and '.join(str(out / name) for name in contents)}")
    if gone:
        say(f"Took away {' and '.join(map(str, gone))}: it was about the results that stood here before.")


def _begins_with(path: Path, mark: bytes) -> bool:
    """Whether this stands in the file's first lines."""
    with path.open("rb") as file:
        return mark in file.read(_FIRST_BYTES)


@contextmanager
def writing(out: Path, advice: str = _ELSEWHERE) -> Iterator[None]:
    """Make the folder; whatever then cannot be written is a DataError in words, which end with what to do."""
    with _written_in(out, advice):
        out.mkdir(parents=True, exist_ok=True)
        yield


@contextmanager
def _written_in(out: Path, advice: str = _ELSEWHERE) -> Iterator[None]:
    """Say in words what cannot be written."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{out} cannot be written ({error.strerror}). {advice}") from None
