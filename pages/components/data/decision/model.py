"""The decision as a model file makes it: the upload, its check, and how its answers are read."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.engine.upload_facts import ModelFacts
from core.errors import ModelError, PlumblineError
from core.notes import Note
from core.plan.parts import Class, Decision, Position
from core.store.refusals import readable
from core.store.workspace import Audit
from pages.components import plain, session, upload_box
from pages.components.data import doubts
from pages.components.data.decision import images, model_check, texts
from pages.components.data.draft import READ, Draft
from pages.components.help.tip import tip

_OUTPUTS = {
    "probability": "a probability, from 0 to 1",
    "logit": "a raw score, to be turned into a probability",
    "class": "an answer, such as yes or no",
}
_GOOD_CLASS = "Good for the person is"
_HALF = 0.5


def ask(audit: Audit, profile: Profile, plan: Draft) -> Decision | None:
    """The model and how it is read; None while part of it is missing."""
    if audit.model is None:
        _take_upload(audit, plan)
        if plan.decision.model:
            st.caption(f"The plan names {plain.quoted(plan.decision.model)}: put that file here.")
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        plain.text(audit.model.name)
        with st.popover("Use another model", key=session.upload_key("another model")):
            _take_upload(audit, plan)
    _check_once(audit, plan)
    facts = model_check.show(audit, plan)
    _ask_features(audit, profile, plan)
    texts.ask(audit, profile, plan)
    images.ask(audit, profile, plan)
    if facts is None:
        unchecked = audit.stage != "inspect" and plan.decision.model is not None
        if not unchecked or session.workspace().model_facts(audit.id) is not None:
            return None
        return _with_threshold(_prefix(audit), plan.decision)
    doubts.asked_of_inputs(audit, plan, tuple(Note.from_json(note) for note in facts.leaks))
    return _ask_reading(audit, facts, plan.decision)


def _take_upload(audit: Audit, plan: Draft) -> None:
    """Keep a model that was just put in, and look at it."""
    given = st.file_uploader(f"Drop the model here: {readable()}", key=session.upload_key("model"))
    if given is None:
        return
    try:
        with st.spinner("Keeping the model …"):
            taken = upload_box.taken(given)
            kept = session.workspace().put_model(audit.id, taken.file, taken.name)
            model_check.start(kept, images.suggested(kept, plan))
            session.adopt(audit.id)
            upload_box.let_go([taken])
    except PlumblineError as error:
        model_check.refused(error.message, error.snippet if isinstance(error, ModelError) else "")
        return
    st.rerun()


def _check_once(audit: Audit, plan: Draft) -> None:
    """Look at a model that came along with the table, as soon as the table was read."""
    if audit.stage == "profile":
        try:
            asked = images.suggested(audit, plan)
            session.workspace().save_plan(audit.id, asked)
            model_check.start(audit, asked)
        except PlumblineError as error:
            st.error(plain.escape(error.message))
            return
        st.rerun()


# ---------------------------------------------------------------- how its answers are read


def _ask_reading(audit: Audit, facts: ModelFacts, kept: Decision) -> Decision | None:
    prefix = _prefix(audit)
    known = kept if kept.model else Decision()
    first = known.output or facts.suggested_output or "probability"
    left, middle, right = st.columns(3)
    key = session.seed(f"{prefix}/output", first)
    output: Any = left.selectbox("The model gives", list(_OUTPUTS), key=key, format_func=_OUTPUTS.__getitem__)
    with middle:
        chosen = _ask_class(prefix, facts, known)
    with right:
        threshold = None if output == "class" else _ask_threshold(prefix, known)
    if chosen is None or audit.model is None:
        return None
    return replace(
        known,
        model=audit.model.name,
        output=output,
        favourable_class=chosen,
        threshold=threshold,
        above=known.above and threshold is not None,
        **{key: getattr(kept, key) for key in READ},
    )


def _prefix(audit: Audit) -> str:
    return session.field(audit.id, f"model/{audit.model.digest if audit.model else ''}")


def _with_threshold(prefix: str, kept: Decision) -> Decision:
    """The reading that a plan states of a model nobody looked at, with the threshold as it is answered."""
    stated = _HALF if kept.threshold is None else kept.threshold
    if kept.output == "class" or kept.rule is not None or not 0 <= stated <= 1:
        return kept
    threshold = _ask_threshold(prefix, kept)
    return kept if threshold == stated else replace(kept, threshold=threshold)


def _ask_threshold(prefix: str, known: Decision) -> float:
    first = _HALF if known.threshold is None else known.threshold
    return float(
        st.number_input(
            "A yes from this probability on",
            0.0,
            1.0,
            step=0.01,
            format="%g",
            key=session.seed(f"{prefix}/threshold", first),
            help=tip("threshold"),
        )
    )


def _ask_class(prefix: str, facts: ModelFacts, known: Decision) -> Class | tuple[Class, ...] | None:
    """Which of the model's classes is good for the person; nothing is chosen where nothing tells."""
    names, written = _classes(facts)
    suggested = _suggested_class(facts)
    said = known.favourable_class if known.model else None
    places = [_place(one, facts) for one in _listed(suggested if said is None else said)]
    first = [place for place in places if place is not None]
    # Another suggestion asks anew: the good outcome may be settled after the model was first looked at.
    key = f"{prefix}/{suggested}/class"
    if len(names) <= 2:
        place = st.selectbox(
            _GOOD_CLASS,
            range(len(names)),
            index=None,
            placeholder="Choose one",
            key=session.seed(key, first[0] if first else None),
            format_func=names.__getitem__,
        )
        return None if place is None else written[place]
    picked = st.multiselect(
        _GOOD_CLASS,
        range(len(names)),
        placeholder="Choose one or more",
        key=session.seed(key, first),
        format_func=names.__getitem__,
    )
    chosen = tuple(written[place] for place in picked)
    return None if not chosen else chosen[0] if len(chosen) == 1 else chosen


