"""Small pictures for the glossary: SVG without scripts, in colours that stand out on light and on dark."""

from __future__ import annotations

from dataclasses import dataclass

from core.report.colours import COLOURS, GREY, ON_DARK, ON_LIGHT

WIDTH, HEIGHT = 200, 96
BLUE, ORANGE = COLOURS["no_gap"], COLOURS["gap"]
# An image takes the scheme of the page that shows it, so its words follow the page's theme.
_STYLE = (
    f"<style>text{{font:12px system-ui,sans-serif;fill:{ON_LIGHT}}}"
    f"@media(prefers-color-scheme:dark){{text{{fill:{ON_DARK}}}}}</style>"
)


@dataclass(frozen=True)
class GlossaryPicture:
    """A picture as SVG text, and what it shows, in words for those who do not see it."""

    svg: str
    alt: str


def picture(alt: str, *shapes: str) -> GlossaryPicture:
    """Shapes on the common ground."""
    space = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return GlossaryPicture(f'<svg xmlns="http://www.w3.org/2000/svg" {space}>{_STYLE}{"".join(shapes)}</svg>', alt)


def dot(x: float, y: float, colour: str = GREY, filled: bool = True, radius: float = 6) -> str:
    """A person, or a number's place."""
    looks = f'fill="{colour}"' if filled else f'fill="none" stroke="{colour}" stroke-width="2"'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius - (not filled):g}" {looks}/>'


def line(x: float, y: float, x2: float, y2: float, colour: str = GREY, width: float = 2, dash: str = "") -> str:
    """A straight line; `dash` as SVG writes it."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{x:g} {y:g}L{x2:g} {y2:g}" stroke="{colour}" stroke-width="{width:g}" fill="none"{dashed}/>'


def box(x: float, y: float, width: float, height: float, colour: str = GREY, strength: float = 1.0) -> str:
    """A filled box; where `strength` is 0, its outline."""
    looks = (
        f'fill="{colour}" fill-opacity="{strength:g}"'
        if strength
        else f'fill="none" stroke="{colour}" stroke-width="2"'
    )
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" {looks}/>'


def arrow(x: float, y: float, x2: float, colour: str = GREY) -> str:
    """An arrow to the right."""
    return (
        line(x, y, x2 - 4, y, colour)
        + f'<path d="M{x2 - 7:g} {y - 5:g}L{x2:g} {y:g}L{x2 - 7:g} {y + 5:g}Z" fill="{colour}"/>'
    )


def words(x: float, y: float, text: str, anchor: str = "start") -> str:
    """Few plain words, of letters and digits alone."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>'
