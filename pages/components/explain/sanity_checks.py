"""Whether a picture can be trusted: the checks behind it, in words."""

import streamlit as st

from core.explain.explanation import Explanation
from core.explain.sanity_checks.check import Check
from pages.components import plain

NAMES = {
    "completeness": "The parts add up to the score",
    "stability": "It stays the same under small changes",
    "infidelity": "It foretells what the model does when something changes",
    "randomisation": "A model with scrambled inner numbers gives another picture",
    "agreement": "A second method sees the same",
}
_PICTURES = ("Before", "After")
_WORDS = {"passed": "✓ passed", "failed": "✗ failed", "not_checkable": "– not checkable"}


def badge(found: Explanation) -> None:
    """Show how many checks each model's picture passes, which one fails and why, and the list for whoever asks."""
    if found.paired is None:
        _model("", found.checks)
        return
    for place, name, checks in zip(st.columns(2), _PICTURES, (found.checks, found.checks_after), strict=True):
        with place:
            _model(f"{name}: ", checks)


def _model(name: str, checks: tuple[Check, ...]) -> None:
    if not checks:
        st.caption(f"{name}this picture was not checked.")
        return
    for check in checks:
        if check.state == "failed":
            st.warning(
                f"{name}Do not rely on this picture; it is shown in grey. This check failed: "
                f"“{NAMES[check.name]}”. {plain.escape(check.reason)}"
            )
    with st.expander(f"{name}{_count(checks)}"):
        plain.table(
            {
                "Check": [NAMES[check.name] for check in checks],
                "Result": [_WORDS[check.state] for check in checks],
                "What was seen": [check.reason for check in checks],
                "Measured": [_number(check.value) for check in checks],
                "To pass": [_number(check.limit) for check in checks],
            }
        )


def _count(checks: tuple[Check, ...]) -> str:
    """How many of the checks that could be made were passed."""
    made = [check for check in checks if check.state != "not_checkable"]
    passed = sum(check.state == "passed" for check in made)
    rest = len(checks) - len(made)
    unmade = f", {rest} cannot be made here" if rest else ""
    if not made:
        return f"– None of {len(checks)} checks could be made: nothing is known of how far this can be trusted"
    mark = "✓" if passed == len(made) else "✗"
    return f"{mark} Passes {passed} of {len(made)} checks{unmade}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
