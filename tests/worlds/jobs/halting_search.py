"""A job process whose search for fixes halts once a rule is published and a training is still to come."""

import signal
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.jobs import job
from core.jobs.kinds import KINDS, Kind


def mitigate(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The mitigate job, which then waits for its end."""
    import core.mitigate.job
    from core.mitigate.candidate import Mitigated
    from core.mitigate.publishing import Publisher

    publish = Publisher.part

    def and_halt(publisher: Publisher, found: Mitigated) -> None:
        publish(publisher, found)
        if found.proposals and found.left == ("reweighing",):
            while True:
                signal.pause()

    Publisher.part = and_halt  # type: ignore[method-assign]
    core.mitigate.job.run(folder, request, progress)


if __name__ == "__main__":
    job.leave(job.main(kinds={**KINDS, "mitigate": Kind("mitigate", "__main__:mitigate")}))
