"""The series that a record stands in, where it lies among those that `plumbline monitor` keeps."""

from __future__ import annotations

import json
from pathlib import Path

from core.engine.earlier_record import open_record
from core.errors import DataError
from core.plan.parts import MonitorPlan, Watch
from core.record import AuditRecord
from core.record.series import Series

_SERIES, _MOST_BYTES = "series.json", 64 * 1024 * 1024


def series_around(record: AuditRecord, folder: Path) -> Series | None:
    """The series whose audits lie beside the record's folder, as series.json says it; None of any other record.

    Raises DataError where it is damaged, PlanError where it watches a gap that is none.
    """
    path = folder.resolve().parent.parent / _SERIES
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST_BYTES))
        monitor = MonitorPlan(
            tuple(Watch(gap["measure"], tuple(gap["by"]), tuple(gap["group"].values())) for gap in document["gaps"]),
            int(document["baseline"]),
        )
        counted = {(each["data_sha256"], each["created"]) for each in document["audits"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DataError(
            f"{path} is no series. Remove it and run plumbline monitor again, which writes it anew."
        ) from None
    beside = [open_record(each) for each in sorted(folder.resolve().parent.iterdir()) if each.is_dir()]
    members = [each for each in beside if (each.provenance.data_sha256, each.created) in counted]
    if record.digest not in [each.digest for each in members]:
        return None
    return Series.of(members, monitor)
