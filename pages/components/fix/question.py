"""Asks what a fix is for: whose gap, how small, at what cost; and starts the search."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.metrics.reference import By
from core.metrics.words import rows_word
from core.metrics.words.naming.terms import Terms
from core.mitigate.applicability import doubts, out_of_reach, untried
from core.mitigate.goals import COSTS, GOALS, Goal
from core.mitigate.goals.goal_groups import group_values, usually_left_out
from core.mitigate.goals.opening import opening_mitigate
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.plans import with_references
from core.mitigate.settings import HOLDOUT, Settings
from core.mitigate.training.learnable import learnable
from core.plan.parts import Mistake, MitigationPlan
from core.plan.plan import Plan
from core.record import AuditRecord
from core.samples import SAMPLES
from pages.components import in_full, plain, session
from pages.components.audit import judgement
from pages.components.fix import judging as fix_judging
from pages.components.fix.judging import Judging
from pages.components.help.tip import tip

COST_WORDS = {
    "accuracy": "right as often as possible",
    "balanced_accuracy": "right as often as possible, both outcomes alike",
    "price": "lowest price, which I set",
}
_TRAINED = {"unknown": "I don't know", "no": "No", "yes": "Yes"}
_FOLLOWS = {
    "unknown": "Then the present model may look better here than it is. A training is judged against the same training "
    "without the fix.",
    "yes": "Then the present model does better here than on what it has not seen, and looks better than it is. "
    "A training is judged against the same training without the fix.",
    "no": "Then before and after can be compared as they stand.",
}


def ask(audit_id: str, record: AuditRecord) -> Settings:
    """Show the question and the button that starts the search; the question as it stands."""
    kept = session.workspace().search(audit_id)
    asked = Plan.from_toml(kept.plan) if kept is not None else _opening(record)
    before = Settings.of(asked)
    what, whom = st.columns([7, 4])
    with what:
        goal = _goal(audit_id, record, before)
    with whom:
        by = _by(audit_id, list(record.references), before)
    how_much, cost = st.columns([4, 7])
    with how_much:
        at_most = _at_most(audit_id, goal, before)
    left_out = _left_out(audit_id, record, by, before)
    mitigate = MitigationPlan(goal=goal.name, at_most=at_most, by=by, leave_out=left_out)
    if record.plan.data.label is not None:
        with cost:
            mitigate = _with_cost(audit_id, before, asked.mitigate, mitigate, Terms.of(record.plan))
    rows = rows_word(record.plan)
    trained = _trained(audit_id, kept.trained_here if kept is not None else _known_training(audit_id), rows)
    judging = fix_judging.ask(audit_id, before.holdout, rows)
    if before.holdout != HOLDOUT:
        mitigate = replace(mitigate, holdout=before.holdout)
    if judging.second is not None:
        mitigate = replace(mitigate, evaluate=judging.second.name)
    plan = replace(with_references(record.plan, record.references, record.counts), mitigate=mitigate)
    settings = Settings.of(plan)
    names = _names(audit_id, record, settings)
    features = _features(audit_id, record, before, names)
    if features is not None:
        plan = replace(plan, mitigate=replace(mitigate, features=features))
        settings = Settings.of(plan)
    _button(audit_id, plan, names, trained, judging, out_of_reach(record))
    return settings


def _opening(record: AuditRecord) -> Plan:
    """The question that closes the gap which the audit told first."""
    return replace(record.plan, mitigate=opening_mitigate(judgement.at(record), record.plan))


def _goal(audit_id: str, record: AuditRecord, before: Settings) -> Goal:
    terms = Terms.of(record.plan)
    offered = [goal.name for goal in GOALS.values() if record.plan.data.label is not None or not goal.needs_label]
    key = session.seed(session.field(audit_id, "goal"), before.goal.name)
    name = st.selectbox(
        "The goal",
        offered,
        format_func={name: _begun(GOALS[name].said(terms)) for name in offered}.__getitem__,
        key=key,
        help="  \n".join(f"{_begun(GOALS[name].said(terms))}: *{name.replace('_', ' ')}*" for name in offered),
    )
    in_full.show("goal", _begun(GOALS[name].said(terms)))
    return GOALS[name]


def _begun(words: str) -> str:
    return words[0].upper() + words[1:]


def _at_most(audit_id: str, goal: Goal, before: Settings) -> float:
    """The accepted gap; each goal keeps its own answer."""
    width = before.at_most if goal.name == before.goal.name else goal.at_most
    key = session.field(audit_id, f"at most {goal.name}")
    if goal.kind == "ratio":
        session.seed(key, round(100 * (1 - width), 4))
        share = st.number_input(
            "At least, in % of the highest group's rate", 1.0, 100.0, step=1.0, key=key, format="%g"
        )
        return round(1 - float(share) / 100, 8)
    session.seed(key, round(100 * width, 4))
    points = st.number_input("A gap of at most, in points", 0.0, 50.0, step=0.5, key=key, format="%g")
    return round(float(points) / 100, 8)


def _by(audit_id: str, options: list[By], before: Settings) -> By:
    words = [" × ".join(by) for by in options]
    first = options.index(before.by) if before.by in options else 0
    key = session.seed(session.field(audit_id, "whose gap"), first)
    return options[st.selectbox("Between the groups of", range(len(options)), format_func=words.__getitem__, key=key)]


def _left_out(audit_id: str, record: AuditRecord, by: By, before: Settings) -> tuple[str, ...]:
    """Whose groups the goal is not asked of: those of few people who say little, and can hold up every fix."""
    values = group_values(record.counts, by)
    usual = usually_left_out(record.counts, by)
    if len(record.counts.by(by).groups) < 3:
        return ()
    kept = [value for value in before.leave_out or () if value in values]
    first = kept if by == before.by and before.leave_out is not None else list(usual)
    key = session.seed(session.field(audit_id, f"left out of the goal {by}"), first)
    chosen = st.multiselect(
        "Leave out of the goal",
        values,
        key=key,
        placeholder="nobody",
        help="The goal is not asked of these groups. They are judged all the same, and their decisions change as little"
        " as possible.",
    )
    if usual and set(usual) <= set(chosen):
        st.caption("Fewer than 5 % here have no known group. They say little of any group, so they are left out.")
    return tuple(chosen)


def _with_cost(
    audit_id: str, before: Settings, kept: MitigationPlan, asked: MitigationPlan, terms: Terms
) -> MitigationPlan:
    """What is asked, at the cost that the person chooses; prices begin as they were kept."""
    key = session.seed(session.field(audit_id, "cost"), before.cost.name)
    name = st.selectbox(
        "Among fixes that reach it",
        list(COSTS),
        format_func={n: _begun(COST_WORDS[n]) for n in COSTS}.__getitem__,
        key=key,
        help=tip("least_cost"),
    )
    in_full.show("cost", _begun(COST_WORDS[name]))
    if name != "price":
        return replace(asked, cost=name)
    denied, granted = st.columns(2)
    mistakes: tuple[tuple[Mistake, DeltaGenerator, str], ...] = (
        ("wrongly_denied", denied, f"One {terms.denied} costs"),
        ("wrongly_granted", granted, f"One {terms.granted} costs"),
    )
    given: dict[Mistake, float] = {}
    for kind, column, label in mistakes:
        first = 1.0 if kept.price is None else float(kept.price[kind])
        price = session.seed(session.field(audit_id, kind), first)
        given[kind] = float(column.number_input(label, 0.0, 1e6, step=1.0, key=price, format="%g"))
    return replace(asked, cost=name, price=given)


def _known_training(audit_id: str) -> str:
    """Whether the model was trained on these people, where a sample's own files say so."""
    audit = session.workspace().get(audit_id)
    sample = SAMPLES.get(audit.sample or "")
    is_own = sample is not None and audit.model is not None and audit.model.name == sample.model.name
    return sample.trained_here if sample is not None and is_own else "unknown"


