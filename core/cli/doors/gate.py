"""The layer around the app's server: every request and every websocket passes here first.

In this order: the name it was sent to, the page that sent it, the pass of a shared app, and for an upload the room.
What is refused is answered here and reaches nothing behind. Answers say that no other site may frame them.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.cli.doors import join_page, upload_body
from core.cli.doors.admission import COOKIE, Door
from core.cli.doors.host_names import Hosts
from core.cli.doors.incoming import WAITING, Incoming, NoRoomError
from core.errors import DataError

HEALTH = "/_stcore/health"
_PARTS = ("/_stcore/", "/media/", "/component/", "/static/", "/auth/", "/oauth2callback", "/app/static/")
_LONGEST_FORM = 4096
_ANSWERED = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_WRONG_NAME = (
    "Plumbline is not served under this name. Open it at the address that it printed when it was started. "
    "Whoever runs it behind a proxy adds the proxy's name: PLUMBLINE_HOSTS=audit.example.org"
)


class Gate:
    """An ASGI application around another; `door` is None where everybody who reaches the app may use it."""

    def __init__(self, app: ASGIApp, hosts: Hosts, door: Door | None, incoming: Incoming = WAITING) -> None:
        """Stand before `app`."""
        self._app, self._hosts, self._door, self._incoming = app, hosts, door, incoming

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        secure = scope.get("scheme") in ("https", "wss")
        headers = Headers(scope=scope)
        refused = self._refusal(headers, secure)
        visitor = None if self._door is None else self._door.visitor(HTTPConnection(scope).cookies.get(COOKIE))
        try:
            if refused is None and self._door is not None:
                refused = await self._at_door(self._door, scope, receive, visitor)
        except ClientDisconnect:
            return
        if refused is not None:
            await _refuse(refused, scope, receive, send, secure)
            return
        scope = _under_its_own_name(scope, headers)
        if scope["type"] == "http":
            send = _finishing(send, secure)
            upload = upload_body.PATH.search(scope["path"])
            if upload is not None:
                await self._upload(scope, receive, send, visitor or upload[1], upload[1], upload[2])
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers, secure: bool) -> Response | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._hosts.serves(hosts[0]):
            return PlainTextResponse(_WRONG_NAME, 421)
        scheme = "https" if secure else "http"
        if len(origins) > 1 or not self._hosts.trusts(origins[0] if origins else None, hosts[0], scheme):
            return PlainTextResponse("A page of another site asks. Open Plumbline in a window of its own.", 403)
        return None

    # ------------------------------------------------------------ the door

    async def _at_door(self, door: Door, scope: Scope, receive: Receive, visitor: str | None) -> Response | None:
        """The question for who has no pass yet, and the way in for a right code; None where the request passes on."""
        if scope["type"] == "websocket":
            return None if visitor else PlainTextResponse("", 403)
        request, is_part = Request(scope, receive), any(part in scope["path"] for part in _PARTS)
        if visitor is None and not is_part and request.method == "POST":
            return await self._knocked(door, request)
        if visitor is not None:  # who joined and sends the form once more is in already
            return RedirectResponse(_address(scope), 303) if request.method == "POST" and not is_part else None
        if scope["path"].endswith(HEALTH):
            return None
        if is_part or request.method not in ("GET", "HEAD"):
            return PlainTextResponse("The join code comes first.", 403)
        return HTMLResponse(join_page.page(), 403)

    async def _knocked(self, door: Door, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_FORM:
                return PlainTextResponse("That is no join code.", 413)
        code = parse_qs(body.decode("utf-8", "replace")).get("code", [""])[0]
        answer = door.knock(code, request.client.host if request.client else "")
        if answer.given is None:
            waits = {"Retry-After": str(answer.wait_seconds)} if answer.wait_seconds else {}
            return HTMLResponse(join_page.page(answer.words), 429 if waits else 403, waits)
        inside = RedirectResponse(_address(request.scope), 303)
        secure = request.url.scheme == "https"
        inside.set_cookie(COOKIE, answer.given, httponly=True, samesite="lax", secure=secure, path="/")
        return inside

    # ------------------------------------------------------------ uploads

    async def _upload(self, scope: Scope, receive: Receive, send: Send, visitor: str, session: str, box: str) -> None:
        """Put an upload to disk and pass its ticket on; a file that was taken out of its box again is let go.

        Without a door nobody knows who is who: then every window is a visitor.
        """
        if scope["method"] != "PUT":
            if scope["method"] == "DELETE":
                self._incoming.forget_box(session, box)
            await self._app(scope, receive, send)
            return
        try:
            with self._incoming.arriving(visitor, session, box) as ticket:
                upload = await upload_body.received(Request(scope, receive), self._incoming, ticket)
        except DataError as problem:
            await _drain(receive)  # a browser reads no answer while it is still sending
            await PlainTextResponse(str(problem), 413 if isinstance(problem, NoRoomError) else 400)(
                scope, receive, send
            )
            return
        except ClientDisconnect:
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 300:
                self._incoming.forget(ticket)
            await send(message)

        await self._app(*upload_body.exchanged(scope, upload, ticket), noting)


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send, secure: bool) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, _finishing(send, secure))


def _under_its_own_name(scope: Scope, headers: Headers) -> Scope:
    """The request as if sent to the name that its page stands under.

    A proxy may call this server by another name. Streamlit then takes the page for a foreign one, and before it says
    so asks the network what this machine is called outside.
    """
    origin = headers.get("origin")
    if origin is None:
        return scope
    host = origin.partition("://")[2].encode("latin-1")
    return {**scope, "headers": [(n, host if n == b"host" else v) for n, v in scope["headers"]]}


def _finishing(send: Send, secure: bool) -> Send:
    """Send with what every answer says: who may frame it, and that its cookies stay with this site."""

    async def finished(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in _ANSWERED.items():
                headers[name] = value
            raw = [(n, _kept_here(v, secure) if n.lower() == b"set-cookie" else v) for n, v in headers.raw]
            message = {**message, "headers": raw}
        await send(message)

    return finished


def _kept_here(cookie: bytes, secure: bool) -> bytes:
    low = cookie.lower()
    if b"samesite=" not in low:
        cookie += b"; SameSite=Lax"
    return cookie + b"; Secure" if secure and b"; secure" not in low else cookie


async def _drain(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return


def _address(scope: Scope) -> str:
    """The address that was asked for, within this site: two strokes at its beginning would lead to another."""
    path, query = "/" + str(scope["path"]).lstrip("/\\"), scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path
