"""Columns that know the answer: how well each foretells the outcome, and which are suspected to have learned it later.

A model or a stand-in that reads such a column does better than anybody could at the time of the decision.
"""
