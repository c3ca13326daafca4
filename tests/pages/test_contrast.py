"""Words can be read on what lies behind them: at least 4.5 to 1 on both themes, as WCAG 2 counts it."""

import re
import tomllib
from pathlib import Path

import pytest

from core.report.colours import COLOURS, ON_DARK, ON_LIGHT
from pages.components.audit.glance.cell_styles import cards_style, grid_style
from pages.components.fix import cards
from pages.components.styles import STYLE

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
THEMES = tomllib.loads(CONFIG.read_text())["theme"]
VERDICTS = ("gap", "unclear", "no_gap", "not_measurable")
ENOUGH = 4.5

Colour = tuple[float, ...]


def colour(written: str) -> Colour:
    return tuple(int(written[i : i + 2], 16) / 255 for i in (1, 3, 5))


def over(top: Colour, strength: float, below: Colour) -> Colour:
    """What is seen of a colour of this strength that lies on another."""
    return tuple(strength * a + (1 - strength) * b for a, b in zip(top, below, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(of: Colour) -> float:
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def found(pattern: str, style: str) -> str:
    match = re.search(pattern, style, re.DOTALL)
    assert match is not None, pattern
    return match[1]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> tuple[Colour, Colour, Colour]:
    """The theme's text, what it stands on, and what it stands on in boxes."""
    names = ("textColor", "backgroundColor", "secondaryBackgroundColor")
    text, paper, box = (colour(THEMES[request.param][name]) for name in names)
    return text, paper, box


def test_pictures_write_in_the_themes_own_colours() -> None:
    assert (THEMES["light"]["textColor"], THEMES["dark"]["textColor"]) == (ON_LIGHT, ON_DARK)


def test_captions(theme: tuple[Colour, Colour, Colour]) -> None:
    text, *papers = theme
    strength = float(found(r"stCaptionContainer\] \{ color: inherit; opacity: (\.\d+)", STYLE))
    assert all(contrast(over(text, strength, paper), paper) >= ENOUGH for paper in papers)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_cells(theme: tuple[Colour, Colour, Colour], verdict: str) -> None:
    text, paper, _ = theme
    part = float(found(rf"-cell-{verdict}-.*?color-mix\(in srgb, {COLOURS[verdict]} (\d+)%", grid_style(3, "x")))
    assert contrast(text, over(colour(COLOURS[verdict]), part / 100, paper)) >= ENOUGH


def test_cards_chosen_or_not(theme: tuple[Colour, Colour, Colour]) -> None:
    text, paper, _ = theme
    style = cards_style(VERDICTS)
    red, green, blue, strength = found(r"Active\]\) \{.*?background: rgba\(([^)]*)\)", style).split(",")
    chosen = over((int(red) / 255, int(green) / 255, int(blue) / 255), float(strength), paper)
    pale = float(found(r"em:last-of-type \{ opacity: (\.\d+)", style))
    assert all(contrast(over(text, pale, below), below) >= ENOUGH for below in (paper, chosen))


def test_what_a_card_of_a_fix_is_recommended_with() -> None:
    below, text = re.findall(r"#[0-9A-Fa-f]{6}", found(r"\.first \{([^}]*)\}", cards.STYLE))
    assert contrast(colour(text), colour(below)) >= ENOUGH
