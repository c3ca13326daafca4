"""What belongs to one browser window: which audit is open, who asks, and the keys that its session has.

The audit's id stands in the address, so a refresh or a closed tab loses nothing; the session remembers it only because
a click on the navigation drops it from the address.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, cast

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager

from core.errors import ModelError, PlumblineError
from core.store.ledger.installation import home_folder, ledger_url
from core.store.workspace import Audit, SampleFiles, Workspace
from pages.components import changed_answers, error_messages

if TYPE_CHECKING:
    from core.record.series import Series
    from core.record.series.alert import Alert

PageName = Literal["data", "audit", "fix", "explain", "report", "compare", "over_time", "history", "help"]

_ADDRESS = "audit"
_OPEN, _OWNER, _UPLOADS = "open_audit", "owner", "uploads"
_SENT, _CLICKED, _RENEWED, _RECALLED = "sent", "clicked", "renewed", "recalled"
_A_CLICK_HOLDS_SECONDS = 30.0
VIEW = "view/"  # begins the names of fields that choose what to look at and answer nothing: a refresh starts them anew
_COOKIE, _OWNER_ID = "plumbline", re.compile(r"[0-9a-f]{32}")

# Not a component of the second kind: its values are no plain data, which enforceSerializableSessionState refuses.
_BROWSER = declare_component("plumbline_browser", path=Path(__file__).parent / "browser")


# ---------------------------------------------------------------- the installation


def workspace() -> Workspace:
    """The audits of this installation; one for all sessions. Raises JobError where another app uses the folder."""
    insist_on_the_frame()
    return _workspace(str(home_folder()))


def insist_on_the_frame() -> None:
    """Let no page run without the app around it.

    Until the first call of st.navigation, Streamlit takes the folder "pages" for an app of its older kind and runs a
    page that is opened directly by itself, without navigation.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


@st.cache_resource(show_spinner=False)
def _workspace(root: str) -> Workspace:
    return Workspace(Path(root), turns=is_shared(), ledger=ledger_url(Path(root)), alarms=_alarms)


def _alarms(series: Series) -> tuple[Alert, ...]:
    """What a series raises alarms about; the words for it are imported once a drop has ended."""
    from core.report.documents.alarms import alarms

    return alarms(series)


def is_shared() -> bool:
    """Whether other computers can open this app."""
    return os.environ.get("PLUMBLINE_SHARED") == "1"


# ---------------------------------------------------------------- the browser


def owner() -> str:
    """This browser's random id: the one that it keeps, or a new one that it is given to keep."""
    insist_on_the_frame()
    given: str = st.session_state.setdefault(_OWNER, _kept() or secrets.token_hex(16))
    return given


def remember_browser() -> None:
    """Give a browser that brought no id this session's id to keep.

    Only a browser that lost its cookie and still has the id in its storage answers, once, and has its cookie again.
    No other is asked: an answer is a rerun of the page that the browser shows at that moment, and undoes a click on
    the navigation that has not arrived yet.
    """
    if _kept() is None:
        older = _BROWSER(key="browser", given=owner(), cookie=_COOKIE, default=None)
        if _is_id(older):
            st.session_state[_OWNER] = older


def _kept() -> str | None:
    """The id that came as a cookie when this window was opened."""
    brought = st.context.cookies.get(_COOKIE)
    return brought if _is_id(brought) else None


def _is_id(answer: object) -> TypeGuard[str]:
    return isinstance(answer, str) and _OWNER_ID.fullmatch(answer) is not None


# ---------------------------------------------------------------- the open audit


def current() -> Audit | None:
    """The audit in the address, else the one this window had open; None where there is none (`trouble` says why)."""
    space = workspace()
    try:
        audit = space.get(_address())
    except PlumblineError:
        st.session_state.pop(_OPEN, None)
        return None
    st.session_state[_OPEN] = audit.id
    if st.query_params.get(_ADDRESS) != audit.id:
        st.query_params[_ADDRESS] = audit.id
    return audit


def trouble() -> str | None:
    """Why the address leads to no audit; None where it names none, or leads to one."""
    if not _address():
        return None
    space = workspace()
    try:
        space.get(_address())
    except PlumblineError as error:
        return error.message
    return None


def open_audit(audit_id: str, page: PageName | None = None) -> None:
    """Make this the open audit, and go to a page with it."""
    st.session_state[_OPEN] = audit_id
    if page is not None:
        st.switch_page(f"pages/{page}.py", query_params={_ADDRESS: audit_id})
    st.query_params[_ADDRESS] = audit_id


def send(audit_id: str, page: PageName) -> None:
    """Make this the open audit and have the next page that is drawn go to `page` with it."""
    st.session_state[_OPEN], st.session_state[_SENT] = audit_id, page
    st.query_params[_ADDRESS] = audit_id


