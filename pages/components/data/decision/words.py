"""What the person calls the decision: two boxes beside its confirmation, filled with a suggestion from the data."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles.decisions import DecisionWords, decision_words
from core.plan.parts import Decision, WordsPlan
from core.plan.tables.words import MOST_LETTERS, is_word
from core.store.workspace import Audit
from pages.components import session
from pages.components.data import steps
from pages.components.data.draft import Draft

_SELECTED, _TURNED_DOWN = "selected", "turned down"
_HELP = "Sentences and pictures say it in these words. No number changes."
_Pair = tuple[str, str]


def ask(audit: Audit, profile: Profile, plan: Draft, answer: Decision) -> tuple[WordsPlan, bool]:
    """The words as they stand in the boxes, and whether they are the person's and no suggestion.

    Nothing is suggested once a decision is settled. A word that cannot be taken leaves what was kept.
    """
    suggestion = None if plan.has_decision else _suggested(audit, profile, plan, answer)
    offered = ("", "") if suggestion is None else (suggestion.selected, suggestion.turned_down)
    _begin(audit, plan.words, offered)
    good, other = st.columns(2)
    with good:
        selected = _box(audit, 0, "A yes means: people are …", _SELECTED, plan.words.selected, offered)
    with other:
        turned_down = _box(audit, 1, "A no means: people are …", _TURNED_DOWN, plan.words.turned_down, offered)
    is_suggested = suggestion is not None and (selected, turned_down) == offered
    if suggestion is not None and is_suggested:
        steps.suggested(suggestion.reason)
    if selected is not None and selected == turned_down:
        st.error("A yes and a no need two different words.")
        return plan.words, not is_suggested
    return replace(plan.words, selected=selected, turned_down=turned_down), not is_suggested


def _suggested(audit: Audit, profile: Profile, plan: Draft, answer: Decision) -> DecisionWords | None:
    model = None if audit.model is None else audit.model.name
    told = (plan.data.label, answer.score, answer.prediction, profile.name, model)
    return decision_words(answer.prediction, [name for name in told if name], profile.names)


def _begin(audit: Audit, kept: WordsPlan, offered: _Pair) -> None:
    """Fill the boxes with what is kept, else with what is offered; a new offer takes an untouched one's place."""
    said = (kept.selected or "", kept.turned_down or "")
    first = said if any(said) else offered
    shown: _Pair = st.session_state.get(session.field(audit.id, "words offered"), first)
    for place, text in enumerate(first):
        key = session.seed(_key(audit, place), text)
        if st.session_state[key] == shown[place] != offered[place] and not any(said):
            session.put(key, offered[place])
    session.put(session.field(audit.id, "words offered"), offered)


def _box(audit: Audit, place: int, label: str, plain: str, kept: str | None, offered: _Pair) -> str | None:
    """What is typed; an empty box means Plumbline's own word, which is kept where another one had been offered."""
    typed = st.text_input(label, key=_key(audit, place), placeholder=plain, max_chars=MOST_LETTERS, help=_HELP).strip()
    if not typed:
        return plain if offered[place] else None
    if not is_word(typed):
        st.error("Letters only, please: a word or a few, such as “approved”.")
        return kept
    return typed


def _key(audit: Audit, place: int) -> str:
    return session.field(audit.id, ("words/selected", "words/turned down")[place])
