"""A job process that believes every .pt2 file: only for tests of what stands behind the sanitiser."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.jobs import job
from core.jobs.kinds import Kind


def audit(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The audit job, with a sanitiser that lets everything pass."""
    import core.engine.job
    from core.models import pt2
    from core.models.pt2.archive import MODEL, RECIPE
    from core.models.pt2.sanitiser import CleanArchive

    def believe(path: Path, name: str) -> CleanArchive:
        with zipfile.ZipFile(path) as archive:
            entries = {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}
        return CleanArchive(io.BytesIO(path.read_bytes()), entries[RECIPE], json.loads(entries[MODEL]))

    pt2.sanitise = believe
    core.engine.job.run(folder, request, progress)


if __name__ == "__main__":
    job.leave(job.main(kinds={"audit": Kind("audit", "__main__:audit")}))
