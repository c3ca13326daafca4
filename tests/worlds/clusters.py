"""A cluster whose scheduler and workers are threads of this process, and talk in TLS over loopback as others do."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import distributed
import pytest

from core.engine.shards.cluster.engine import ClusterEngine
from core.engine.shards.engine import CountingWork, Engine, EngineMaker
from tests.worlds.jobs.supervised import until


@contextmanager
def cluster_here(security: Any, workers: int, threads: int = 1) -> Iterator[Any]:
    """Such a cluster, of workers with so many threads: no process is started for it, and none can be killed."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=False,
        protocol="tcp://" if security is None else "tls://",
        host="127.0.0.1",
        security=security,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def on_it(
    cluster: Any, workers: int, sees_files: bool = True, engine: type[ClusterEngine] = ClusterEngine
) -> EngineMaker:
    """Makes an engine of so many of its workers."""

    def made(work: CountingWork) -> Engine:
        cluster.scale(workers)
        until(lambda: len(cluster.scheduler.workers) == workers)
        client = distributed.Client(cluster, set_as_default=False)
        return engine(work, client, workers, (client.close,), sees_files)

    return made


def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nobody has installed it."""
    imported = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
