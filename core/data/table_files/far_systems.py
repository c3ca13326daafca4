"""The file system behind an address, and what it refuses, said in words without a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from core.data.table_files.address import Address, advice
from core.errors import DataError

_GS_SECONDS = "60"
_CODE = re.compile(r"(?:AWS Error |HTTP status )([A-Z_]{3,40}|\d{3})\b")
_DENIED = re.compile(r"ACCESS_DENIED|FORBIDDEN|UNAUTHORIZED|INVALID_ACCESS_KEY|SIGNATURE|\b40[13]\b|credential", re.I)
_UNREACHED = re.compile(r"NETWORK_CONNECTION|connect|resolve|timed? ?out|UNAVAILABLE", re.I)
_GONE = re.compile(r"NO_SUCH_|RESOURCE_NOT_FOUND|not found|does not exist|\b404\b", re.I)


def file_system(address: Address) -> tuple[Any, str]:
    """The file system that holds an address, and what paths in it begin with. Raises DataError where there is none."""
    from pyarrow.fs import FileSystem

    said = {"s3": _s3_options(), "gs": {"retry_limit_seconds": _GS_SECONDS}}
    options = urlencode(said.get(address.scheme, {}))
    with in_words(address):
        system, base = FileSystem.from_uri(
            f"{address.scheme}://{quote(address.host, safe='@:.')}{'?' if options else ''}{options}"
        )
    return system, base.rstrip("/")


def _s3_options() -> dict[str, str]:
    """What AWS's own variables say of where S3 is; without a region pyarrow asks Amazon for it."""
    said = {}
    if region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        said["region"] = region
    if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
        at = urlsplit(endpoint)
        said |= {"endpoint_override": at.netloc, "scheme": at.scheme}
    return said


@contextmanager
def in_words(address: Address) -> Iterator[None]:
    """Say as DataError what went wrong at an address; what the provider wrote is not repeated beyond its code."""
    import pyarrow as pa

    try:
        yield
    except (OSError, ValueError, NotImplementedError, pa.ArrowException) as error:
        raise DataError(f"{address}: {_why(address, error)}") from None


def _why(address: Address, error: Exception) -> str:
    said = str(error)
    if isinstance(error, NotImplementedError) or re.search(r"(compiled|built) without|Unrecognized filesystem", said):
        return (
            f"the pyarrow that is installed here cannot read {address.scheme}://. Install a build that can, or copy"
            " the files here."
        )
    if "libjvm" in said or "libhdfs" in said:
        return f"Java or Hadoop's library libhdfs is not found here. Install both. {advice(address.scheme)}"
    code = f" ({found[1]})" if (found := _CODE.search(said)) else ""
    if isinstance(error, FileNotFoundError) or _GONE.search(said):
        return f"there is nothing of that name{code}. Correct the address."
    if isinstance(error, PermissionError) or _DENIED.search(said):
        return f"access is denied{code}. {advice(address.scheme)}"
    if _UNREACHED.search(said):
        return f"it cannot be reached{code}. Check the network, and the endpoint and region that are set."
    return f"it cannot be read{code}. Check the address. {advice(address.scheme)}"