def _trained(audit_id: str, before: str, rows: str) -> str:
    answer = st.radio(
        f"Was the model trained on the {rows} in this table?",
        list(_TRAINED),
        format_func=_TRAINED.__getitem__,
        horizontal=True,
        key=session.seed(session.field(audit_id, "trained"), before),
    )
    st.caption(_FOLLOWS[answer])
    return answer


def _names(audit_id: str, record: AuditRecord, settings: Settings) -> tuple[str, ...]:
    """What is tried: all that can be, unless the person takes some out."""
    reasons, doubted = untried(record, settings, session.workspace().model_format(audit_id)), doubts(record, settings)
    able = [name for name, reason in reasons.items() if not reason]
    with st.expander(f"What is tried: {len(able)} of {len(reasons)} ways"):
        out = st.multiselect(
            "Leave out",
            able,
            format_func={name: MITIGATIONS[name].title for name in able}.__getitem__,
            key=session.field(audit_id, "left out"),
            placeholder="nothing",
            help="  \n".join(map(tip, ("threshold", "lots", "price_on_the_gap", "weights"))),
        )
        rows: dict[str, list[str]] = {"Way": [], "Tried": [], "What it does": []}
        for name, reason in reasons.items():
            rows["Way"].append(MITIGATIONS[name].title)
            rows["What it does"].append(MITIGATIONS[name].said(Terms.of(record.plan)))
            rows["Tried"].append(_whether(reason, name in out, doubted.get(name)))
        plain.table(rows)
    return tuple(name for name in able if name not in out)


