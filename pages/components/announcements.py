"""What a screen reader is told while the page is drawn anew: that work began, and that its answer is here."""

import json

import streamlit as st

from core.jobs.status import Status
from core.store.workspace import Audit
from pages.components import session

_WORKING = "working on"
_BEGAN = {
    "profile": "Your table is being read.",
    "second": "The second table is being read.",
    "inspect": "The model is being looked at.",
    "audit": "The audit is running.",
    "mitigate": "Fixes are being looked for.",
    "pair": "Both models are being asked.",
    "explain": "What moves the scores is being looked at.",
    "explain_person": "This person is being looked at.",
}
_DONE = {
    "profile": "Your table was read. The next questions are on this page.",
    "second": "The second table was read.",
    "inspect": "The model was looked at.",
    "audit": "The audit is done. Its answer is on this page.",
    "mitigate": "The search for fixes is done. What was found is on this page.",
    "pair": "Both models were asked. What they decide is on the Compare page.",
    "explain": "It is done. What moves the scores is on this page.",
    "explain_person": "It is done. What is said of this person is on this page.",
}
_FAILED = "It ended without a result. The reason stands on this page."
# One region for as long as the window is open: readers announce what changes in it, not a region that is new. Where
# the focus was on what is gone by now, it goes to the page's title, and not back to the top of the window. What the
# region says already is not said again.
_SCRIPT = """<script>
(() => {{
  const id = "announced";
  let region = document.getElementById(id);
  if (!region) {{
    region = document.createElement("div");
    region.id = id;
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    Object.assign(region.style, {{
      position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)"
    }});
    document.body.append(region);
  }}
  const words = {words}, isAnswer = {is_answer};
  setTimeout(() => {{
    if (region.textContent === words) return;
    region.textContent = words;
    const title = document.querySelector("h1");
    if (isAnswer && title && document.activeElement === document.body) {{
      title.tabIndex = -1;
      title.focus({{ preventScroll: true }});
    }}
  }}, 500);
}})();
</script>"""


def show(audit: Audit, page: str) -> None:
    """Tell that work on the open audit began, and that it ended: on the page where that was seen first.

    There it stands above the page from then on: what is told at the end of a drawing may never reach a browser whose
    page is drawn again at once.
    """
    status = session.workspace().status(audit.id)
    if status is not None and not status.ended:
        session.put(_WORKING, (_work(audit), None))
        _say(_BEGAN[_stage(audit)], is_answer=False)
    elif _told(audit) in (None, page):
        _end(audit, status, page)


def follow(audit: Audit, page: str) -> None:
    """Tell, below the page, what ended while it was drawn: once its answer stands there, nothing need draw it again."""
    status = session.workspace().status(audit.id)
    if _told(audit) is None and (status is None or status.ended):
        _end(audit, status, page)


def is_untold(audit: Audit) -> bool:
    """Whether the open audit was seen at work and its end was told nowhere yet: it is what this page found out."""
    return _told(audit) is None


def _end(audit: Audit, status: Status | None, page: str) -> None:
    session.put(_WORKING, (_work(audit), page))
    is_well = session.workspace().get(audit.id).problem is None and (status is None or status.message is None)
    _say(_DONE[_stage(audit)] if is_well else _FAILED, is_answer=True)


def _told(audit: Audit) -> str | None:
    """Where the end of the audit's present work was told; None where it was seen at work and its end is still untold.

    Of work that this window never saw the end is nothing new, and told nowhere: "".
    """
    work, place = st.session_state.get(_WORKING, ("", ""))
    return place if work == _work(audit) else ""


def _work(audit: Audit) -> str:
    return f"{audit.id} {_stage(audit)}"


def _stage(audit: Audit) -> str:
    return audit.stage or "audit"


def _say(words: str, is_answer: bool) -> None:
    """Own words alone: nothing that came with an upload may stand in a script."""
    script = _SCRIPT.format(words=json.dumps(words), is_answer=json.dumps(is_answer))
    st.html(script, unsafe_allow_javascript=True)
