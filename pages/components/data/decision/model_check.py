"""The check of a model file against the table: what it is, whether it finds its columns, what it gives."""

import streamlit as st

from core.engine.upload_facts import ModelFacts
from core.errors import ModelError
from core.store.refusals import SNIPPETS
from core.store.workspace import Audit
from pages.components import job_status, plain, session
from pages.components.data.draft import Draft


def start(audit: Audit, plan: Draft) -> None:
    """Look at the audit's model in a job."""
    if audit.model is not None:
        session.workspace().inspect(audit.id, plan.for_inspection(audit.model.name))


def passed(audit: Audit) -> bool:
    """Whether nothing speaks against auditing the model: its check went well, or none was asked for."""
    facts = session.workspace().model_facts(audit.id)
    return audit.stage != "inspect" if facts is None else facts.problem is None


def show(audit: Audit, plan: Draft) -> ModelFacts | None:
    """Show how the check stands or what it found; the facts where the model can be audited."""
    if audit.stage == "inspect":
        if job_status.show(audit):
            return None
        _ended(audit, plan)
    facts = session.workspace().model_facts(audit.id)
    if facts is None:
        return None
    _found(facts)
    if facts.problem is None:
        return facts
    if not asks_for_text(facts):
        refused(facts.problem, facts.snippet)
    return None


def asks_for_text(facts: ModelFacts) -> bool:
    """Whether all that is missing is which column of texts the model reads: a question, no fault."""
    return facts.asks == "text"


def _ended(audit: Audit, plan: Draft) -> None:
    """What helps after a check that ended without facts: an export for a refused file, else another try."""
    status = session.workspace().status(audit.id)
    if status is None:
        return
    if status.error is ModelError:
        _show_lines(status.snippet)
    else:
        again = session.action(audit.id, "check again")
        st.button("Check the model again", key=again, on_click=session.attempt, args=(start, audit, plan))


def _found(facts: ModelFacts) -> None:
    """One line each on what the file is, its inputs, its answers, and what to know about it."""
    plain.text(f"✓ {facts.format_words}")
    if facts.missing:
        st.markdown(f":orange[**!**] columns that the model reads and the table lacks: {plain.listed(facts.missing)}")
    elif len(facts.inputs) == 1:
        plain.text(f"✓ reads one column: {facts.inputs[0][1]}")
    elif facts.inputs:
        plain.text(f"✓ {len(facts.inputs):,} inputs, all found in your table")
        renamed = [name for name, column in facts.inputs if column not in (name, None)]
        if renamed:
            st.caption(f"Spelled differently in your table: {plain.listed(renamed)}")
    if facts.low is not None and facts.high is not None:
        answers = "one number" if facts.output_columns == 1 else f"{facts.output_columns} numbers"
        low, high = round(facts.low, 3), round(facts.high, 3)
        plain.text(f"✓ gives {answers} for each person, for the first rows from {low:g} to {high:g}")
    for warning in facts.warnings:
        st.markdown(f":orange[**!**] {plain.escape(warning)}")


def refused(message: str, snippet: str) -> None:
    """Why the model cannot be audited, and the lines of Python that help, by their name."""
    st.error(plain.escape(message))
    _show_lines(snippet)


def _show_lines(snippet: str) -> None:
    if snippet in SNIPPETS:
        st.caption("For whoever made the model: these lines make a file that can be opened here.")
        st.code(SNIPPETS[snippet], language="python")
