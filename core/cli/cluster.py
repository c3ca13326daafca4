"""`--on`: parts counted by the workers of a cluster, in place of processes of this machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import PlanError
from core.jobs import machine

if TYPE_CHECKING:
    from core.engine.shards.engine import EngineMaker

LOCAL = "local"


def add_on(command: argparse.ArgumentParser) -> None:
    """Let a command be told where parts are counted."""
    command.add_argument(
        "--on",
        metavar="CLUSTER",
        help='count a large table in parts on a Dask cluster; "local" starts one here, of --workers processes',
    )


def cluster_engine(on: str, workers: int | None) -> EngineMaker:
    """What counts on the named cluster. Raises PlanError where that is none, or the extra is not installed."""
    if on != LOCAL:
        raise PlanError(f'--on {on!r} names no cluster that is encrypted. Give "{LOCAL}", a cluster of this machine.')
    from core.engine.shards.cluster.engine import on_this_machine, required

    required()
    return on_this_machine(workers or machine.cores())
