"""Addresses of tables that lie elsewhere, such as `s3://bucket/loans/`: told from paths, and never with a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError

READ = ("s3", "gs", "abfs", "abfss", "hdfs")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_OPTIONS = re.compile(r"[?&][A-Za-z_-][A-Za-z0-9_-]*=[^/]*$")  # a lone "?" is the sign of a pattern
_WITH_USER = ("abfs", "abfss", "hdfs")  # where what stands before "@" is a container or a user, no key


@dataclass(frozen=True)
class Address:
    """Where a table lies: `host` is a bucket, container or server, `path` a file, a folder or a pattern in it."""

    scheme: str
    host: str
    path: str

    @property
    def text(self) -> str:
        """As a plan writes it; it holds no credentials."""
        return f"{self.scheme}://{self.host}/{self.path}"

    def __str__(self) -> str:
        """As a plan writes it."""
        return self.text


Place = Path | Address


def is_address(text: str) -> bool:
    """Whether this is an address, of whatever kind, and no path."""
    return _ADDRESS.fullmatch(text) is not None


def place(text: str, folder: Path | None = None) -> Place:
    """The path (relative to `folder`) or address that a text names.

    Raises DataError for an address of an unknown kind, or one that carries credentials, which it does not repeat.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return (folder or Path()) / text
    scheme, rest = found[1].lower(), found[2]
    if scheme not in READ:
        raise DataError(
            f'An address that begins with "{scheme}://" is not read. Name a path, or an address that begins with'
            " s3://, gs://, abfs:// or hdfs://."
        )
    host, _, path = rest.partition("/")
    before, at, after = host.rpartition("@")
    if at and (":" in before or scheme not in _WITH_USER):
        raise DataError(
            f"{scheme}://…@{after} carries a user name or a key, which plans and records would show to everybody. Leave"
            f" it out. {advice(scheme)}"
        )
    if _OPTIONS.search(rest):
        raise DataError(
            f"{scheme}://{_OPTIONS.split(rest)[0]} is followed by options, which may hold a key. Leave them out."
            f" {advice(scheme)}"
        )
    if not host:
        raise DataError(f"{scheme}:// names no bucket or server. Write it as {scheme}://bucket/folder/table.parquet.")
    return Address(scheme, host, path.strip("/"))


def advice(scheme: str) -> str:
    """How credentials are given for addresses of this kind."""
    return {
        "s3": "Give credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the region by AWS_REGION.",
        "gs": "Give credentials by GOOGLE_APPLICATION_CREDENTIALS.",
        "hdfs": "Set HADOOP_HOME, JAVA_HOME and CLASSPATH, and log in with kinit where the cluster asks for it.",
    }.get(scheme, "Give credentials by AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.")
