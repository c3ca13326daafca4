"""One person: the decision, the reasons in order of weight, and what would change it; before and after."""

import streamlit as st

from core.data.profile import Profile
from core.explain.explanation import Explanation
from core.explain.groups.differences import signed_points
from core.explain.nouns import Nouns
from core.explain.person import Person, PersonSide
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.charts.heatmaps import reasons_chart, reasons_height
from core.report.documents.person import person_html
from core.report.words.explanations import change_words, decided_words, kind_of, nouns_of
from core.store.workspace import Audit
from pages.components import job_status, plain, session
from pages.components.explain import original
from pages.components.unchecked import unchecked

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


def begin_at(audit_id: str, row: int, profile: Profile) -> None:
    """The same of somebody whom another part of the page shows: the box for the row's number says so, too."""
    session.put(row_key(audit_id), profile.file_row(row))
    session.attempt(begin, audit_id, row, ())


def show(audit: Audit, record: AuditRecord, found: Explanation) -> None:
    """Show the question, and the person last asked about."""
    st.header(f"One {nouns_of(found.plan).one}", anchor=False)
    space = session.workspace()
    profile = space.profile(audit.id)
    if profile is None:
        return
    _ask(audit.id, record, found, profile)
    if is_asked(audit) and job_status.show(audit):
        return
    person = space.person(audit.id)
    if person is not None:
        if found.plan_after is None:  # asked beside another model, looked at alone
            person = person.alone
        _person(audit.id, found, person, profile)


def _ask(audit_id: str, record: AuditRecord, found: Explanation, profile: Profile) -> None:
    has_rows = session.workspace().has_rows(audit_id)
    own = [name for name in found.features if name in profile.names and name not in record.plan.groups.sensitive]
    row, *middle, start = st.columns([2, 4, 2] if own else [2, 6], vertical_alignment="bottom")
    last = profile.rows + len(profile.left_out)
    number = row.number_input(
        f"Row{' below the header' if profile.has_header else ''}, 1 to {last:,}",
        1,
        last,
        step=1,
        key=session.seed(row_key(audit_id), 1),
    )
    unchangeable = []
    if middle:  # of an image or a text there is nothing that the person could change
        unchangeable = middle[0].multiselect(
            "What this person cannot change",
            own,
            key=session.field(audit_id, "unchangeable"),
            placeholder="nothing more than the sensitive columns",
        )
    index = profile.index_of(int(number))
    session.act(
        start,
        f"Explain this {nouns_of(found.plan).one}",
        session.action(audit_id, "explain person"),
        begin,
        audit_id,
        index,
        tuple(unchangeable),
        disabled=not has_rows or index is None,
    )
    if index is None:
        st.info("That row was left out when your table was read. Choose another.")
    elif not has_rows:
        st.info("The uploaded table was deleted after a day, as announced, and what was told of single people with it.")
    else:
        st.caption("It takes a few seconds. What is shown of a person stays on this machine and goes with your table.")


def _person(audit_id: str, found: Explanation, person: Person, profile: Profile) -> None:
    """What one model or two say of the person, side by side."""
    where = profile.row_words(person.row)
    plain.text(f"{where[0].upper()}{where[1:]}: one of the {group_words(person.group, Terms.of(found.plan))}")
    if not found.is_trusted:
        st.warning("A check of this way of explaining failed (see above): the reasons below are in doubt.")
    weighing = person.weighing()
    features = weighing[:_MOST_REASONS]
    most = max(abs(side.values[f]) for side in person.sides for f in features)
    names = ("Before", "After") if len(person.sides) > 1 else ("",)
    plans = (found.plan, found.plan_after or found.plan)
    for number, (place, name, plan) in enumerate(zip(st.columns(2), names, plans, strict=False)):
        with place:
            if name:
                st.markdown(f"**{name}**")
            _side(found, plan, person, number, features, most)
    if len(weighing) > len(features):
        parts = nouns_of(found.plan).parts
        st.caption(f"The {_MOST_REASONS} of {len(weighing)} {parts} that weigh most; the table has them all.")
    with st.expander("All reasons as a table"):
        plain.table(_columns(person, nouns_of(found.plan)))
    st.download_button(
        "Download this explanation",
        lambda: person_html(found, person, where),
        f"explanation row {profile.file_row(person.row)}.html",
        "text/html",
        key=session.action(audit_id, "download person"),
        help="A page that opens in any browser. It tells of a single person: keep it as you keep the table.",
        on_click="ignore",
    )


def _side(found: Explanation, plan: Plan, person: Person, number: int, features: tuple[int, ...], most: float) -> None:
    side = person.sides[number]
    plain.text(decided_words(found, plan, person, side))
    original.show(found, person, number)
    st.altair_chart(
        unchecked(reasons_chart(person, side, features, most, found.is_trusted)),
        height=reasons_height(features),
        alt=f"The {len(features)} {nouns_of(plan).parts} that weigh most; the same numbers stand in the table below.",
    )
    if side.spread is not None:
        st.caption("The line on a bar shows how unsure the sampling leaves it.")
    if kind_of(plan) == "table":  # single places of an image and single words are not tried
        _changes(side, plan, person)


def _changes(side: PersonSide, plan: Plan, person: Person) -> None:
    """What would turn the decision."""
    terms = Terms.of(plan)
    other = terms.turned_down if side.selected else terms.selected
    if not side.changes:
        st.caption(f"No change of one or two of the person's own columns was found that would make it “{other}”.")
        return
    st.caption(f"What would make it “{other}”: any one of these, smallest first")
    plain.bullets([change_words(change, plan, person) for change in side.changes])
    st.caption("This is what the model would answer, not advice: in life one thing rarely changes alone.")


def _columns(person: Person, nouns: Nouns) -> dict[str, list[str]]:
    order = person.by_weight()
    columns = {nouns.part.capitalize(): [person.features[f] for f in order]}
    if any(person.cells):
        columns[f"This {nouns.one}'s value"] = [person.cells[f] or "(empty)" for f in order]
    names = ("Points before", "Points after") if len(person.sides) > 1 else ("Points",)
    for name, side in zip(names, person.sides, strict=True):
        columns[name] = [_points(side, f) for f in order]
    return columns


def _points(side: PersonSide, f: int) -> str:
    unsure = "" if side.spread is None else f" (give or take {100 * side.spread[f]:.1f})"
    return signed_points(side.values[f]) + unsure
