"""The app: the server around the pages where Streamlit asks for it, else page settings and navigation; nothing else.

Streamlit imports this file once for the server, and runs it as a script for every page that is drawn.
"""

import streamlit as st

if __name__ == "__main__":
    from core.errors import PlumblineError
    from pages.components import frame, plain, product_mark

    st.set_page_config(page_title="Plumbline", page_icon=product_mark.ICON, layout="wide")

    page = st.navigation(
        [
            st.Page("pages/data.py", title="Data", default=True),
            st.Page("pages/audit.py", title="Audit"),
            st.Page("pages/fix.py", title="Fix"),
            st.Page("pages/explain.py", title="Explain"),
            st.Page("pages/report.py", title="Report"),
            st.Page("pages/compare.py", title="Compare"),
            st.Page("pages/over_time.py", title="Over time"),
            st.Page("pages/history.py", title="History"),
            st.Page("pages/help.py", title="Help"),
        ],
        position="top",
    )
    shown = frame.show(page.title)
    try:
        page.run()
        frame.close(shown, page.title)
    except PlumblineError as error:  # what is kept of this audit is damaged: the other pages and audits are not
        st.error(plain.escape(str(error)))
else:
    from pages.components import serving

    app = st.App(__file__, middleware=serving.doors(), lifespan=serving.while_it_runs)
