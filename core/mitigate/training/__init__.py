"""Mitigations that train: sample weights, a fairness loss, surrogate models."""
