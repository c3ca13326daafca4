"""How long a page takes to be drawn again, and how often it parses and digests the evidence meanwhile.

    python -m tests.benchmarks.drawing [DRAWINGS]        (default 9)

Run by hand from the project's root, in the project's environment. The audit has a scored model's counts of 60 groups
times two other sensitive columns. Seconds are of the processor.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

HOME = Path(tempfile.mkdtemp())
os.environ["PLUMBLINE_HOME"] = str(HOME)

from core.counts.counts import Axis, Counts, Groups  # noqa: E402
from core.jobs.replaced_json import replace_json  # noqa: E402
from core.record import AuditRecord  # noqa: E402
from core.store.workspace import Workspace  # noqa: E402
from pages.components import session  # noqa: E402
from tests.pages.whole_app import ME, opened  # noqa: E402
from tests.worlds.people import plan_of  # noqa: E402
from tests.worlds.records import record_of  # noqa: E402

REGIONS, SEXES, AGES = 60, 2, 3


def evidence() -> AuditRecord:
    """Seeded people of every group, with scores in a thousand bins."""
    draw = np.random.default_rng(0)
    values = (
        tuple(f"region {i}" for i in range(REGIONS)),
        ("women", "men"),
        ("under 30", "30 to 50", "over 50"),
    )
    groups = Groups.product(("region", "sex", "age"), values)
    axis = Axis.probabilities("float64", 0.5)
    n = np.zeros((len(groups), 3, axis.bins), dtype=np.int64)
    n[:, :2] = draw.poisson(0.05, (len(groups), 2, axis.bins))
    counts = Counts(groups, axis, n, np.zeros((2, len(groups), 3), dtype=np.int64))
    return record_of(
        plan_of(("region", "sex", "age"), label=True, decision='model = "m.onnx"\nthreshold = 0.5'), counts
    )


def main() -> None:
    """Print medians and how often the evidence was parsed and digested in one drawing."""
    drawings = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    space: Workspace = session.workspace()
    audit = space.new(ME)
    replace_json(HOME / "audits" / audit.id / "record.json", evidence().to_json())
    with (
        patch.object(AuditRecord, "from_json", side_effect=AuditRecord.from_json) as parse,
        patch.object(AuditRecord, "to_json", autospec=True, side_effect=AuditRecord.to_json) as written,
    ):
        for page in ("audit", "explain", "history"):
            at = opened(page, audit.id)
            seconds = []
            for _ in range(drawings):
                parse.reset_mock()
                written.reset_mock()
                before = time.process_time()
                at.run()
                seconds.append(time.process_time() - before)
            median, counted = statistics.median(seconds), (parse.call_count, written.call_count)
            print(f"{page}: {median:.2f} s, parsed {counted[0]} times, written to a digest {counted[1]} times")
    space.close()


if __name__ == "__main__":
    main()
