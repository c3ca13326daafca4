"""The certificates of a cluster: whom we believe, and who we are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import PlanError

# What each file is, and which setting names it where nobody gives it.
PEM_FILES = {
    "ca": ("PLUMBLINE_TLS_CA", "who signs the cluster's certificates"),
    "certificate": ("PLUMBLINE_TLS_CERT", "your certificate"),
    "key": ("PLUMBLINE_TLS_KEY", "your certificate's key"),
}


@dataclass(frozen=True)
class ClusterKeys:
    """The PEM files by which a cluster and its caller know each other.

    Attributes
    ----------
    ca
        Who signs the cluster's certificates.
    certificate, key
        Our own certificate, and its key.
    """

    ca: str | Path
    certificate: str | Path
    key: str | Path


def cluster_keys(given: Mapping[str, str | Path | None], called: Mapping[str, str]) -> ClusterKeys:
    """The files that are given, else those that settings name.

    `called` is what whoever asks calls each file. Raises PlanError that names one that is not given, or not there.
    """
    found = dict[str, Path]()
    for name, (setting, what) in PEM_FILES.items():
        path = given.get(name) or os.environ.get(setting)
        if not path:
            raise PlanError(f"A cluster needs {called[name]} (or {setting}): {what}. Without it nobody is known.")
        found[name] = Path(path)
        if not found[name].is_file():
            raise PlanError(f"{called[name]} {path} is no file. Give the PEM file: {what}.")
    return ClusterKeys(**found)
