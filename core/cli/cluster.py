"""`--on`: parts counted by the workers of a cluster, in place of processes of this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.engine.shards.cluster.keys import PEM_FILES, ClusterKeys, cluster_keys

_OPTIONS = {"ca": "--tls-ca", "certificate": "--tls-cert", "key": "--tls-key"}


def add_on(command: argparse.ArgumentParser) -> None:
    """Let a command be told where parts are counted."""
    command.add_argument(
        "--on",
        metavar="CLUSTER",
        help='count a large table in parts on a Dask cluster: "local" starts one here, of --workers processes;'
        " tls://HOST:8786 is a scheduler's address",
    )
    for name, (setting, what) in PEM_FILES.items():
        command.add_argument(_OPTIONS[name], type=Path, metavar="PEM", help=f"for --on tls://: {what} (or {setting})")


def asked_keys(chosen: argparse.Namespace) -> ClusterKeys:
    """The certificates. Raises PlanError that names one that is not given, or not there."""
    given = {name: getattr(chosen, option[2:].replace("-", "_")) for name, option in _OPTIONS.items()}
    return cluster_keys(given, _OPTIONS)
