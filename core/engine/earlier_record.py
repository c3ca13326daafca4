"""A record that somebody names: a record.json, or the folder that an audit wrote, and the model that decided in it."""

from __future__ import annotations

from pathlib import Path

from core.errors import DataError, PlanError
from core.jobs.digest import sha256
from core.record import AuditRecord
from core.record.reading import MOST_BYTES, read_record

RECORD_FILE = "record.json"


def open_record(path: Path) -> AuditRecord:
    """The record in a file, or in a folder of results. Raises DataError where there is none."""
    file = path / RECORD_FILE if path.is_dir() else path
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        raise DataError(
            f"{file} cannot be read ({why}). Give a record.json, or the folder that an audit wrote."
        ) from None
    if len(content) > MOST_BYTES:
        raise DataError(f"{file} is too large for a record. Give the record.json that an audit wrote.")
    return read_record(content, str(file))


def model_of(record: AuditRecord, path: Path, folders: tuple[Path, ...], given: Path | None) -> Path | None:
    """The model file that decided in the record at `path`; None where columns of the table did.

    It is `given`, or lies in one of the folders, and is the very file by its digest. Raises DataError where it is not
    there, PlanError where one is given and there is none.
    """
    name = record.plan.decision.model
    if name is None:
        if given is not None:
            raise PlanError(f"--against-model was given, but {path} audits columns of the table. Leave it out.")
        return None
    wanted = record.provenance.model_sha256
    if given is not None:
        if not given.is_file():
            raise DataError(f"{given} is not there or cannot be read. Give the model of {path}.")
        if sha256(given) != wanted:
            raise DataError(f"{given} is not the model of {path}: its content differs. Give that one.")
        return given
    # Only the name: a stranger's record may not lead to another folder.
    for file in (folder / Path(name).name for folder in folders):
        if file.is_file() and sha256(file) == wanted:
            return file
    raise DataError(
        f'The model of {path}, "{Path(name).name}", is not beside it. Put that file there, or give it with'
        " --against-model."
    )
