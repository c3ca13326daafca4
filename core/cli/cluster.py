"""`--on`: parts counted by the workers of a cluster, in place of processes of this machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.errors import PlanError
from core.jobs import machine

if TYPE_CHECKING:
    from core.engine.shards.engine import EngineMaker

LOCAL = "local"
# The certificates of a cluster, as options and as settings.
_KEYS = {
    "ca": ("--tls-ca", "PLUMBLINE_TLS_CA", "who signs the cluster's certificates"),
    "certificate": ("--tls-cert", "PLUMBLINE_TLS_CERT", "your certificate"),
    "key": ("--tls-key", "PLUMBLINE_TLS_KEY", "your certificate's key"),
}


def add_on(command: argparse.ArgumentParser) -> None:
    """Let a command be told where parts are counted."""
    command.add_argument(
        "--on",
        metavar="CLUSTER",
        help='count a large table in parts on a Dask cluster: "local" starts one here, of --workers processes;'
        " tls://HOST:8786 is a scheduler's address",
    )
    for option, setting, what in _KEYS.values():
        command.add_argument(option, type=Path, metavar="PEM", help=f"for --on tls://: {what} (or {setting})")


def cluster_engine(chosen: argparse.Namespace) -> EngineMaker:
    """What counts on the named cluster. Raises PlanError where that is none, or the extra is not installed."""
    on = chosen.on
    is_local = on == LOCAL
    host, port = (None, None) if is_local else _host_and_port(on)
    keys = {} if is_local else _keys(chosen)
    if not is_local and chosen.workers is not None:
        raise PlanError("--workers counts processes of this machine, and the cluster has its own. Leave it out.")
    from core.engine.shards.cluster.reached import ClusterKeys, at_scheduler, on_this_machine, required

    required()
    if host is None or port is None:
        return on_this_machine(chosen.workers or machine.cores())
    return at_scheduler(on, host, port, ClusterKeys(**keys))


def _host_and_port(on: str) -> tuple[str, int]:
    """Where a scheduler is. Raises PlanError for any address without encryption, or that is none."""
    try:
        parts = urlsplit(on)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise PlanError(f"--on {on!r} is no address. Give one such as tls://scheduler:8786.") from None
    if parts.scheme != "tls" or host is None or port is None or parts.path.strip("/"):
        raise PlanError(
            f'--on {on!r} names no cluster that is encrypted. Give tls://HOST:PORT, or "{LOCAL}" for this machine.'
        )
    return host, port


def _keys(chosen: argparse.Namespace) -> dict[str, Path]:
    """The certificates. Raises PlanError that names one that is not given, or not there."""
    found = {}
    for name, (option, setting, what) in _KEYS.items():
        given = getattr(chosen, option[2:].replace("-", "_")) or os.environ.get(setting)
        if not given:
            raise PlanError(f"--on {chosen.on} needs {option} (or {setting}): {what}. Without it nobody is known.")
        found[name] = Path(given)
        if not found[name].is_file():
            raise PlanError(f"{option} {given} is no file. Give the PEM file: {what}.")
    return found
