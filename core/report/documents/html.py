"""A report as one HTML file that opens offline, in both themes, prints, runs nothing and fetches nothing.

Blocks hold texts, and templates escape them; the only SVG is that of our own pictures and marks.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from core.record import AuditRecord
from core.report.charts import mark_svg
from core.report.sections import ANSWER, printed
from core.report.sections.blocks import Block, PictureBlock
from core.report.sections.reported import ReportedAudit
from core.report.words.by_group import Standings
from core.report.xml_text import xml_text

if TYPE_CHECKING:  # pages that show no document wait for no template
    from jinja2 import Environment
    from markupsafe import Markup

# Where a line of a cell may end by itself, and from where on a word may not be kept whole.
_GAPS, _LONG_WORD = re.compile("[ \n-]"), 14
_NAMESPACES = re.compile(r' xmlns(:xlink)?="[^"]*"')


def html_file(audit: ReportedAudit) -> bytes:
    """The report that an audit asks for, as the bytes of a file. Raises PlanError as `report_html` does."""
    return report_html(audit).encode()


def report_html(audit: ReportedAudit, names: Iterable[str] | None = None, is_sheet: bool = False) -> str:
    """The HTML text.

    Parameters
    ----------
    audit
        What is reported.
    names
        The sections; those that the report asks for where None. An unknown one is a PlanError.
    is_sheet
        In the colours of paper whatever the screen's theme, as a preview of what will be printed.
    """
    return xml_text(
        _environment()
        .get_template("report.html")
        .render(
            title=audit.name,
            author=audit.asked.author,
            sections=printed(audit, names),
            logo=None if audit.logo is None else b64encode(audit.logo).decode(),
            is_sheet=is_sheet,
        )
    )


def answer_html(record: AuditRecord, standings: Standings | None = None) -> str:
    """The answer that a page shows, as HTML text.

    Parameters
    ----------
    record
        The audit.
    standings
        The groups and the measure of the picture and the table; None leaves them to the finding.
    """
    return report_html(ReportedAudit(record, shown=standings), ANSWER)


def fragment_html(blocks: Iterable[Block]) -> str:
    """Blocks as a part of somebody else's page: a `div` with a style of its own."""
    return xml_text(_environment().get_template("fragment.html").render(blocks=list(blocks)))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("core.report.documents"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {
        "has_long_word": _has_long_word,
        "kind_of": lambda block: type(block).__name__,
        "mark_svg": _mark,
        "drawn": _drawn,
    }
    return environment


def _has_long_word(text: str) -> bool:
    """Whether a cell must be broken inside a word, since a column cannot be as wide as that."""
    return any(len(word) > _LONG_WORD for word in _GAPS.split(text))


@cache
def _mark(verdict: str) -> Markup:
    return _markup(_inline(mark_svg(verdict)))


def _drawn(picture: PictureBlock) -> Markup:
    """A picture as a part of the page, with words for who does not see it; where there is one, also a narrow one."""
    if not picture.narrow:
        return _markup(_with_words(_inline(picture.svg), picture))
    both = (("wide-only", picture.svg), ("narrow-only", picture.narrow))
    return _joined(_markup(_with_words(_inline(drawn), picture, kind)) for kind, drawn in both)


def _with_words(root: Element, picture: PictureBlock, kind: str = "") -> Element:
    """A picture, which needs no namespace within a page, with its words; `kind` says on which screens it is shown."""
    if kind:
        root.set("class", kind)
    root.set("role", "img")
    root.set("aria-label", picture.alt)
    title = Element("title")
    title.text = picture.title
    root.insert(0, title)
    return root


def _inline(drawn: str) -> Element:
    return ElementTree.fromstring(_NAMESPACES.sub("", drawn))


def _joined(parts: Iterable[Markup]) -> Markup:
    from markupsafe import Markup

    return Markup("").join(parts)


def _markup(root: Element) -> Markup:
    """A picture of our own as it stands in a page; the tree escapes the texts in it."""
    from markupsafe import Markup

    return Markup(ElementTree.tostring(root, encoding="unicode"))
