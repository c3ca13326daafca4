"""How cards and cells look: a verdict's mark and colour beside its word, in both themes."""

import re
from base64 import b64encode
from collections.abc import Sequence

from core.report.charts import mark_svg
from core.report.colours import COLOURS

_VERDICTS = ("gap", "unclear", "no_gap", "not_measurable")
_FEW = 4  # columns that a telephone has room for in letters of full size
_NO_CLASS = re.compile(r"[^A-Za-z0-9_-]")  # what Streamlit puts a dash for, in the class that a key becomes


def _mark(verdict: str) -> str:
    drawn = b64encode(mark_svg(verdict, 16).encode()).decode()
    return f'url("data:image/svg+xml;base64,{drawn}")'


def cards_style(verdicts: Sequence[str]) -> str:
    """The look of one card for each of these verdicts."""
    cards = "\n".join(
        f"""
.st-key-cards button:nth-of-type({place}) {{ border-top: .3rem solid {COLOURS[verdict]} !important }}
.st-key-cards button:nth-of-type({place}) p::before {{ background-image: {_mark(verdict)} }}"""
        for place, verdict in enumerate(verdicts, 1)
    )
    return f"<style>{_CARDS}{cards}</style>"


_CARDS = """
.st-key-cards [role=radiogroup], .st-key-cards [data-testid=stButtonGroup] > div { gap: .75rem; flex-wrap: wrap }
.st-key-cards button { flex: 1 1 14rem; max-width: 26rem; height: auto; padding: .5rem .9rem; align-items: flex-start;
  border: 1px solid rgba(128, 138, 150, .45); border-radius: .5rem; background: transparent }
.st-key-cards button:is([aria-checked=true], [kind$=Active]) { outline: .15rem solid var(--st-primary-color, #2A74B8);
  background: rgba(42, 116, 184, .08) }
.st-key-cards button > div { width: 100% }
.st-key-cards button p { display: flex; flex-wrap: wrap; align-items: center; column-gap: .4rem; white-space: normal;
  text-align: left; font-size: 1rem; line-height: 1.35; color: CanvasText }
.st-key-cards button p::before { content: ""; width: 1rem; height: 1rem; background-size: contain }
.st-key-cards button strong { order: -1; flex: 1 }
.st-key-cards button em { order: 1; flex: 1 1 100%; font-style: normal }
.st-key-cards button em:last-of-type { opacity: .8 }
"""


FINDING = """<style>
.st-key-finding h1 { padding: .1rem 0; margin-bottom: .5rem; font-size: 1.9rem }
.st-key-picture h2 { padding: .25rem 0; font-size: 1.25rem }
</style>"""


def grid_style(columns: int, shown: str) -> str:
    """The look of the grid with so many columns of cells, of which the one with the key `shown` is in the picture.

    Where there is no room for the questions beside the cells they stand above them.
    """
    narrow = max(40.0, 14 + 7.5 * columns)  # in rem
    few = columns <= _FEW
    verdicts = "\n".join(
        f"""
[class*="st-key-do-"][class*="-cell-{verdict}-"] button {{ border-left: .3rem solid {COLOURS[verdict]};
  background: color-mix(in srgb, {COLOURS[verdict]} 14%, transparent) }}
[class*="st-key-do-"][class*="-cell-{verdict}-"] button p::before {{
  background-image: {_mark(verdict)} }}"""
        for verdict in _VERDICTS
    )
    return f"""<style>
.st-key-grid {{ display: grid; grid-template-columns: minmax(12rem, 26rem) repeat({columns}, minmax(7rem, 16rem));
  gap: .2rem .5rem; align-items: center; overflow-x: auto; padding: .2rem }}
@media (min-width: 72rem) {{ .st-key-grid {{
  grid-template-columns: max-content repeat({columns}, minmax(7rem, 16rem)) }} }}
.st-key-grid button {{ width: 100%; min-height: 1.9rem; padding: 0 .6rem; justify-content: flex-start;
  border: 1px solid transparent; border-radius: .35rem }}
.st-key-grid button > div {{ justify-content: flex-start; width: 100% }}
.st-key-grid button p {{ font-size: 1rem; text-align: left }}
.st-key-grid button p::before {{ content: ""; display: inline-block; width: .95rem; height: .95rem;
  margin-right: .5rem; vertical-align: -.1rem; background-size: contain }}
.st-key-grid button strong {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
.st-key-{_NO_CLASS.sub("-", shown)} button {{ outline: .15rem solid var(--st-primary-color, #2A74B8) }}
{verdicts}
@media (max-width: {narrow}rem) {{
  .st-key-grid {{ grid-template-columns: repeat({columns}, minmax(0, 1fr)); gap: .2rem }}
  .st-key-grid button {{ padding: .1rem {".3rem" if few else ".15rem"} }}
  .st-key-grid button p, .st-key-grid [data-testid=stText] {{ overflow-wrap: anywhere }}
  .st-key-grid button p {{ font-size: {"1rem" if few else ".8rem"} }}
  .st-key-grid button p::before {{ margin-right: .25rem }}
  .st-key-grid > :nth-child({columns + 1}n + 1) {{ grid-column: 1 / -1 }}
}}
</style>"""
