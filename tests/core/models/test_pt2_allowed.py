"""Sizes in a `.pt2` file are texts that torch evaluates: only plain arithmetic is let through."""

import pytest

from core.models.pt2_allowed import is_plain_expression


@pytest.mark.parametrize(
    "text",
    [
        "Symbol('s31', positive=True, integer=True)",
        "s0 + 1",
        "Mul(Integer(2), Symbol('s1'))",
        "FloorDiv(s0, 2)",
        "u0 >= 0",
    ],
)
def test_plain_arithmetic_passes(text: str) -> None:
    assert is_plain_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "(lambda: 0)()",
        "Symbol('os.system')",
        "Symbol(**{})",
        "[s for s in ()]",
        "s0 if s1 else s2",
        "s0.is_integer",
        "s0[0]",
        "f'{s0}'",
        "2**64",
        "s0; s1",
        "(" * 500,
        "s0+" * 3000 + "s0",
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not is_plain_expression(text)
