"""A real, minimal S3 server on loopback: it lists a bucket, and tells and gives its objects."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_DAY = "Mon, 02 Mar 2026 10:00:00 GMT"
BUCKET = "bucket"


class S3Server(ThreadingHTTPServer):
    """What the bucket holds by key, whether its keys are refused, and whom a read of an object tells."""

    objects: dict[str, bytes]
    denies = False
    grows: str | None = None

    def served(self, key: str) -> bytes:
        """An object's bytes as they are now; one that grows has more after each read."""
        content = self.objects[key]
        if key == self.grows:
            self.objects[key] = content + b"x"
        return content


class _Answers(BaseHTTPRequestHandler):
    server: S3Server
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, with_body: bool) -> None:
        asked = urlsplit(self.path)
        bucket, _, key = unquote(asked.path).lstrip("/").partition("/")
        if self.server.denies:
            self._send(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>", with_body)
        elif bucket != BUCKET:
            self._send(404, b"<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>", with_body)
        elif not key:
            self._send(200, self._listed(parse_qs(asked.query)), with_body)
        elif key not in self.server.objects:
            self._send(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>", with_body)
        elif with_body:
            content = self.server.served(key)
            first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups()  # type: ignore[union-attr]
            self._send(206, content[int(first) : int(last) + 1], True)
        else:
            self._send(200, self.server.objects[key], False)

    def _listed(self, query: dict[str, list[str]]) -> bytes:
        prefix, found, folders = query.get("prefix", [""])[0], "", set()
        for key, content in sorted(self.server.objects.items()):
            if not key.startswith(prefix):
                continue
            name, cut, _ = key[len(prefix) :].partition("/")
            if cut and "delimiter" in query:
                folders.add(f"{prefix}{name}/")
                continue
            found += (
                f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
                "<LastModified>2026-03-02T10:00:00.000Z</LastModified></Contents>"
            )
        found += "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in sorted(folders))
        return (
            f"<ListBucketResult><Name>{BUCKET}</Name><KeyCount>{found.count('<Key>') + len(folders)}</KeyCount>{found}"
            "<IsTruncated>false</IsTruncated></ListBucketResult>"
        ).encode()

    def _send(self, code: int, body: bytes, with_body: bool) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", _DAY)
        self.end_headers()
        if with_body:
            self.wfile.write(body)


@contextmanager
def s3_server(objects: dict[str, bytes]) -> Iterator[S3Server]:
    """A server of these objects, for as long as the context lasts."""
    server = S3Server(("127.0.0.1", 0), _Answers)
    server.objects = objects
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
