"""The body of an upload, read to disk as it comes, and the body with a ticket in the file's place."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from core.cli.doors.incoming import IN_MEMORY, Incoming, refuse_full
from core.errors import DataError

PATH = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)")
_BOUNDARY = b"plumbline-ticket"


class _UploadParser(MultiPartParser):
    spool_max_size = IN_MEMORY


async def received(request: Request, incoming: Incoming, ticket: bytes) -> UploadFile:
    """The one file of the request, counted as it comes. Raises DataError where there is none, or no room for it."""
    length = request.headers.get("content-length", "")
    refuse_full(int(length) if length.isdigit() else 0)

    async def counted() -> AsyncGenerator[bytes, None]:
        async for chunk in request.stream():
            if chunk:
                incoming.grows(ticket, len(chunk))
            yield chunk

    try:
        form = await _UploadParser(request.headers, counted(), max_files=1, max_fields=5).parse()
    except (MultiPartException, KeyError):
        raise DataError("This is no upload of a file. Put the file in again.") from None
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if len(files) != 1:
        raise DataError("One file is expected. Put the file in again.")
    incoming.put(ticket, files[0].file, files[0].filename or "")
    return files[0]


def exchanged(scope: Scope, upload: UploadFile, ticket: bytes) -> tuple[Scope, Receive]:
    """The request as Streamlit gets it: the same but for the file's bytes, which are the ticket's."""
    part = b"".join(name + b": " + value + b"\r\n" for name, value in upload.headers.raw)
    body = b"--" + _BOUNDARY + b"\r\n" + part + b"\r\n" + ticket + b"\r\n--" + _BOUNDARY + b"--\r\n"
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-type", b"content-length")]
    kept += [
        (b"content-type", b"multipart/form-data; boundary=" + _BOUNDARY),
        (b"content-length", str(len(body)).encode()),
    ]
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return {**scope, "headers": Headers(raw=kept).raw}, receive
