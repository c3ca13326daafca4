"""What of a fix can be taken away: the rule or the model, the weights, the plan that audits it; and its own audit."""

from dataclasses import replace

import streamlit as st

from core.errors import JobError
from core.mitigate.fix import Fix
from core.mitigate.plans import of_the_judged
from core.mitigate.results import FIT
from core.mitigate.training.reweighing import reweigh
from core.plan.parts import MitigationPlan, RulePath
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.documents.json import as_text
from core.report.pair.fix_result import answering, told
from pages.components import session
from pages.components.explain import question
from pages.components.fix import found as fix_found
from pages.components.fix import weights as fix_weights
from pages.components.fix.found import Found


def show(audit_id: str, record: AuditRecord, found: Found, fix: Fix, is_busy: bool) -> None:
    """Show a button for each file, one that audits the fix, and one that explains it, unless a search is under way."""
    st.subheader("Take it away", anchor=False)
    model = _model_name(fix)
    plan = _plan(fix, model)
    with st.container(horizontal=True):
        if fix.rule is not None:
            _file(audit_id, "The thresholds (rule.json)", as_text(fix.rule.to_json()), "rule.json", "application/json")
        if model is not None:
            _model(audit_id, fix, model)
        if fix.gives_weights:
            weights = reweigh(found.mitigated.present.counts[FIT], found.mitigated.settings.by)
            fix_weights.download(audit_id, weights)
        _file(
            audit_id,
            "The plan that audits it",
            _named(plan).to_toml(),
            "plan.toml",
            "application/toml",
            "For new data: it audits every row of the table that stands beside it.",
        )
        if record.plan.decision.model is not None:
            st.button(
                "See what moved",
                key=session.action(audit_id, "see what moved"),
                disabled=is_busy
                or not session.workspace().has_rows(audit_id)
                or (model is not None and not _is_there(fix)),
                on_click=session.attempt,
                args=(_see_what_moved, audit_id, record, fix),
                help="Opens the Explain page: what the model looks at before this fix, and after it.",
            )
        st.button(
            "Audit it",
            key=session.action(audit_id, "audit fix"),
            disabled=not session.workspace().has_rows(audit_id) or (model is not None and not _is_there(fix)),
            on_click=session.attempt,
            args=(_audit, audit_id, record, found, fix, model),
            help="Opens an audit of the part that it was judged on, with this fix in place. It has the same measures as"
            " any other audit.",
        )
    if fix.rule is not None:
        with st.expander("How to apply rule.json in Python"):
            st.code(fix.rule.example, language="python")
    if fix.gives_weights:
        fix_weights.show(weights)


def _file(audit_id: str, label: str, content: str, name: str, mime: str, tip: str | None = None) -> None:
    key = session.action(audit_id, label)
    st.download_button(label, content, name, mime, key=key, on_click="ignore", help=tip)


def _model(audit_id: str, fix: Fix, name: str) -> None:
    assert fix.proposed is not None
    label = f"The {'stand-in' if fix.proposed.is_stand_in else 'model'} ({name})"
    if not _is_there(fix):
        st.caption("The trained model was deleted after a day, as announced. Find fixes again to have it back.")
        return
    st.download_button(
        label,
        fix.proposed.model_bytes,
        name,
        "application/octet-stream",
        key=session.action(audit_id, label),
        on_click="ignore",
    )


def _model_name(fix: Fix) -> str | None:
    if fix.proposed is None or fix.proposed.file is None:
        return None
    return f"{'stand-in' if fix.proposed.is_stand_in else 'model'}{fix.proposed.file.suffix}"


def _is_there(fix: Fix) -> bool:
    return fix.proposed is not None and fix.proposed.file is not None and fix.proposed.file.is_file()


def _plan(fix: Fix, model: str | None) -> Plan:
    """The plan that audits the fix; a rule stands in it, a model beside it."""
    plan = replace(fix.decided.plan, mitigate=MitigationPlan())
    return plan if model is None else replace(plan, decision=replace(plan.decision, model=model))


def _named(plan: Plan) -> Plan:
    """The plan with the rule in a file beside it."""
    return (
        plan
        if plan.decision.rule is None
        else replace(plan, decision=replace(plan.decision, rule=RulePath("rule.json")))
    )


def _see_what_moved(audit_id: str, record: AuditRecord, fix: Fix) -> None:
    """Compare what the model looks at with and without the fix, and go there."""
    question.begin(audit_id, record.plan, None, None, lambda: question.against_fix(fix))
    session.send(audit_id, "explain")


def _audit(audit_id: str, record: AuditRecord, found: Found, fix: Fix, model: str | None) -> None:
    """Audit with the fix in place the people whom it was judged on, and go there."""
    content = None
    if model is not None:
        if fix.proposed is None or not _is_there(fix):
            raise JobError("The trained model was deleted after a day, as announced. Find fixes again.")
        content = fix.proposed.model_bytes()
    plan, second = _plan(fix, model), found.search.second
    name = f"{record.plan.name or record.plan.data.file}: {fix.title}"
    if second is None:
        plan = of_the_judged(plan, found.mitigated.settings.holdout)
    else:
        plan = replace(plan, data=plan.data.in_file(second.name))
    plan = answering(replace(plan, name=name), found.mitigated)
    pair = told(found.mitigated, fix, fix_found.effect_of(found, fix), plan)
    child = session.workspace().audit_fix(
        audit_id, plan, content, record.digest, second, pair.to_text(), session.owner()
    )
    session.send(child.id, "audit")
