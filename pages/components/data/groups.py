"""Step 4, the groups: which columns are sensitive, where numbers are cut, and whom each group is compared with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from core.data.profile import Column, Profile
from core.data.roles import suggestions
from core.data.roles.one_hot import OneHot
from core.data.roles.personal import masked
from core.plan.notation.numbers import style_of
from core.plan.parts import GroupsPlan
from core.plan.values import in_figures, is_number
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data import good_values, steps, value_names
from pages.components.data.draft import Draft
from pages.components.data.table import masks
from pages.components.help.tip import tip

_MOST_GROUPS = 200
LARGEST, MOST_SELECTED, NAMED = "the largest group", "the group selected most often", "a group that I name"
_CROSSED = {1: "each column by itself", 2: "pairs too, such as young women", 3: "pairs and threes too"}


def show(audit: Audit, profile: Profile, plan: Draft, is_open: bool) -> tuple[Draft, list[str]]:
    """Ask; the plan with the groups as they stand, and what is still wrong with them."""
    problems: list[str] = []
    answered = _answered(audit, profile, plan)
    with steps.step(audit.id, 4, _line(answered), bool(answered), is_open):
        sensitive = _ask_columns(audit, profile)
        if plan.data.label in sensitive:
            st.caption(
                f"{plain.quoted(str(plan.data.label))} also says what really happened. As a group it shows only how"
                " each outcome was decided on: take it out, unless that is your question."
            )
        hidden = masks.hidden(audit.id, profile)
        bins, labels = {}, {}
        for name in sensitive:
            cuts = _ask_cuts(audit, profile.column(name), plan, hidden, problems)
            if cuts:
                bins[name] = cuts
            values = bin_names(cuts) if cuts else _named(profile, name, plan.groups)
            labels[name] = value_names.ask(audit, name, values, plan.words.labels.get(name, {}))
        left, right = st.columns(2)
        with left:
            crossed = _ask_crossed(audit, plan.groups)
        with right:
            reference = _ask_reference(audit, plan.groups)
        join = {name: names for name, names in plan.groups.join.items() if name in sensitive and name not in bins}
        groups = replace(plan.groups, sensitive=sensitive, bins=bins, intersections=crossed, join=join)
        if reference == NAMED:
            groups = replace(groups, reference=_ask_names(audit, profile, groups, plan.groups))
        else:
            groups = replace(groups, reference="most_selected" if reference == MOST_SELECTED else "largest")
    named = replace(plan.words, labels={name: said for name, said in labels.items() if said})
    return replace(plan, words=named).with_groups(groups), problems


def _answered(audit: Audit, profile: Profile, plan: Draft) -> list[str]:
    """The columns that are chosen now: the line of the step says them, and is drawn before its widget."""
    first = list(plan.groups.sensitive) if plan.has_groups else _preselected(profile)
    chosen: list[str] = st.session_state[session.seed(_columns_key(audit), first)]
    return chosen


def _preselected(profile: Profile) -> list[str]:
    return [suggestion.value for suggestion in suggestions.sensitive_columns(profile)[: suggestions.PRESELECTED]]


def _columns_key(audit: Audit) -> str:
    return session.field(audit.id, "sensitive")


def _ask_columns(audit: Audit, profile: Profile) -> tuple[str, ...]:
    found = suggestions.sensitive_columns(profile)
    preselected = _preselected(profile)
    chosen = st.multiselect(
        "Columns that say who belongs to which group",
        list(profile.names),
        key=_columns_key(audit),
        placeholder="for example sex, ethnic origin, age",
        help=tip("sensitive_column"),
    )
    if chosen == preselected and preselected:
        steps.suggested(_reason(found[: suggestions.PRESELECTED]))
    more = [suggestion.value for suggestion in found if suggestion.value not in chosen]
    if more:
        st.caption(f"May also be sensitive: {plain.listed(more)}")
    for spelt in suggestions.spelt_out(profile):
        if not {spelt.enough, *spelt.columns}.isdisjoint(chosen):
            st.caption(_spelt_words(spelt))
    for name in set(chosen).intersection(suggestions.identifiers(profile)):
        st.caption(
            f"{plain.quoted(name)} differs in every row, as a name or a number of a person does: it makes no groups."
        )
    return tuple(chosen)


def _spelt_words(spelt: OneHot) -> str:
    """Why most of the columns that spell out one column are not suggested."""
    if spelt.plain is not None:
        return (
            f"{plain.listed(spelt.columns, 2)} say again what {plain.quoted(spelt.plain)} says, one column for each "
            "value: that one is enough."
        )
    enough, others = plain.quoted(spelt.enough), plain.listed(spelt.spare, 2)
    if len(spelt.columns) == 2:
        return f"{others} is {enough} turned round: one of the two is enough."
    return (
        f"{enough} and {others} spell out one column, one for each value. A table with that column itself would show "
        "every group."
    )


def _reason(found: Sequence[suggestions.Suggestion]) -> str:
    traits = [suggestion.reason.removeprefix(suggestions.READS_LIKE) for suggestion in found]
    return f"these names read like {', '.join(dict.fromkeys(traits))}"


# ---------------------------------------------------------------- cut points


def _ask_reading(
    audit: Audit, column: Column, plan: Draft, many: bool, hidden: Mapping[str, str], problems: list[str]
) -> tuple[float, ...]:
    """Offer to read texts such as $1,234 or 1961-05-30 as numbers, which can be cut; no cut points until then."""
    example = "" if column.written is None else column.written.example
    kind = style_of(example).kind
    if kind == "truth" or not (many or kind == "number"):
        return ()
    what = "dates; by their year they can be cut" if kind == "date" else "numbers; read as such they can be cut"
    shown = masked(example) if column.name in hidden else example
    said = f"{plain.quoted(column.name)} is written like {plain.quoted(shown)}: {what} into groups."
    if many:
        problems.append(f"{said} Choose that in step 4, or choose another column.")
    st.caption(said)
    data = replace(plan.data, numbers=plan.data.numbers | {column.name: example})
    key = session.action(audit.id, f"read {column.name}")
    session.act(st.container(), f"Read {plain.quoted(column.name)} so", key, _read, audit.id, replace(plan, data=data))
    return ()


def _read(audit_id: str, plan: Draft) -> None:
    session.workspace().save_plan(audit_id, plan)


def _ask_cuts(
    audit: Audit, column: Column, plan: Draft, hidden: Mapping[str, str], problems: list[str]
) -> tuple[float, ...]:
    """Cut points of a column of numbers; none for other columns, and for few numbers only if the person wants some."""
    kept = plan.groups
    many = column.distinct is None or column.distinct > _MOST_GROUPS
    if column.kind != "number":
        if many and column.written is None:
            problems.append(
                f"{plain.quoted(column.name)} has too many different values to compare: choose another column."
            )
        return () if column.written is None else _ask_reading(audit, column, plan, many, hidden, problems)
    first = kept.bins.get(column.name, () if column.name in kept.sensitive else suggestions.cut_points(column))
    typed = st.text_input(
        f"Cut {plain.quoted(column.name)} at",
        key=session.seed(session.field(audit.id, f"cuts/{column.name}"), ", ".join(in_figures(cut) for cut in first)),
        placeholder="for example 25, 40, 60",
        help=tip("cut_points", "One number makes two groups, three numbers make four."),
    )
    cuts = read_cuts(typed)
    if cuts is None:
        problems.append(
            f"The cut points of {plain.quoted(column.name)} must be numbers in rising order, such as 25, 40, 60."
        )
        st.error(problems[-1])
        return ()
    if not cuts and many:
        problems.append(
            f"{plain.quoted(column.name)} has too many different numbers: give cut points, such as 25, 40, 60."
        )
        st.error(problems[-1])
    st.caption(f"Groups: {' · '.join(bin_names(cuts))}" if cuts else "Each number is a group of its own.")
    return cuts


def read_cuts(typed: str) -> tuple[float, ...] | None:
    """The numbers in a typed line; None where they are none, or do not rise."""
    parts = [part for part in re.split(r"[\s,;]+", typed) if part]
    if not all(is_number(part) for part in parts):
        return None
    cuts = tuple(map(float, parts))
    return cuts if all(low < high for low, high in zip(cuts, cuts[1:], strict=False)) else None


def bin_names(cuts: tuple[float, ...]) -> list[str]:
    """What the groups between cut points are called, as in the results."""
    texts = [in_figures(cut) for cut in cuts]
    between = [f"{low} to under {high}" for low, high in zip(texts, texts[1:], strict=False)]
    return [f"under {texts[0]}", *between, f"{texts[-1]} or over"]


# ---------------------------------------------------------------- comparison


def _ask_crossed(audit: Audit, kept: GroupsPlan) -> int:
    first = min(max(kept.intersections, 1), 3)
    key = session.seed(session.field(audit.id, "crossed"), first)
    crossed: int = st.selectbox(
        "Compare by", list(_CROSSED), key=key, format_func=_CROSSED.__getitem__, help=tip("crossed_columns")
    )
    return crossed


def _ask_reference(audit: Audit, kept: GroupsPlan) -> str:
    first = NAMED if isinstance(kept.reference, dict) else MOST_SELECTED if kept.reference != "largest" else LARGEST
    key = session.seed(session.field(audit.id, "reference"), first)
    offered, meaning = [LARGEST, MOST_SELECTED, NAMED], tip("comparison_group")
    return str(st.selectbox("Compare each group with", offered, key=key, help=meaning))


def _ask_names(
    audit: Audit, profile: Profile, groups: GroupsPlan, kept: GroupsPlan
) -> str | dict[str, str | int | float]:
    """The named group of each column; columns without one compare with the largest."""
    named: dict[str, str | int | float] = {}
    known = kept.reference if isinstance(kept.reference, dict) else {}
    for name in groups.sensitive:
        cuts = groups.bins.get(name)
        options = bin_names(cuts) if cuts else _named(profile, name, groups)
        first = str(known[name]) if str(known.get(name)) in options else None
        key = session.seed(session.field(audit.id, f"reference/{name}/{len(options)}"), first)
        chosen = st.selectbox(
            f"Compare {plain.quoted(name)} with", options, key=key, index=None, placeholder="the largest group"
        )
        if chosen is not None:
            named[name] = chosen
    return named or "largest"


def _named(profile: Profile, name: str, groups: GroupsPlan) -> list[str]:
    """The groups of a column by their values, those that are joined once."""
    joined = {text: one for one, texts in groups.join.get(name, {}).items() for text in texts}
    return list(
        dict.fromkeys(joined.get(text, text) for text in good_values.options(profile.column(name), profile.decimal))
    )


def _line(answered: list[str]) -> str:
    return plain.listed(answered) if answered else "whom the decisions are compared for"
