"""Audits of one question over time, as pages and files show them."""
