"""Step 3, the decision: what is audited, and from where on a person is selected."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.metrics.words.naming.terms import Terms
from core.plan.parts import Decision
from core.report.words.plan import decision_sentence
from core.store.workspace import Audit
from pages.components import changed_answers, plain, session
from pages.components.data import doubts, steps
from pages.components.data.decision import column, model_check, words
from pages.components.data.decision import model as model_answer
from pages.components.data.draft import Draft

_MODEL, _SCORE, _COLUMN = "A model file", "A column of scores", "A column of decisions"
_ASK: dict[str, Callable[[Audit, Profile, Draft], Decision | None]] = {
    _MODEL: model_answer.ask,
    _SCORE: column.ask_score,
    _COLUMN: column.ask_decision,
}


def show(audit: Audit, profile: Profile, plan: Draft, is_open: bool) -> tuple[Draft, bool]:
    """Ask, and settle the answer in the plan at the person's word.

    Returns the plan with what the decision is called, and whether another answer stands there than the settled one.
    """
    with steps.step(audit.id, 3, _line(audit, plan), is_settled(audit, plan), is_open):
        with changed_answers.noticed() as changed:
            key = session.seed(session.field(audit.id, "way"), _first_way(audit, profile, plan))
            way = st.radio("What makes or made the decision?", list(_ASK), key=key, horizontal=True)
            answer = _ASK[way](audit, profile, plan)
        is_other = is_settled(audit, plan) and bool(changed)
        return plan if answer is None else _confirm(audit, profile, plan, answer), is_other


def is_settled(audit: Audit, plan: Draft) -> bool:
    """Whether it is known what is audited, and it is there."""
    if plan.decision.model is None:
        return plan.has_decision
    return audit.model is not None and audit.model.name == plan.decision.model and model_check.passed(audit)


def _first_way(audit: Audit, profile: Profile, plan: Draft) -> str:
    if plan.has_decision:
        return _MODEL if plan.decision.model is not None else _COLUMN if plan.decision.prediction else _SCORE
    if audit.model is not None:  # whoever brings one asks about it
        return _MODEL
    if suggestions.decision_column(profile) is not None:
        return _COLUMN
    return _SCORE if suggestions.score_column(profile) is not None else _MODEL


def _confirm(audit: Audit, profile: Profile, plan: Draft, answer: Decision) -> Draft:
    said, asked = st.container(), st.container()
    with asked:
        own, is_own = words.ask(audit, profile, plan, answer)
    terms = Terms.called(own)
    said.markdown(f"**{plain.escape(decision_sentence(answer, _names_class(audit, plan, answer), terms))}**")
    if answer != plan.decision:
        key = session.action(audit.id, "settle decision")
        settled = doubts.others_seen(replace(plan, decision=answer, words=own), profile)
        session.act(st.container(), "Yes, that is right", key, _settle, audit.id, settled, type="primary")
    return replace(plan, words=own) if is_own else plan


def _settle(audit_id: str, plan: Draft) -> None:
    session.workspace().save_plan(audit_id, plan)
    steps.fold(audit_id, 3)


def _line(audit: Audit, plan: Draft) -> str:
    if not is_settled(audit, plan):
        return "a model, or a column of scores or decisions"
    model = f"{plain.escape(audit.model.name)} · " if audit.model and plan.decision.model is not None else ""
    return model + plain.escape(
        decision_sentence(plan.decision, _names_class(audit, plan, plan.decision), Terms.called(plan.words))
    )


def _names_class(audit: Audit, plan: Draft, decision: Decision) -> bool:
    """Whether only the class's name tells a person what is good: it has one, and no outcome says what it means."""
    if plan.data.label is not None or decision.model is None or decision.favourable_class is None:
        return False
    facts = session.workspace().model_facts(audit.id)
    return facts is not None and bool(facts.classes)
