"""What stands in the window until Streamlit draws: its page is white for a second or more while its scripts load."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit's own script takes the place of what stands in here as soon as it draws.
_ROOT = b'<div id="root"></div>'
_TITLE = b"<title>Streamlit</title>"
_GLANCE = b"""<style>
#glance { margin: 0; padding: 5rem 1.5rem; min-height: 100vh; box-sizing: border-box; background: #fff; color: #1b2430;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
#glance p { max-width: 40rem; margin: 0 auto }
#glance p:first-child { font-size: 2rem; font-weight: 600; margin-bottom: .5rem }
@media (prefers-color-scheme: dark) { #glance { background: #12161b; color: #e8ecf1 } }
</style>
<div id="root"><div id="glance"><p>Plumbline</p><p role="status">Opening the page.</p></div></div>"""


class FirstGlance:
    """An ASGI application around another that puts words into the page which it sends."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; what comes back for somebody who opens a page gets the words."""
        opens = scope["type"] == "http" and scope["method"] == "GET"
        if opens and "text/html" in Headers(scope=scope).get("accept", ""):
            # As it is written, and all of it: what is changed must not be packed, nor left out as known already.
            left = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
            scope = {**scope, "headers": [(n, v) for n, v in scope["headers"] if n not in left]}
            send = _Changing(send).send
        await self._app(scope, receive, send)


class _Changing:
    """Holds back a page until all of it is there, and sends it with the words."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Send, or hold back."""
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_changed(self._start)

    async def _send_changed(self, start: Message) -> None:
        body = self._body.replace(_ROOT, _GLANCE).replace(_TITLE, b"<title>Plumbline</title>")
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified", "accept-ranges"):
            del headers[name]
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = Headers(raw=list(start.get("headers", [])))
    is_html = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_html and "content-encoding" not in headers
