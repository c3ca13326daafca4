"""One run of the command, and what is kept of it: nothing of times, versions, paths and batch sizes."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

ROOT = Path(__file__).resolve().parents[2]
# Beside the repository, or beside the folder of its worktrees.
SHARED = next((p for p in (ROOT.parent / "shared", ROOT.parents[1] / "shared") if p.is_dir()), ROOT.parent / "shared")
SAMPLES = ROOT / "core" / "samples"
PLUMBLINE = Path(sys.executable).with_name("plumbline")


# A plan's own digest holds the names of its files; that of its question, which stays, does not.
LEFT_OUT = {"created", "seconds", "versions", "batch_size", "plan_sha256"}
# They hash times and versions along with the rest.
RECORDS = {"before", "after", "parent", "previous"}
SECONDS = 3600.0


Run = dict[str, Any]
"""One run of the command: its arguments, exit code, what it printed, and its files by name."""


def run_command(verb: str, plan: Path, *arguments: str, out: Path | None = None) -> Run:
    """Run the command and keep what it gave."""
    with tempfile.TemporaryDirectory() as own:
        to = out or Path(own) / "out"
        command = [PLUMBLINE, verb, plan, *arguments, "--out", to]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=SECONDS)
        files = _files(to)
        # A model that was trained is a zip with the time of day in it, and its digest stands in other files.
        models = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in files if is_zipfile(path)}
        return {
            "command": [verb, plan.name, *arguments],
            "exit": done.returncode,
            "stdout": _placeless(done.stdout),
            "stderr": _placeless(done.stderr),
            "files": {path.relative_to(to).as_posix(): _content(path, models) for path in files},
        }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _content(path: Path, models: dict[str, str]) -> Any:
    """A file's content as it is kept: JSON as such, text by lines, a zip by its entries, else by its digest."""
    content = path.read_bytes()
    if is_zipfile(path):
        with ZipFile(path) as archive:  # skops names and numbers its parts by where they lie in memory
            return sorted(
                f"{each.file_size} {each.CRC}" for each in archive.infolist() if each.filename != "schema.json"
            )
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return _timeless(json.loads(text), models) if path.suffix == ".json" else _placeless(text).splitlines()


def _timeless(value: Any, models: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: "(a record)" if key in RECORDS and isinstance(inner, str) else _timeless(inner, models)
            for key, inner in value.items()
            if key not in LEFT_OUT
        }
    if isinstance(value, list):
        return [_timeless(inner, models) for inner in value]
    return models.get(value, _placeless(value)) if isinstance(value, str) else value


def _placeless(text: str) -> str:
    """A text without the folders that this checkout and temporary files lie in."""
    for name, place in {"SHARED": SHARED, "ROOT": ROOT, "TMP": Path(tempfile.gettempdir())}.items():
        here = re.escape(str(place.resolve()))
        text = re.sub(rf"(?:\.\./)+{here[1:]}(?=/)|{here}(?=/)", name, text)
    return re.sub(r"(?:\.\./)*(?:TMP/)?tmp[a-z0-9_]{8}\b", "TMP", text)
