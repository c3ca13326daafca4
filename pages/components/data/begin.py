"""The beginning: what this does, the place for files, samples to try, and what it keeps and does not do."""

import streamlit as st

from core.report.glossary.pictures.samples import of_sample
from core.samples import SAMPLES
from core.store.workspace import Audit
from pages.components import picture, session
from pages.components.data import uploads

_STEPS = (
    "**1 Put in a table**, and a model if you have one.",
    "**2 Say what happened**, and who is who in it.",
    "**3 Read who is worse off**, and how sure that is.",
)
_PICTURE = 140


def show(audit: Audit | None) -> None:
    """Show the beginning; after a table that could not be read, another one can be put in."""
    st.title("Is your model treating people alike?", anchor=False)
    st.write("Plumbline compares how a model, or a column of scores or decisions, treats groups of people.")
    for place, words in zip(st.columns(len(_STEPS)), _STEPS, strict=True):
        place.markdown(words)
    if audit is not None and audit.plan is not None:
        st.success("The plan is here. Now put in the table that it is about.")
    elif audit is not None and audit.table is None and audit.model is not None:
        st.success("The model is here. Now put in the table of people it decides about. The model is checked then.")
    uploads.ask(audit)
    st.header("No table at hand? Try one about invented people", anchor=False)
    for place, name in zip(st.columns(len(SAMPLES)), SAMPLES, strict=True):
        with place:
            _sample(name)
    st.caption(
        "It runs on this machine and sends nothing elsewhere. It keeps counts, never rows: uploaded files are deleted "
        "after 24 hours. It does not say whether a gap is justified."
    )


def _sample(name: str) -> None:
    sample = SAMPLES[name]
    with st.container(border=True, height="stretch", horizontal=True, gap="small"):
        with st.container(width=_PICTURE):
            picture.show(of_sample(name), _PICTURE)
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f"**{sample.title}**")
            st.caption(sample.about)
            st.button(
                f"Try a sample: {name}",
                key=f"sample/{name}",
                on_click=session.attempt,
                args=(session.open_sample, sample),
            )
