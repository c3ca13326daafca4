"""From where on a difference between groups counts: one mark for all ratios, one for all differences."""

from dataclasses import replace

import streamlit as st

from core.metrics.gaps import GAPS
from core.metrics.policies import DEFAULT_DIFFERENCE, DEFAULT_RATIO
from core.plan.parts import Limit, PolicyPlan
from pages.components import plain, session
from pages.components.help.tip import tip


def ask(audit_id: str, policy: PolicyPlan) -> PolicyPlan:
    """The policy with the marks as they stand; limits of a plan's own, measure by measure, are left alone."""
    ratio = next((limit.least for limit in policy.limits if limit.least is not None), DEFAULT_RATIO)
    difference = next((limit.most for limit in policy.limits if limit.most is not None), DEFAULT_DIFFERENCE)
    if set(policy.limits) != set(marks(ratio, difference)):
        st.caption(f"The plan sets limits of its own: {plain.listed([limit.measure for limit in policy.limits])}")
        return policy
    left, right = st.columns(2)
    least = left.number_input(
        "A ratio counts as a gap below",
        0.5,
        0.99,
        step=0.01,
        key=session.seed(session.field(audit_id, "least ratio"), ratio),
        help=tip(
            "four_fifths", "0.80: a group is selected at least four times where the other is selected five times."
        ),
    )
    most = right.number_input(
        "A difference counts as a gap above, in points",
        0.5,
        50.0,
        step=0.5,
        key=session.seed(session.field(audit_id, "most points"), round(100 * difference, 6)),
        help=tip("points"),
    )
    return replace(policy, limits=marks(float(least), round(float(most) / 100, 8)))


def marks(ratio: float, difference: float) -> tuple[Limit, ...]:
    """The limit of every measure that has a verdict; none where both marks are the usual ones."""
    if (ratio, difference) == (DEFAULT_RATIO, DEFAULT_DIFFERENCE):
        return ()
    return tuple(
        Limit(measure.name, least=ratio) if measure.kind == "ratio" else Limit(measure.name, most=difference)
        for measure in GAPS.values()
        if measure.is_tested
    )
