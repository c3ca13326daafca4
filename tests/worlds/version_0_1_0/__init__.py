"""Audits as version 0.1.0 kept them, laid into the home of an installation, and what it said of them."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.samples import SAMPLES

HERE = Path(__file__).parent
OWNER = "a" * 32  # the browser that began them
SAID = {"audit": "result.json", "fixes": "comparison.json", "explanation": "attribution.json"}


@dataclass(frozen=True)
class Left:
    """One audit: its id, and what version 0.1.0 said of it."""

    id: str
    said: Any


def unpacked(name: str, home: Path) -> Left:
    """Lay an audit into `home`, written now, and the files that were put in for it."""
    said, folders = None, set()
    with tarfile.open(HERE / f"{name}.tar.xz") as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            assert content is not None
            if member.name == SAID[name]:
                said = json.loads(content.read())
                continue
            folders.add(member.name.split("/")[0])
            path = home / "audits" / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    (audit_id,) = folders
    state = json.loads((home / "audits" / audit_id / "state.json").read_text(encoding="utf-8"))
    (home / "uploads").mkdir(exist_ok=True)
    sample = SAMPLES["loans"]
    for upload, path in (("table", sample.table), ("model", sample.model)):
        (home / "uploads" / state[upload]["digest"]).write_bytes(path.read_bytes())
    return Left(audit_id, said)
