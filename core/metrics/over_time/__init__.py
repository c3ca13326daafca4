"""What months of audits say together: bands that alarm, extra variation, a range for the year, late outcomes, drift.

Pure functions of numbers; statistics.md 7 has the reasons.
"""
