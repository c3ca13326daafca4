"""The menu on a narrow screen: a drawer over the page, which goes once a page was chosen in it."""

import json

import streamlit as st

# Streamlit leaves it open over the very page that was asked for. A script runs where its text is another one than
# before: with the page's title in it, once a page. The first page of a window closes nothing: whoever opened the
# menu while it was still on its way has not chosen yet.
_SCRIPT = """<script>
(() => {{
  const page = {page}, button = "[data-testid=stSidebarCollapseButton] button[aria-expanded=true]";
  const before = window.pageShown;
  window.pageShown = page;
  if (before !== undefined && before !== page && innerWidth < {wide}) document.querySelector(button)?.click();
}})();
</script>"""
_WIDE = 768  # in pixels: from here on Streamlit shows no drawer


def close(page: str) -> None:
    """Let the drawer go when another page, the one with this title, is shown; the title is one of our own."""
    st.html(_SCRIPT.format(page=json.dumps(page), wide=_WIDE), unsafe_allow_javascript=True)
