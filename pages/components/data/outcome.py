"""Step 2, the outcome: what really happened, and which of it is good for the person."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.plan.data_part import DataPlan
from core.plan.parts import Condition
from core.report.words.plan import outcome_sentence
from core.store.workspace import Audit
from pages.components import changed_answers, plain, session
from pages.components.data import doubts, good_values, steps
from pages.components.data.decision import model_check
from pages.components.data.draft import Draft
from pages.components.help.tip import tip

_NO_COLUMN = "No column says what really happened"
_KNOWN = {
    "I do not know": None,
    "Yes, also for people who were turned down": True,
    "No, only for people who were selected": False,
}


# Shown so, whatever a yes is called in the plan; what is kept of an answer stays as it was.
_SAID = {
    "Yes, also for people who were turned down": "Yes, also for people who got a no",
    "No, only for people who were selected": "No, only for people who got a yes",
}


def show(audit: Audit, profile: Profile, plan: Draft, is_open: bool) -> bool:
    """Ask, and settle the answer in the plan at the person's word.

    Returns whether another answer stands there than the settled one.
    """
    with steps.step(audit.id, 2, _line(plan), plan.has_outcome, is_open):
        with changed_answers.noticed() as changed:
            answer = _ask(audit, profile, plan)
        if answer is not None:
            _confirm(audit, profile, plan, answer)
        return plan.has_outcome and bool(changed)


def _ask(audit: Audit, profile: Profile, plan: Draft) -> DataPlan | None:
    """The answer as it stands in the widgets; None while part of it is missing."""
    st.write("Which column says what really happened to each person, and not what a model thought?")
    suggestion, data = suggestions.outcome_column(profile), plan.data
    suggested = suggestion.value if suggestion else None
    first = suggested if not plan.has_outcome else _NO_COLUMN if data.label is None else data.label
    label = st.selectbox(
        "What really happened",
        [_NO_COLUMN, *profile.names],
        key=session.seed(session.field(audit.id, "outcome"), first),
        index=None,
        placeholder="choose a column",
        help=tip("good_outcome"),
    )
    if suggestion is not None and label == suggestion.value and not plan.has_outcome:
        steps.suggested(suggestion.reason)
    if label is None:
        return None
    if label == _NO_COLUMN:
        st.caption("Then only who gets a yes can be compared: not who was wrongly denied or wrongly granted.")
        return replace(data, label=None, favourable=None, refused_known=None)
    kept = data.favourable if label == data.label else None
    prefix = session.field(audit.id, "good outcome")
    favourable = good_values.ask(
        prefix, profile.column(label), profile.decimal, kept, "The good outcome for the person"
    )
    refused_known = _ask_refused(audit, data)
    return (
        None if favourable is None else replace(data, label=label, favourable=favourable, refused_known=refused_known)
    )


def _ask_refused(audit: Audit, data: DataPlan) -> bool | None:
    first = next(words for words, answer in _KNOWN.items() if answer is data.refused_known)
    words = st.radio(
        "Is the outcome also known for people who got a no?",
        list(_KNOWN),
        format_func={words: _SAID.get(words, words) for words in _KNOWN}.__getitem__,
        key=session.seed(session.field(audit.id, "refused known"), first),
        help="If it is known only for people who got a yes, mistakes can be counted among them alone.",
    )
    return _KNOWN[words]


def _confirm(audit: Audit, profile: Profile, plan: Draft, answer: DataPlan) -> None:
    st.markdown(f"**{plain.escape(_sentence(answer.label, answer.favourable))}**")
    if answer != plan.data or not plan.has_outcome:
        key = session.action(audit.id, "settle outcome")
        settled = doubts.others_seen(replace(plan, data=answer, has_outcome=True), profile)
        session.act(st.container(), "Yes, that is right", key, _settle, audit, settled, type="primary")


def _settle(audit: Audit, plan: Draft) -> None:
    session.attempt(session.workspace().save_plan, audit.id, plan)
    # A look without the outcome cannot tell which of the model's inputs know it.
    if audit.model is not None and (audit.stage == "inspect" or session.workspace().model_facts(audit.id) is not None):
        session.attempt(model_check.start, audit, plan)
    steps.fold(audit.id, 2)


def _sentence(label: str | None, favourable: Condition | None) -> str:
    if label is None or favourable is None:
        return "No column says what really happened."
    return outcome_sentence(label, favourable)


def _line(plan: Draft) -> str:
    if not plan.has_outcome:
        return "what really happened, and what is good for the person"
    return plain.escape(_sentence(plan.data.label, plan.data.favourable))
