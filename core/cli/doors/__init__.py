"""Who reaches the app: under which names it is served, who may come in, and what they may put down before it is kept.

One layer around Streamlit's server; it knows nothing of the pages, and they know only `incoming`.
"""
