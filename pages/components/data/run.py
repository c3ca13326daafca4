"""The end of the Data page: what is still missing, the button that runs the audit, and the plan to take away."""

from collections.abc import Sequence

import streamlit as st

from core.data.profile import Profile
from core.jobs import machine
from core.plan.plan import Plan
from core.store.workspace import Audit
from pages.components import session
from pages.components.data import doubts, reset, steps
from pages.components.data.decision import step
from pages.components.data.draft import Draft

_UNCONFIRMED = "Step {step}: you chose something else. Press “Yes, that is right” there, or choose as before."


def show(audit: Audit, profile: Profile, draft: Draft, problems: list[str], unconfirmed: Sequence[int] = ()) -> None:
    """Show the button and the plan; while something is missing, the button says what.

    `unconfirmed` are the steps in which another answer stands than the one that would run.
    """
    plan = draft.plan
    other = [_UNCONFIRMED.format(step=step) for step in unconfirmed]
    missing = _missing(audit, draft) + other + doubts.unanswered(profile, draft) + problems
    with st.container(horizontal=True, vertical_alignment="center"):
        key = session.action(audit.id, "run")
        session.act(
            st.container(width="content"),
            "Run the audit",
            key,
            _run,
            audit.id,
            plan,
            type="primary",
            disabled=bool(missing),
        )
        st.download_button(
            "Download this plan",
            plan.to_toml() if plan is not None and not missing else "",
            file_name="plan.toml",
            disabled=bool(missing),
            on_click="ignore",
            key=session.action(audit.id, "download plan"),
        )
        reset.show(audit, profile)
        if not missing:
            st.caption(f"{profile.rows:,} rows, on this machine's {'GPU' if machine.has_gpu() else 'CPU'}")
    if missing:
        st.markdown("\n".join(f"- {line}" for line in missing))


def _missing(audit: Audit, draft: Draft) -> list[str]:
    answers = (
        (draft.has_outcome, "Step 2: check what really happened and confirm it, or say that no column tells."),
        (step.is_settled(audit, draft), "Step 3: check what makes or made the decision and confirm it."),
        (draft.has_groups, "Step 4: choose at least one column that says who belongs to which group."),
    )
    return [words for given, words in answers if not given]


def _run(audit_id: str, plan: Plan) -> None:
    session.workspace().run(audit_id, plan)
    steps.fold(audit_id, 4)
    session.send(audit_id, "audit")
