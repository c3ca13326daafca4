"""Whether several files are one table: a person says so, since those of a test or a month look alike."""

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from pages.components import plain, session


def is_said(names: Sequence[str], otherwise: str) -> bool:
    """Whether the person says that the files of these names are one table; `otherwise` is what to do if they are not.

    The answer is about these very files: of others it is asked anew.
    """
    named = plain.listed(list(names))
    st.warning(f"Here are {len(names):,} tables: {named}. Are they parts of one table, with other people in each?")
    these = sha256("/".join(names).encode()).hexdigest()
    are_one = st.button("Yes, they are one table", type="primary", key=session.upload_key(f"parts/{these}"))
    st.caption(otherwise)
    return are_one
