"""A model card in Markdown: what is decided, for whom, how well, and what was not looked at; every text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.report.documents.papers import marked, verdict_words
from core.report.sections import printed
from core.report.sections.blocks import (
    Block,
    Heading,
    KeyFacts,
    MarkedFinding,
    Paragraph,
    Preformatted,
    TableBlock,
)
from core.report.sections.reported import ReportedAudit

# The parts of a model card, each with the sections of the report that say it.
PARTS = (
    ("Model details", ("run", "signed")),
    ("Intended use", ("scope",)),
    ("Factors", ("people", "unknowns")),
    ("Metrics and limits", ("limits", "methods")),
    ("Results", ("finding", "groups", "grid", "intersections")),
    ("What was done about it", ("done",)),
    ("Caveats", ("not_measured",)),
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:@^$=\"'])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def model_card_file(audit: ReportedAudit) -> bytes:
    """The file's bytes."""
    return model_card(audit).encode()


def model_card(audit: ReportedAudit) -> str:
    """The Markdown text."""
    lines = [f"# Model card: {escaped(audit.name)}"]
    lines.append(escaped(audit.asked.purpose or "Its purpose was not said."))
    for title, names in PARTS:
        lines.append(f"## {title}")
        for section in printed(audit, names):
            for block in section.blocks:
                lines += _written(block)
    return "\n\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text on one line that no reader of Markdown takes for HTML, a link, a picture or a mark."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    safe = "".join(_HTML.get(letter, letter) for letter in _SPECIAL.sub(r"\\\1", plain))
    return safe


def _written(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"### {escaped(block.text)}"
        case Paragraph():
            yield escaped(block.text)
        case MarkedFinding():
            yield f"**{escaped(verdict_words(block.verdict, block.word))}:** {escaped(block.opening)}"
            yield from map(escaped, block.more)
        case KeyFacts():
            yield "\n".join(f"- **{escaped(name)}**: {escaped(said)}" for name, said in block.facts)
        case TableBlock():
            yield f"*{escaped(block.caption)}*"
            yield "\n".join(_rows(block))
        case Preformatted():
            yield "\n".join(f"    {line}" for line in block.text.splitlines())


def _rows(table: TableBlock) -> Iterator[str]:
    yield _row(table.columns)
    yield _row(["---"] * len(table.columns), is_plain=True)
    for row in table.rows:
        yield _row([marked(cell.text, cell.mark) for cell in row])


def _row(cells: tuple[str, ...] | list[str], is_plain: bool = False) -> str:
    return f"| {' | '.join(cells if is_plain else map(escaped, cells))} |"