def _classes(facts: ModelFacts) -> tuple[list[str], list[Class]]:
    """What the model's classes are called, and how a plan writes each."""
    if facts.classes and facts.classes_are_numbers:
        return [f"class {name}" for name in facts.classes], [int(name) for name in facts.classes]
    if facts.classes:
        return list(facts.classes), list(facts.classes)
    if facts.output_columns is not None and facts.output_columns > 1:
        return [f"number {place + 1}" for place in range(facts.output_columns)], list(range(facts.output_columns))
    return ["a low number", "a high number"], [0, 1]


def _suggested_class(facts: ModelFacts) -> Any:
    """What the check suggests; where the label says nothing of the classes, the one whose name sounds good."""
    suggested = facts.suggested_favourable_class
    return suggestions.good_class(facts.classes) if suggested is None else suggested


def _listed(chosen: Any) -> tuple[Class, ...]:
    return tuple(chosen) if isinstance(chosen, list | tuple) else () if chosen is None else (chosen,)


def _place(one: Class, facts: ModelFacts) -> int | None:
    names, written = _classes(facts)
    if isinstance(one, Position):
        return one.position if one.position < len(names) else None
    if one in written:
        return written.index(one)
    by_place = isinstance(one, int) and not facts.classes_are_numbers and 0 <= one < len(names)
    return one if isinstance(one, int) and by_place else None


# ---------------------------------------------------------------- which columns it reads


def _ask_features(audit: Audit, profile: Profile, plan: Draft) -> None:
    """For a model of one block of numbers whose columns are not those of the table: which it reads, in order."""
    facts = session.workspace().model_facts(audit.id)
    told = facts is not None and facts.asks == "features"
    if not told and not plan.decision.features:
        return
    roles = {plan.data.label, *plan.groups.sensitive}
    first = plan.decision.features or tuple(
        c.name for c in profile.columns if c.kind == "number" and c.name not in roles
    )
    chosen = st.multiselect(
        "The columns that the model reads, in its order",
        list(profile.names),
        key=session.seed(session.field(audit.id, "features"), list(first)),
    )
    if tuple(chosen) != plan.decision.features:
        st.button(
            "Check the model with these columns",
            type="primary" if told else "secondary",
            on_click=_check_with,
            args=(audit, plan, tuple(chosen)),
        )


def _check_with(audit: Audit, plan: Draft, features: tuple[str, ...]) -> None:
    asked = replace(plan, decision=replace(plan.decision, features=features))
    session.attempt(session.workspace().save_plan, audit.id, asked)
    session.attempt(model_check.start, audit, asked)