def open_sample(sample: SampleFiles) -> None:
    """Begin the audit of a shipped sample, and go where its answer will stand."""
    send(workspace().open_sample(sample, owner()).id, "audit")


def follow(here: str) -> None:
    """Go where a callback sent this window, from the page called `here`.

    The order stands until the window has arrived: a rerun that the browser asks for may interrupt the way there.
    """
    page = st.session_state.get(_SENT)
    if page == here:
        del st.session_state[_SENT]
    elif page is not None:
        open_audit(_address(), page)


def link(audit_id: str) -> str:
    """The address at which this page shows the audit."""
    return f"{st.context.url or ''}?{_ADDRESS}={audit_id}"


def close_audit() -> None:
    """Go to the Data page with no audit open; this one stays in the history."""
    st.session_state.pop(_OPEN, None)
    error_messages.hear()
    st.switch_page("pages/data.py")


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Do something; what goes wrong is said at the top of every page until it is answered: closed, or done better."""
    try:
        action(*arguments)
    except PlumblineError as error:
        error_messages.complain(error.message, error.snippet if isinstance(error, ModelError) else "")
    else:
        error_messages.better_now()


def act(
    place: DeltaGenerator, label: str, key: str, do: Callable[..., object], *arguments: object, **looks: Any
) -> None:
    """A button in `place` that does something with the answers as they stand when its click arrives.

    A callback would get the arguments of the last drawing, in which an answer is missing that was given just before
    the click, or by it: a number that is typed counts once its box is left. So the callback only notes the click, and
    the page that is drawn with the newest answers does the rest, then is drawn again. `looks` are Streamlit's.
    """
    place.button(label, key=key, on_click=_note_click, args=(key,), **looks)
    if _clicked(key) and not looks.get("disabled"):
        attempt(do, *arguments)
        st.rerun()


def _note_click(key: str) -> None:
    st.session_state[_CLICKED] = (key, time.monotonic())


def _clicked(key: str) -> bool:
    """Whether this button was clicked just now; true once. A click that its page never saw does not wait for long."""
    clicked, at = cast(tuple[str, float], st.session_state.get(_CLICKED, ("", 0.0)))
    if clicked != key:
        return False
    del st.session_state[_CLICKED]
    return time.monotonic() - at < _A_CLICK_HOLDS_SECONDS


def _address() -> str:
    return str(st.query_params.get(_ADDRESS) or st.session_state.get(_OPEN) or "")


# ---------------------------------------------------------------- widgets


def field(audit_id: str, name: str) -> str:
    """The key of a widget that belongs to an audit."""
    return f"{audit_id}/{name}"


def seed(key: str, value: Any) -> str:
    """The key, holding `value` unless the person has already answered there."""
    changed_answers.note(key, st.session_state.setdefault(key, value), value)
    return key


def put(key: str, value: Any) -> None:
    """Answer in the person's place: only from a callback, before the widget is drawn."""
    st.session_state[key] = value


def keep_fields(audit_id: str) -> None:
    """Let the answers of an audit outlive a visit to another page, where their widgets are not drawn, and a refresh."""
    kept = workspace().answers
    if not st.session_state.setdefault(action(audit_id, _RECALLED), False):
        st.session_state[action(audit_id, _RECALLED)] = True
        for name, answer in kept.of(audit_id).items():
            seed(field(audit_id, name), answer)
    for key in _fields(audit_id):
        st.session_state[key] = st.session_state[key]
    answers = {key.removeprefix(field(audit_id, "")): st.session_state[key] for key in _fields(audit_id)}
    kept.keep(audit_id, {name: answer for name, answer in answers.items() if not name.startswith(VIEW)})


def forget_fields(audit_id: str, begin: str = "") -> None:
    """Let the widgets of an audit, or those whose names begin so, start anew from what is kept on disk."""
    for key in _fields(audit_id, begin):
        del st.session_state[key]


def _fields(audit_id: str, begin: str = "") -> list[str]:
    return [str(key) for key in st.session_state if str(key).startswith(field(audit_id, begin))]


def action(audit_id: str, name: str) -> str:
    """The key of a button that belongs to an audit: it holds nothing that could be kept."""
    return f"do/{audit_id}/{name}"


def upload_key(name: str) -> str:
    """The key of an upload box; another one after `adopt`, so that the box is empty again."""
    return f"upload/{name}/{st.session_state.get(_UPLOADS, 0)}"


def renewed() -> float | None:
    """When the upload boxes were emptied last, by the clock that never runs backwards; None before the first time."""
    at: float | None = st.session_state.get(_RENEWED)
    return at


def adopt(audit_id: str) -> None:
    """Make this the open audit and empty the upload boxes: what was in them is kept in the workspace now.

    All in the session, without a word to the browser: a rerun that comes in between must find both done or neither.
    """
    error_messages.better_now()
    st.session_state[_OPEN] = audit_id
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
    st.session_state[_RENEWED] = time.monotonic()
