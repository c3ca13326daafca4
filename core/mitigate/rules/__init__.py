"""Mitigations by rule: thresholds and randomised decisions over the scores that are there."""
