"""What a row is: one person, several, one that weighs more than others, or one of several rows of a person."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.plan.data_part import DataPlan
from core.store.workspace import Audit
from pages.components import session
from pages.components.data.draft import Draft
from pages.components.help.tip import tip


def ask(audit: Audit, profile: Profile, plan: Draft) -> DataPlan:
    """Ask which columns say it; the plan's data with the answers as they stand."""
    data = plan.data
    decision = plan.decision
    taken = {data.label, decision.score, decision.prediction, *plan.groups.sensitive}
    free = [column for column in profile.columns if column.name not in taken]
    numbers = [column.name for column in free if column.low is not None]
    st.write("**What a row is**")
    count, weight, person = st.columns(3)
    with count:
        counted = _column(audit, "count", "It stands for so many people", numbers, data.count, "(one person)")
    with weight:
        alone = counted is not None
        usual = "(as much as any other)"
        weighed = _column(audit, "weight", "It weighs", numbers, data.weight, usual, alone, tip("weights"))
    with person:
        names = [column.name for column in free]
        whose = _column(audit, "person", "It belongs to the person", names, data.person, "(each to another)", alone)
    if counted is not None:
        weighed = whose = None
    return replace(data, count=counted, weight=weighed, person=whose)


def _column(
    audit: Audit,
    role: str,
    label: str,
    names: list[str],
    kept: str | None,
    nothing: str,
    off: bool = False,
    meaning: str | None = None,
) -> str | None:
    """The column chosen for a role; None for `nothing`, which is what most tables need."""
    options = [nothing, *dict.fromkeys([*([kept] if kept else []), *names])]
    chosen = st.selectbox(
        label,
        options,
        key=session.seed(session.field(audit.id, role), kept or nothing),
        disabled=off,
        help="A row that counts several people cannot weigh or repeat, too." if off else meaning,
    )
    return None if chosen in (None, nothing) else chosen
