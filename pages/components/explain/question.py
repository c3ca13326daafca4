"""Asks in which way the model is explained, and beside which other one; and starts the job."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import JobError
from core.explain.estimates import Subject, Way, ways
from core.explain.explanation import Explanation
from core.explain.methods import EXPLAINERS
from core.explain.sample import ROWS
from core.metrics.words import rows_word
from core.mitigate.fix import Fix
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.words.explanations import nouns_of
from core.store.workspace import Against
from pages.components import duration, plain, session
from pages.components.explain import found as explain_found
from pages.components.fix import found as fix_found

_ALONE = ""
_MOST_ROWS = 50_000


@dataclass(frozen=True)
class Other:
    """A model to compare with: its name, its question, how to tell its format, and how to get hold of it."""

    name: str
    plan: Plan
    format: Callable[[], str | None]
    against: Callable[[], Against]


def nobody_to_ask(audit_id: str) -> None:
    """Say that only a model can be asked why."""
    st.info(
        "This audit looks at a column of your table, and a column cannot be asked why. To see what a model looks at, "
        "put the model in on the Data page and run the audit again."
    )
    if st.button("Go to Data", key=session.action(audit_id, "to data")):
        session.open_audit(audit_id, "data")


def ask(audit_id: str, record: AuditRecord, found: Explanation | None) -> None:
    """Show the question and the button that starts; folded once there is an answer."""
    if found is None:
        st.write(
            f"See which {nouns_of(record.plan).parts} move the scores, for whom, and whether one of them gives "
            "a sensitive column away. Add a fix or another model to see what moved."
        )
        _ask(audit_id, record)
        return
    st.caption(plain.escape(_how(audit_id, found)))
    with st.expander("Ask in another way, or compare with another model"):
        _ask(audit_id, record)


def against_fix(fix: Fix) -> Against:
    """A fix of the Fix page, to compare with. Raises JobError where its model was deleted."""
    name = _fix_name(fix)
    if fix.proposed is None or fix.proposed.file is None:
        return Against(name, fix.decided.plan)
    if not fix.proposed.file.is_file():
        raise JobError("The trained model was deleted after a day, as announced. Find fixes again.")
    return Against(name, fix.decided.plan, fix.proposed.model_bytes())


def begin(
    audit_id: str, plan: Plan, method: str | None, rows: int | None, against: Callable[[], Against] | None
) -> None:
    """Start the job, whose result is shown as it was asked for."""
    explain_found.prefer(audit_id, alone=against is None)
    session.workspace().explain(audit_id, plan, method, rows, None if against is None else against())


def _how(audit_id: str, found: Explanation) -> str:
    """Which way was taken, on whom, beside what."""
    asked = session.workspace().asked_why(audit_id)
    word = rows_word(found.plan)
    people = f"{found.before.people:,} {word}"
    if found.before.people < found.kept:
        people = f"{found.before.people:,} of {found.kept:,} {word}, drawn by chance"
    beside = "" if asked is None or found.paired is None else f" · compared with: {asked.against}"
    return f"{found.explainer.title} · {people} · on the {'GPU' if found.device == 'cuda' else 'CPU'}{beside}"


def _ask(audit_id: str, record: AuditRecord) -> None:
    others = _others(audit_id, record)
    left, right = st.columns([1, 1], gap="large")
    with left:
        other = _compared(audit_id, others)
    with right:
        method, rows = _way(audit_id, record, other)
    _button(audit_id, record, method, rows, other)


def _compared(audit_id: str, others: dict[str, Other]) -> Other | None:
    """Beside which model, None for this one alone."""
    asked = session.workspace().asked_why(audit_id)
    before = next((key for key, other in others.items() if asked is not None and asked.against == other.name), _ALONE)
    key = session.seed(session.field(audit_id, "compared with"), before)
    if st.session_state[key] not in (_ALONE, *others):
        del st.session_state[key]
        session.seed(key, _ALONE)
    names = {_ALONE: "Nothing: this model alone", **{key: other.name for key, other in others.items()}}
    chosen = st.selectbox("Compare it with", list(names), format_func=names.__getitem__, key=key)
    if not others:
        st.caption("Fixes that you find on the Fix page, and other audits of this table, can be chosen here.")
    return others.get(chosen)


def _others(audit_id: str, record: AuditRecord) -> dict[str, Other]:
    """The fixes that were found, then other audits of the same table by the same browser."""
    return _fixes(audit_id) | _audits(audit_id, record)


def _fixes(audit_id: str) -> dict[str, Other]:
    found = fix_found.load(audit_id)
    if found is None:
        return {}

    space = session.workspace()

    def other(fix: Fix) -> Other:
        own = partial(space.model_format, audit_id)
        return Other(_fix_name(fix), fix.decided.plan, lambda: fix.model_format(own()), lambda: against_fix(fix))

    return {f"fix/{fix.id}": other(fix) for fix in found.fixes}


def _fix_name(fix: Fix) -> str:
    return f"A fix: {fix.title}"


def _audits(audit_id: str, record: AuditRecord) -> dict[str, Other]:
    space, owner = session.workspace(), session.owner()
    mine = space.get(audit_id)
    found = {}
    for audit in [] if owner is None else space.owned_by(owner):
        if audit.id == audit_id or audit.table is None or mine.table is None or audit.table.digest != mine.table.digest:
            continue
        theirs = space.record(audit.id)
        if theirs is not None and theirs.plan.decision.model is not None:
            found[f"audit/{audit.id}"] = _audit(audit.id, theirs, record)
    return found


def _audit(audit_id: str, theirs: AuditRecord, record: AuditRecord) -> Other:
    name = f"An audit: {theirs.plan.name or theirs.plan.decision.model}"
    if theirs.plan.name == record.plan.name:
        name += f", {theirs.created[:16].replace('T', ' ')}"
    space = session.workspace()
    return Other(
        name,
        theirs.plan,
        partial(space.model_format, audit_id),
        lambda: Against(name, theirs.plan, space.model_path(audit_id)),
    )


def _way(audit_id: str, record: AuditRecord, other: Other | None) -> tuple[str | None, int]:
    """The method, None for the recommended one, and how many people at most."""
    space = session.workspace()
    profile = space.profile(audit_id)
    columns = len(profile.columns) if profile is not None else 1
    formats = [space.model_format(audit_id), *([] if other is None else [other.format()])]
    subject = Subject.of(record, formats, space.model_facts(audit_id), columns)
    best = subject.recommended
    asked = space.asked_why(audit_id)
    rows_key = session.seed(session.field(audit_id, "explained rows"), (asked and asked.rows) or ROWS)
    rows = min(int(st.session_state[rows_key]), record.counts.people)
    offered = ways(subject, rows, 1 if other is None else 2)
    able = [way.explainer.name for way in offered if not way.against]
    key = session.seed(session.field(audit_id, "method"), (asked and asked.method) or best.name)
    if st.session_state[key] not in able:
        del st.session_state[key]
        session.seed(key, best.name)
    with st.container(gap="small"):
        st.markdown(
            f"**{EXPLAINERS[st.session_state[key]].title}**: {EXPLAINERS[st.session_state[key]].reads(subject.kind)}"
        )
        way = next(way for way in offered if way.explainer.name == st.session_state[key])
        if st.session_state[key] == best.name:
            st.caption(f"Recommended here. {best.reason} {_takes(way)}")
        else:
            st.caption(f"Not the recommended one. {_takes(way)}")
    with st.expander("Other ways"):
        name = st.radio(
            "In which way",
            able,
            format_func={name: EXPLAINERS[name].title for name in able}.__getitem__,
            captions=[_caption(way, subject, best.name) for way in offered if not way.against],
            key=key,
        )
        for way in offered:
            if way.against:
                st.caption(f"Not here: {way.explainer.title}; {way.against}.")
        st.number_input(
            f"{rows_word(record.plan).capitalize()} to explain, at most", 100, _MOST_ROWS, step=500, key=rows_key
        )
    return None if name == best.name else name, int(st.session_state[rows_key])


def _takes(way: Way) -> str:
    return f"Takes {duration.between(way.seconds)}."


def _caption(way: Way, subject: Subject, best: str) -> str:
    mark = "Recommended. " if way.explainer.name == best else ""
    lacks = f" What it cannot do: {way.lacks}." if way.lacks else ""
    return f"{mark}{way.explainer.reads(subject.kind)} {_takes(way)}{lacks}"


def _button(audit_id: str, record: AuditRecord, method: str | None, rows: int, other: Other | None) -> None:
    has_rows = session.workspace().has_rows(audit_id)
    start, said = st.columns([1, 3], vertical_alignment="center")
    start.button(
        "Show what it looks at" if other is None else "Show what moved",
        type="primary",
        disabled=not has_rows,
        key=session.action(audit_id, "explain"),
        on_click=session.attempt,
        args=(begin, audit_id, record.plan, method, rows, None if other is None else other.against),
    )
    if not has_rows:
        said.info("The uploaded table was deleted after a day, as announced. Upload it again to ask.")
    else:
        said.caption("It describes what the model uses, not why the world is as it is.")