def _features(audit_id: str, record: AuditRecord, before: Settings, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Which columns a stand-in may learn from, where no model says what it reads."""
    profile, plan = session.workspace().profile(audit_id), record.plan
    if profile is None or plan.decision.model is not None or not any(MITIGATIONS[name].is_trained for name in names):
        return None
    options = [name for name in profile.names if name != plan.data.label]
    first = [name for name in before.features or learnable(profile, plan) if name in options]
    with st.expander(f"What a stand-in may learn from: {len(first)} of {len(options)} columns"):
        chosen = st.multiselect(
            "Columns that were known before the decision",
            options,
            key=session.seed(session.field(audit_id, "features"), first),
            help=tip(
                "stand_in",
                "There is no model here, so a logistic regression on these columns takes its place. A column that"
                " nearly tells the outcome is left out all the same, until you confirm it.",
            ),
        )
    return tuple(chosen) or None


def _whether(reason: str, is_left_out: bool, doubt: str | None) -> str:
    """Whether a way is tried, and why not, or what may come in between."""
    if reason:
        return f"no: {reason}"
    if is_left_out:
        return "left out"
    return "yes" if doubt is None else f"yes, but {doubt}"


def _button(
    audit_id: str, plan: Plan, names: tuple[str, ...], trained: str, judging: Judging, reason: str | None
) -> None:
    has_rows = session.workspace().has_rows(audit_id)
    start, said = st.columns([1, 4], vertical_alignment="center")
    session.act(
        start,
        "Find fixes",
        session.action(audit_id, "find fixes"),
        begin,
        audit_id,
        plan,
        names,
        trained,
        type="primary" if names else "secondary",
        disabled=not has_rows or not names or judging.is_unusable,
    )
    if not has_rows:
        said.info("The uploaded table was deleted after a day, as announced. Upload it again to look for fixes.")
    elif not names:
        said.info(reason or "Every way that could be tried is left out. Take one back in under “What is tried”.")
    else:
        said.caption(judging.words)


def begin(audit_id: str, plan: Plan, names: tuple[str, ...], trained: str) -> None:
    """Start the search."""
    session.workspace().mitigate(audit_id, plan, names, trained)
