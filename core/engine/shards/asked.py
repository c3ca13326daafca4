"""What counts the parts of a table, as a command or a program asks: processes, devices or a cluster's workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.errors import PlanError
from core.jobs import machine

if TYPE_CHECKING:
    from core.engine.shards.cluster.keys import ClusterKeys
    from core.engine.shards.engine import EngineMaker

LOCAL = "local"
MOST_WORKERS = 512


def asked_engine(
    workers: int | None, devices: Sequence[str] | None, on: str | None, keys: Callable[[], ClusterKeys]
) -> EngineMaker | None:
    """What counts the parts: so many processes, one for each device, or a cluster; None where one process counts all.

    `keys` are looked for where a scheduler needs them. Raises PlanError where it makes no sense, or cannot be had.
    """
    if devices is not None:
        if workers is not None or on is not None:
            other = "workers" if on is None else "on"
            raise PlanError(f"devices starts a process for each device, so it goes without {other}. Leave one out.")
        from core.engine.shards.device_pools import device_pools

        return device_pools(checked_devices(devices))
    if workers is not None:
        check_workers(workers, "count")
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


def check_workers(workers: int, do: str) -> None:
    """Raise PlanError unless so many processes can `do` it side by side."""
    if type(workers) is not int or not 1 <= workers <= MOST_WORKERS:
        raise PlanError(f"workers is {workers!r}. Give how many processes {do}, from 1 to {MOST_WORKERS}.")


def checked_devices(devices: Sequence[str]) -> tuple[str, ...]:
    """The devices, of each of which one process counts: GPUs, each once, or the CPU so many times.

    Raises PlanError for what does not go together (`core.jobs.machine.why_apart`), and for what is no list of devices.
    """
    if isinstance(devices, str) or not isinstance(devices, Sequence) or not 1 <= len(devices) <= MOST_WORKERS:
        raise PlanError(f"devices is {devices!r}. Give one name or more, such as cuda:0 and cuda:1.")
    for name in devices:
        if not isinstance(name, str) or not machine.is_device(name):
            raise PlanError(f"{name!r} is no device; give {machine.DEVICES}.")
    if (why := machine.why_apart(devices)) is not None:
        raise PlanError(f"devices {why}")
    return tuple(devices)
