"""What counts the parts of a table, as a command or a program asks for it: processes here, or a cluster's workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.errors import PlanError
from core.jobs import machine

if TYPE_CHECKING:
    from core.engine.shards.cluster.keys import ClusterKeys
    from core.engine.shards.engine import EngineMaker

LOCAL = "local"
MOST_WORKERS = 512


def asked_engine(workers: int | None, on: str | None, keys: Callable[[], ClusterKeys]) -> EngineMaker | None:
    """What counts the parts: so many processes, on a cluster where one is named; None where one process counts all.

    `keys` are looked for where a scheduler needs them. Raises PlanError where it makes no sense, or cannot be had.
    """
    if workers is not None and not (type(workers) is int and 1 <= workers <= MOST_WORKERS):
        raise PlanError(f"workers is {workers!r}. Give how many processes count, from 1 to {MOST_WORKERS}.")
    if on is None:
        if workers is None:
            return None
        from core.engine.shards.local_pool import local_pool

        return local_pool(workers)
    from core.engine.shards.cluster.reached import SchedulerAddress, at_scheduler, on_this_machine, required

    if on == LOCAL:
        required()
        return on_this_machine(workers or machine.cores())
    address = SchedulerAddress.of(on)
    if workers is not None:
        raise PlanError("workers counts processes of this machine, and the cluster has its own. Leave it out.")
    found = keys()
    required()
    return at_scheduler(address, found)
