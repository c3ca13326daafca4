"""What most audits leave alone: the audit's name, what a row is, cells that say nothing, who takes part, limits."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.plan.data_part import Keep
from core.plan.notation.dates import month_words
from core.plan.values import in_figures
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data import good_values, limits
from pages.components.data.draft import Draft
from pages.components.data.table import rows as row_roles

_BETWEEN, _ONLY, _NOT = "with a number from … to …", "only with these values", "without these values"
_MONTH = "of one month"


def show(audit: Audit, profile: Profile, plan: Draft) -> Draft:
    """Ask; the plan with the answers as they stand."""
    with st.expander(
        "More choices: name, cells that mean “not known”, what a row is, what counts as a gap, who takes part"
    ):
        name = st.text_input("Name of this audit", key=session.seed(session.field(audit.id, "name"), plan.name))
        missing = _ask_missing(audit, profile, plan)
        rows = row_roles.ask(audit, profile, plan)
        policy = limits.ask(audit.id, plan.policy)
        st.write("**Who takes part:** everyone" if not plan.data.keep else "**Who takes part:** only people")
        for place, rule in enumerate(plan.data.keep):
            _show_rule(audit, plan, place, rule)
        _ask_rule(audit, profile, plan)
    return replace(plan, name=name, data=replace(rows, missing=missing), policy=policy)


def _ask_missing(audit: Audit, profile: Profile, plan: Draft) -> tuple[str, ...]:
    lookalikes = suggestions.unknown_texts(profile)
    chosen = st.multiselect(
        "Cells that mean “not known”",
        list(dict.fromkeys([*plan.data.missing, *lookalikes])),
        key=session.seed(session.field(audit.id, "missing"), list(plan.data.missing)),
        format_func=_cell_words,
        accept_new_options=True,
    )
    open_ones = [text for text in lookalikes if text not in chosen]
    if open_ones:
        st.caption(f"May also mean “not known”: {plain.listed(open_ones)}")
    return tuple(chosen)


def _cell_words(text: str) -> str:
    return text or "an empty cell"


# ---------------------------------------------------------------- who takes part


def _show_rule(audit: Audit, plan: Draft, place: int, rule: Keep) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        plain.text(_rule_words(rule))
        others = plan.data.keep[:place] + plan.data.keep[place + 1 :]
        st.button(
            "Remove",
            key=session.action(audit.id, f"drop {place}"),
            on_click=_keep,
            args=(audit.id, plan, others),
            type="tertiary",
        )


def _rule_words(rule: Keep) -> str:
    if rule.between is not None:
        return f"whose {rule.column} lies from {in_figures(rule.between[0])} to {in_figures(rule.between[1])}"
    if rule.month is not None:
        return f"whose {rule.column} is in {month_words(rule.month)}"
    values = " or ".join(map(str, rule.values))
    return f"whose {rule.column} is {'not ' if rule.negated else ''}{values}"


def _ask_rule(audit: Audit, profile: Profile, plan: Draft) -> None:
    """A rule to add; it counts once it is added."""
    field = session.field(audit.id, "rule")
    name = st.selectbox(
        "Leave people out by", profile.names, key=session.seed(field, None), index=None, placeholder="a column"
    )
    if name is None:
        return
    column = profile.column(name)
    ways = [_ONLY, _NOT, *([_BETWEEN] if column.kind == "number" else [])]
    months = [month for month, _ in column.days.months] if column.days is not None else []
    ways += [_MONTH] if months else []
    way = st.radio("Keep people", ways, key=session.seed(f"{field}/{name}/way", _ONLY), horizontal=True)
    rule: Keep | None = None
    if way == _BETWEEN:
        with st.container(horizontal=True):
            low = st.number_input("from", key=session.seed(f"{field}/{name}/low", column.low), format="%g", value=None)
            high = st.number_input("to", key=session.seed(f"{field}/{name}/high", column.high), format="%g", value=None)
        if low is not None and high is not None and low <= high:
            rule = Keep(name, between=(float(low), float(high)))
    elif way == _MONTH:
        month = st.selectbox(
            "Month", months, key=session.seed(f"{field}/{name}/month", months[-1]), format_func=month_words
        )
        rule = Keep(name, month=month)
    else:
        options = list(good_values.options(column, profile.decimal))
        values = st.multiselect(
            "Values", options, key=session.seed(f"{field}/{name}/values", []), accept_new_options=True
        )
        rule = Keep(name, values=tuple(values), negated=way == _NOT) if values else None
    if rule is not None:
        rules = (*plan.data.keep, rule)
        st.button("Add", key=session.action(audit.id, "add rule"), on_click=_keep, args=(audit.id, plan, rules))


def _keep(audit_id: str, plan: Draft, rules: tuple[Keep, ...]) -> None:
    asked = replace(plan, data=replace(plan.data, keep=rules))
    session.attempt(session.workspace().save_plan, audit_id, asked)
    session.put(session.field(audit_id, "rule"), None)
