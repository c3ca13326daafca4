"""The app: page settings and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from pages.components import frame

st.set_page_config(page_title="Plumbline", layout="wide")

names = [name for name in ("data", "audit", "history") if (Path(__file__).parent / "pages" / f"{name}.py").exists()]
page = st.navigation(
    [st.Page(f"pages/{name}.py", title=name.title(), default=name == "data") for name in names], position="top"
)
frame.show()
page.run()
