"""The Data page: what is typed or read in small parts."""

import re

import pytest

from core.errors import PlanError
from pages.components import plain
from pages.components.data import groups, uploads


@pytest.mark.parametrize(
    ("typed", "cuts"),
    [("40", (40.0,)), ("25, 40,60", (25.0, 40.0, 60.0)), ("", ()), ("40 25", None), ("old", None), ("40, 40", None)],
)
def test_typed_cut_points(typed: str, cuts: tuple[float, ...] | None) -> None:
    assert groups.read_cuts(typed) == cuts


def test_a_plan_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(PlanError, match="UTF-8"):
        uploads.read_plan(b"\xff\xfe\x00", "plan.toml")


def test_escaped_text_keeps_every_letter_and_breaks_what_would_come_alive() -> None:
    text = "www.evil.example a@b.cc :smile: [x](y) `z` $1$ #1 <b>"
    escaped = plain.escape(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[^\w\s\\\u2060]", escaped), "every sign stands behind a backslash"
    for alive in ("www\\.", "\\@b", "\\:s"):
        assert alive not in escaped, "these come alive even behind one"
