"""Sentences made of facts: the audit, groups, rules, explanations."""
