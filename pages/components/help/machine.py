"""What this machine can do and what is missing, as `plumbline doctor` finds it; looked at when somebody asks."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.cli.doctor.findings import CheckResult, MachineReport, State
from core.cli.doctor.look import MachineAnswer, MachineLook
from pages.components import plain, session

_EVERY_SECONDS = 1.0
_STATES: dict[State, str] = {"missing": "✗ missing", "note": "worth knowing", "ok": "✓ fine"}
# A port is asked about by whoever starts the app: here it is the app that has it.
_NOT_HERE = ("Port",)
# In a shared app a look says what concerns a visitor: whether an upload is safe, and how fast a run is. Versions and
# paths are the host's, and so is what is to be done.
_FOR_VISITORS = ("CPU", "GPU", "Landlock", "Seccomp", "Disk", "Memory", "Chromium")
# A look takes a core for some seconds: thirty visitors must not each have their own.
_STANDS_SECONDS = 600.0


@st.cache_resource(show_spinner=False)
def look() -> MachineLook:
    """The looks at this machine, whichever window asks: the answer stays for as long as the app runs."""
    return MachineLook()


def show() -> None:
    """Show the answer of the last look, the look that is under way, or the button that begins one."""
    st.write("Can audits run safely here, how fast do models run, and is anything missing?")
    its = look()
    if its.seconds is not None:
        st.fragment(_watch(its), run_every=_EVERY_SECONDS)()
        return
    answer = its.answer
    if answer is None:
        st.caption("A look takes some seconds. It changes nothing, and sends nothing elsewhere.")
        st.button("Look at this machine", type="primary", on_click=its.begin)
        return
    _tell(answer)
    if not session.is_shared() or time.time() - answer.at > _STANDS_SECONDS:
        st.button("Look again", on_click=its.begin)


def _watch(its: MachineLook) -> Callable[[], None]:
    """What says every second that a look is under way; the page starts over once it has ended.

    Named anew in every drawing of the page, as the watch of a job is, so that no question for an earlier drawing is
    taken for one about this.
    """

    def watch() -> None:
        seconds = its.seconds
        if seconds is None:
            st.rerun()
        st.status(f"Looking at this machine: {seconds:.0f} seconds so far.", state="running")
        st.caption("A small model is tried inside the sandbox. Without a graphics card that takes some ten seconds.")

    watch.__qualname__ = f"watch {secrets.token_hex(8)}"
    return watch


def _tell(answer: MachineAnswer) -> None:
    if answer.report is None:
        st.error(f"The checks ended without an answer. {_more('which says why')}")
    else:
        _tell_report(answer.report)
    at = datetime.fromtimestamp(answer.at)
    st.caption(f"Looked at {at:%H:%M} on {at.day} {at:%B %Y}, by this machine's clock.")


def _tell_report(report: MachineReport) -> None:
    shared = session.is_shared()
    if report.lacking:
        first = "" if shared else f" First see to: {', '.join(each.title for each in report.lacking)}."
        st.error(plain.escape(f"An audit cannot run safely here yet.{first}"))
    else:
        st.success("An audit can run safely here.")
    shown = [
        each for each in report.results if (each.check in _FOR_VISITORS if shared else each.check not in _NOT_HERE)
    ]
    plain.table(_columns(sorted(shown, key=_worst_first), shared))
    if shared:
        st.caption(_more("which says more"))


def _worst_first(result: CheckResult) -> int:
    return list(_STATES).index(result.finding.state)


def _columns(results: list[CheckResult], shared: bool) -> dict[str, list[str]]:
    columns = {
        "What": [each.title for each in results],
        "State": [_STATES[each.finding.state] for each in results],
        "Found": [each.finding.says if shared else each.finding.in_full for each in results],
    }
    to_do = [] if shared else [each.finding.do for each in results]
    return {**columns, "What to do": to_do} if any(to_do) else columns


def _more(why: str) -> str:
    command = f"`plumbline doctor` in a terminal, {why}"
    return f"Whoever runs this Plumbline can ask {command}." if session.is_shared() else f"Run {command}."
