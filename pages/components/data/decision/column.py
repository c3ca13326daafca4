"""The decision as it stands in the table: a column of scores with a cut-off, or a column of decisions."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.plan.parts import Condition, Decision
from core.store.workspace import Audit
from pages.components import session
from pages.components.data import good_values, steps
from pages.components.data.draft import Draft
from pages.components.help.tip import tip

_OR_MORE, _MORE, _LESS = "at the threshold or above", "above the threshold", "below the threshold"
_NO_SCORE = "no scores beside it"


def ask_score(audit: Audit, profile: Profile, plan: Draft) -> Decision | None:
    """The score column and its cut-off; None while part of it is missing."""
    numbers = [column.name for column in profile.columns if column.kind == "number"]
    score = _ask_column(audit, "score", numbers, plan.decision.score, suggestions.score_column(profile))
    if score is None:
        return None
    kept = plan.decision if plan.decision.score == score and plan.decision.prediction is None else Decision(score=score)
    column, prefix = profile.column(score), session.field(audit.id, f"score/{score}")
    st.caption(f"Its numbers go from {column.low:g} to {column.high:g}.")
    risk = suggestions.lower_is_better(score, plan.data.label)
    cut_off, lower = _first_cut_off(kept, suggestions.is_share(column), risk is not None)
    left, right = st.columns(2)
    side = left.radio(
        "Someone gets a yes", [_OR_MORE, _MORE, _LESS], key=session.seed(f"{prefix}/side", _first_side(kept, lower))
    )
    number = right.number_input(
        "The threshold",
        key=session.seed(f"{prefix}/cut-off", cut_off),
        value=None,
        format="%g",
        placeholder="a number",
        help=tip("threshold"),
    )
    if risk is not None and side == _LESS and kept == Decision(score=score):
        steps.suggested(risk.reason)
    return None if number is None else _with_cut_off(kept, float(number), side)


def _first_side(kept: Decision, lower: bool) -> str:
    return _LESS if lower else _MORE if kept.above else _OR_MORE


def _first_cut_off(kept: Decision, share: bool, risk: bool) -> tuple[float | None, bool]:
    if kept.favourable is not None:
        return (kept.favourable.below, True) if kept.favourable.at_least is None else (kept.favourable.at_least, False)
    if kept.threshold is not None:
        return kept.threshold, False
    return 0.5 if share else None, risk


def _with_cut_off(kept: Decision, cut_off: float, side: str) -> Decision:
    if side == _LESS:
        return replace(kept, threshold=None, above=False, favourable=Condition(below=cut_off))
    if side == _MORE:
        return replace(kept, threshold=cut_off, above=True, favourable=None)
    kept = replace(kept, above=False)
    if kept.favourable is not None and kept.favourable.at_least is not None:
        return replace(kept, favourable=Condition(at_least=cut_off))
    return replace(kept, threshold=cut_off, favourable=None)


def ask_decision(audit: Audit, profile: Profile, plan: Draft) -> Decision | None:
    """The decision column and its good values, and a score beside it; None while part of it is missing."""
    found = suggestions.decision_column(profile)
    prediction = _ask_column(audit, "decision", list(profile.names), plan.decision.prediction, found)
    if prediction is None:
        return None
    if prediction == plan.data.label:
        st.warning(
            "This column is also what really happened (step 2), so every decision would look right. Choose another one"
            " here, or say in step 2 that no column says what really happened."
        )
    kept = plan.decision if plan.decision.prediction == prediction else Decision(prediction=prediction)
    favourable = good_values.ask_values(
        session.field(audit.id, f"good decision/{prediction}"),
        profile.column(prediction),
        profile.decimal,
        kept.favourable,
        "The values that mean a yes",
    )
    if favourable is None:
        return None
    good = tuple(map(str, favourable.values))
    score, lower = _ask_score_beside(audit, profile, plan.data.label, kept, good)
    edges = kept.edges if score == kept.score else ()
    return replace(kept, favourable=favourable, score=score, lower_is_better=lower, edges=edges)


def _ask_score_beside(
    audit: Audit, profile: Profile, label: str | None, kept: Decision, good: tuple[str, ...]
) -> tuple[str | None, bool]:
    numbers = [column.name for column in profile.columns if column.kind == "number"]
    if not numbers:
        return None, False
    suggestion = suggestions.score_column(profile)
    fresh = kept.favourable is None and suggestion is not None
    first_score = kept.score or (suggestion.value if fresh and suggestion else _NO_SCORE)
    score = st.selectbox(
        "The score behind the decision, if the table has it",
        [_NO_SCORE, *numbers],
        key=session.seed(session.field(audit.id, "score beside"), first_score),
        help=tip("score", "With it, Plumbline can also say how well the score tells people apart in each group."),
    )
    if score == _NO_SCORE:
        return None, False
    risk = suggestions.lower_is_better(score, label, good)
    first = kept.lower_is_better if score == kept.score else risk is not None
    key = session.seed(session.field(audit.id, f"lower is better/{score}"), first)
    lower = st.checkbox("A lower score is better for the person", key=key)
    if risk is not None and lower and score != kept.score:
        steps.suggested(risk.reason)
    return score, lower


def _ask_column(
    audit: Audit, role: str, names: list[str], kept: str | None, suggestion: suggestions.Suggestion | None
) -> str | None:
    first = kept or (suggestion.value if suggestion else None)
    key = session.seed(session.field(audit.id, f"{role} column"), first if first in names else None)
    chosen = st.selectbox(f"The {role} column", names, key=key, index=None, placeholder="choose a column")
    if suggestion is not None and chosen == suggestion.value and kept is None:
        steps.suggested(suggestion.reason)
    return chosen
