"""What the jobs of a test run found, by their kind, request and inputs: a job is a function of these."""

import contextlib
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from core.jobs.folder import Folder
from core.jobs.job import WORK


def digest(folder: Folder) -> str:
    """What a job that is about to run, or has just ended, was asked."""
    work = json.loads((folder.path / WORK).read_text(encoding="utf-8"))
    asked = hashlib.sha256(json.dumps([work["kind"], work["request"]], sort_keys=True).encode())
    for path in sorted((folder.path / "in").iterdir()):
        with path.open("rb") as file:
            asked.update(f"\n{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}".encode())
    return asked.hexdigest()


def may_train(folder: Folder) -> bool:
    """Whether what the job finds may depend on how long networks are trained."""
    return bool(json.loads((folder.path / WORK).read_text(encoding="utf-8"))["kind"] == "mitigate")


def keep(folder: Folder, kept: Path) -> None:
    """Keep what a job wrote that is done."""
    place = kept / digest(folder)
    if place.exists() or not folder.finished():
        return
    with tempfile.TemporaryDirectory(dir=kept) as part:
        found = shutil.copytree(folder.out, Path(part) / "out", ignore=shutil.ignore_patterns("tmp"))
        with contextlib.suppress(OSError):  # another worker was first
            found.rename(place)


def hand_over(folder: Folder, kept: Path) -> bool:
    """Whether the job's results were found already, and stand in its folder now."""
    place = kept / digest(folder)
    if not place.exists():
        return False
    shutil.copytree(place, folder.out, dirs_exist_ok=True)
    return True
