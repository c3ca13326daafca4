"""A model card in Markdown: its parts in order, its numbers the report's, and every text a text."""

import re
from html.parser import HTMLParser

from core.report.documents.papers.model_card import PARTS, escaped, model_card
from core.report.sections import SECTIONS
from tests.core.report.documents.papers.reports import HOSTILE_TEXT, whole_report


def test_its_parts_are_there_in_order_and_made_of_sections_that_there_are() -> None:
    card = model_card(whole_report())
    assert card.startswith("# Model card: Loans\n\nYearly look\n")
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == [title for title, _ in PARTS]
    assert {name for _, names in PARTS for name in names} <= set(SECTIONS)
    assert "**◆ Gap:**" in card and "2026" in card


def test_a_hostile_text_is_escaped() -> None:
    card = model_card(whole_report(hostile=True))
    assert "<" not in card.replace("&lt;", "") and "](" not in card and "![" not in card

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            raise AssertionError(tag)

    Tags().feed(card)
    rows = [line for line in card.splitlines() if line.startswith("|")]
    heads = [line for line, below in zip(rows, rows[1:], strict=False) if below.startswith("| ---")]
    assert heads and all(line.count(" | ") >= 1 for line in rows)


def test_escaping_leaves_the_words() -> None:
    plain = re.sub(r"\\(.)", r"\1", escaped(HOSTILE_TEXT)).replace("&lt;", "<").replace("&gt;", ">")
    assert plain == HOSTILE_TEXT.rstrip("\x07").strip()
