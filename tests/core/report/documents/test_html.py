"""The answer as one HTML file: complete, small, offline, and deaf to whatever an upload calls itself."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from core.metrics.gaps import GAPS
from core.metrics.words import sampling_note
from core.metrics.words.notes import text
from core.notes import Note
from core.record import AuditRecord
from core.report.documents.html import answer_html
from core.report.sections.opening import MOST_DRAWN, MOST_IN_A_PICTURE
from core.report.words.by_group import standings
from tests.worlds.people import plan_of
from tests.worlds.records import HOSTILE, decided, record_of, scored

DOUBT = Note("nearly_all_alike", {"threshold": 0.5, "low": 0.2, "high": 99.5, "selected": 999, "people": 1_000})


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def html_of(record: AuditRecord, measure: str = "disparate_impact") -> str:
    return answer_html(record, standings(record.judgement(), record.plan, ("g",), GAPS[measure]))


@pytest.mark.parametrize(
    "record", [decided(), decided(label=False), scored()], ids=["decisions", "no outcome", "scores"]
)
def test_it_holds_answer_picture_table_digest_date_and_plan(record: AuditRecord) -> None:
    page = Page(html_of(record))
    assert page.tags.count("table") == 3 and page.tags.count("figure") == 1 and "svg" in page.tags
    for wanted in (sampling_note(), "d" * 64, "21 November 2026", 'sensitive = [\n    "g",\n]', "t.csv"):
        assert wanted in page.text
    assert record.judgement().gaps[0].group["g"] in page.text


def test_the_finding_stands_at_its_head_with_how_large_and_how_sure_and_doubts_before_it() -> None:
    apart = decided({"a": (80, 20, 20, 80), "b": (40, 10, 60, 90)})
    record = replace(record_of(replace(apart.plan, name="Our name"), apart.counts), notes=(DOUBT,))
    tree = ElementTree.fromstring(re.sub("<!DOCTYPE html>|<meta[^>]*>", "", html_of(record)))
    (head,) = tree.iter("h1")
    opening, answer = list(tree.find("body") or [])[:2]
    lines = [text for part in opening for text in _lines(part)] + _lines(answer)
    at = lines.index("".join(head.itertext()))
    assert lines[at].endswith(" are selected less often than people whose g is a: 25 of 100 against 50.")
    assert lines[at - 1] == "Gap" and lines[at + 1].startswith("That is 0.50 times as often, outside the usual limit")
    assert lines[0].startswith("Our name · t.csv · ") and lines[at + 2] == "The answer"
    assert lines[1 : at - 1] == [text(DOUBT)], "what could make it meaningless is read before it"


def _lines(part: ElementTree.Element) -> list[str]:
    """What stands in each block of text."""
    inner = [line for one in part for line in _lines(one)] if part.tag in ("section", "div") else []
    return inner if any(one.tag in ("h1", "h2", "p", "div") for one in part) else ["".join(part.itertext())]


def test_gaps_on_other_measures_are_named_in_it() -> None:
    alike = decided({"a": (80, 20, 20, 80), "b": (40, 60, 60, 40)})
    assert (
        "Gaps also on: who is wrongly denied (g: 40.0\u00a0points); who is wrongly granted (g: 40.0\u00a0points)"
        in Page(html_of(alike)).text
    )
    assert "Gaps also on" not in Page(html_of(decided({"a": (80, 20, 20, 80), "b": (80, 20, 20, 80)}))).text


def test_it_runs_nothing_and_asks_nobody() -> None:
    page = Page(html_of(decided()))
    assert not {"script", "link", "iframe", "object", "embed", "img", "form", "base"} & set(page.tags)
    assert not [(name, value) for name, value in page.attributes if name in ("src", "href") or name.startswith("on")]
    assert not re.search(r"https?:|url\(|@import", html_of(decided()))


def test_text_from_an_upload_stays_text_everywhere() -> None:
    plan = replace(plan_of(label=True), name=HOSTILE)
    record = record_of(plan, decided({HOSTILE: (40, 20, 10, 30), "b": (10, 5, 25, 60)}).counts, warnings=(HOSTILE,))
    text = html_of(record)
    page = Page(text)
    assert "script" not in page.tags and "a" not in page.tags
    assert text.count("<script") == 0 and page.text.count(HOSTILE) >= 4


def test_both_themes_and_paper_are_styled() -> None:
    text = html_of(decided())
    assert "prefers-color-scheme: dark" in text and "@media print" in text and "var(--ink)" in text


def test_many_groups_stay_small_and_the_table_lists_them_all() -> None:
    drawn = decided({f"group number {i:04}": (5 + i, 5, 5, 5) for i in range(MOST_DRAWN)})
    listed = decided({f"group number {i:04}": (5 + i, 5, 5, 5) for i in range(1000)})
    pictures = -(-(MOST_DRAWN - 1) // (MOST_IN_A_PICTURE - 1))  # each with the comparison group
    for record, figures in ((drawn, pictures), (listed, 0)):
        text = html_of(record)
        assert len(text.encode()) < 300_000
        assert Page(text).tags.count("figure") == figures
        assert all(name in text for name in record.counts.groups.values[0])


def test_one_group_alone_says_that_nothing_was_compared() -> None:
    record = decided({"a": (40, 20, 10, 30)})
    assert "Nothing was compared" in html_of(record)


def test_a_name_neither_turns_the_text_after_it_nor_holds_what_no_document_can() -> None:
    unfit = "a\x01b\x1b\u202ec\u2067d"
    text = html_of(decided({unfit: (40, 20, 10, 30), "other": (10, 5, 25, 60)}))
    assert not set(unfit) & set("\x01\x1b\u202e\u2067") & set(text) and "a\ufffdb\ufffd\ufffdc\ufffdd" in text
