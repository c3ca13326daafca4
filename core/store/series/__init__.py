"""Audits of one question over time: which belong together, and several tables put in at once."""
