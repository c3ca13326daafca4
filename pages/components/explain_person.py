"""One person: the decision, the reasons in order of weight, and what would change it; before and after."""

import streamlit as st

from core.explain.apart import signed_points
from core.explain.person_found import Change, Person, PersonSide
from core.explain_charts import reasons_chart, reasons_height
from core.explanation import Explanation
from core.plan import Decision
from core.profile import Profile
from core.record import AuditRecord
from core.sentences import group_words
from core.workspace import Audit
from pages.components import job_status, plain, session

_MOST_REASONS = 10


def is_asked(audit: Audit) -> bool:
    """Whether the audit's last job was about one person."""
    return audit.stage == "explain_person"


def row_key(audit_id: str) -> str:
    """The key of the box for the row's number."""
    return session.field(audit_id, "row")


def begin(audit_id: str, row: int, unchangeable: tuple[str, ...]) -> None:
    """Start the job about a row of the table, from 0."""
    session.workspace().explain_person(audit_id, row, unchangeable)


def show(audit: Audit, record: AuditRecord, found: Explanation) -> None:
    """Show the question, and the person last asked about."""
    st.subheader("One person", anchor=False)
    space = session.workspace()
    profile = space.profile(audit.id)
    if profile is None:
        return
    _ask(audit.id, record, found, profile)
    if is_asked(audit) and job_status.show(audit):
        return
    person = space.person(audit.id)
    if person is not None:
        _person(found, person, profile)


def _ask(audit_id: str, record: AuditRecord, found: Explanation, profile: Profile) -> None:
    has_rows = session.workspace().has_rows(audit_id)
    row, fixed, start = st.columns([2, 4, 2], vertical_alignment="bottom")
    last = profile.rows + len(profile.left_out)
    number = row.number_input(
        f"Row{' below the header' if profile.has_header else ''}, 1 to {last:,}",
        1,
        last,
        step=1,
        key=session.seed(row_key(audit_id), 1),
    )
    own = [name for name in found.features if name in profile.names and name not in record.plan.groups.sensitive]
    unchangeable = fixed.multiselect(
        "What this person cannot change",
        own,
        key=session.field(audit_id, "unchangeable"),
        placeholder="nothing more than the sensitive columns",
    )
    index = profile.index_of(int(number))
    start.button(
        "Explain this person",
        disabled=not has_rows or index is None,
        key=session.action(audit_id, "explain person"),
        on_click=session.attempt,
        args=(begin, audit_id, index, tuple(unchangeable)),
    )
    if index is None:
        st.info("That row was left out when your table was read. Choose another.")
    elif not has_rows:
        st.info("The uploaded table was deleted after a day, as announced, and what was told of single people with it.")
    else:
        st.caption("It takes a few seconds. What is shown of a person stays on this machine and goes with your table.")


def _person(found: Explanation, person: Person, profile: Profile) -> None:
    """What one model or two say of the person, side by side."""
    where = profile.row_words(person.row)
    plain.text(f"{where[0].upper()}{where[1:]}: {_one_of(person)}")
    features = person.by_weight()[:_MOST_REASONS]
    most = max(abs(side.values[f]) for side in person.sides for f in features)
    names = ("Before", "After") if len(person.sides) > 1 else ("",)
    for place, name, side in zip(st.columns(2), names, person.sides, strict=False):
        with place:
            if name:
                st.markdown(f"**{name}**")
            _side(found, person, side, features, most)
    if len(person.features) > len(features):
        st.caption(f"The {_MOST_REASONS} of {len(person.features)} columns that weigh most; the table has them all.")
    with st.expander("All reasons as a table"):
        plain.table(_columns(person))


def _one_of(person: Person) -> str:
    return f"one of the {group_words(person.group)}"


def _side(found: Explanation, person: Person, side: PersonSide, features: tuple[int, ...], most: float) -> None:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    ink = str(st.get_option(f"theme.{theme}.textColor"))
    decision = "Selected" if side.selected else "Refused"
    plain.text(f"{decision}, with a score of {side.score:.2f}. The reasons start from {side.base:.2f}.")
    st.altair_chart(
        reasons_chart(person, side, features, most, found.is_trusted, ink),
        height=reasons_height(features),
        alt=f"The {len(features)} columns that weigh most; the same numbers stand in the table below.",
    )
    if side.spread is not None:
        st.caption("The line on a bar shows how unsure the sampling leaves it.")
    _changes(side, found.plan.decision)


def _changes(side: PersonSide, decision: Decision) -> None:
    """What would turn the decision."""
    other = "refused" if side.selected else "selected"
    if not side.changes and (decision.image or decision.text):
        return  # single places of an image and single words are not tried
    if not side.changes:
        st.caption(f"No change of one or two of the person's own columns was found that would make it “{other}”.")
        return
    st.caption(f"What would make it “{other}”: any one of these, smallest first")
    for change in side.changes:
        plain.text(_change(change))
    st.caption("This is what the model would answer, not advice: in life one thing rarely changes alone.")


def _change(change: Change) -> str:
    parts = [
        f"“{column}” {then or '(empty)'} instead of {now or '(empty)'}"
        for column, now, then in zip(change.columns, change.now, change.then, strict=True)
    ]
    return f"{' and '.join(parts)} (score {change.score:.3f})"


def _columns(person: Person) -> dict[str, list[str]]:
    order = person.by_weight()
    columns = {
        "Column": [person.features[f] for f in order],
        "This person's value": [person.cells[f] or "(empty)" for f in order],
    }
    names = ("Points before", "Points after") if len(person.sides) > 1 else ("Points",)
    for name, side in zip(names, person.sides, strict=True):
        columns[name] = [_points(side, f) for f in order]
    return columns


def _points(side: PersonSide, f: int) -> str:
    unsure = "" if side.spread is None else f" (give or take {100 * side.spread[f]:.1f})"
    return signed_points(side.values[f]) + unsure
