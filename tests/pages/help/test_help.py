"""The Help page: searched as one types, opened at an entry by a link, and linked from question marks."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.report.glossary.entries import entries, entry_named
from core.report.glossary.terms import TERMS
from pages.components.help.tip import tip
from tests.pages.whole_app import opened, said

PAGES = Path(__file__).resolve().parents[3] / "pages"


def subheaders(at: AppTest) -> list[str]:
    return [heading.value.replace("\\", "").replace("\u2060", "") for heading in at.subheader]


def linked(name: str) -> AppTest:
    at = opened("help")
    at.query_params["term"] = name
    at.run()
    assert not at.exception
    return at


def test_it_opens_with_the_words_and_a_picture_with_alt_text_for_each() -> None:
    at = opened("help")
    words = [entry for entry in entries() if entry.part == "words"]
    assert subheaders(at) == [entry.title for entry in words]
    pictures = [shown.proto.body for shown in at.get("html") if "<img" in shown.proto.body]
    assert len(pictures) == len(words) and all(re.search(r'alt="[^"]{10,}"', body) for body in pictures)


def test_a_typed_word_finds_entries_of_every_part_and_nothing_found_says_so() -> None:
    at = opened("help")
    at.text_input[0].set_value("lots").run()
    found = subheaders(at)
    assert found[0] == "Lots" and "AIF360: equalized odds" in found
    at.text_input[0].set_value("xyzzy").run()
    assert subheaders(at) == [] and "Try another word" in said(at)
    at.text_input[0].set_value("").run()
    assert subheaders(at)[0] == "Sensitive column"


def test_a_link_opens_its_entry_first_and_the_part_around_it() -> None:
    at = linked("disparate_impact")
    assert subheaders(at)[0] == "Who gets selected?"
    assert "disparate impact" in said(at)
    assert any(heading.value == "Measures" for heading in at.header)
    assert subheaders(at).count("Who gets selected?") == 1


def test_choosing_a_part_leaves_the_linked_entry() -> None:
    at = linked("lots")
    at.pills[0].set_value("verdicts").run()
    assert subheaders(at) == ["Gap", "Can't tell yet", "No gap", "Not measurable"]
    assert "term" not in at.query_params


def test_a_name_that_nothing_has_shows_the_words() -> None:
    assert subheaders(linked("xyzzy"))[0] == "Sensitive column"


def test_a_question_mark_says_the_short_meaning_and_leads_to_the_entry() -> None:
    words = tip("plausible_range", "Here it is of a rate.")
    assert words.startswith("Here it is of a rate. Where the true number may lie")
    address = re.search(r"\]\(help\?term=([a-z-]+)\)", words)
    assert address is not None and entry_named(address[1]) is not None


def test_every_question_mark_leads_to_an_entry() -> None:
    """Words for which a page has a question mark are looked up where it is drawn: one that is not there would fail."""
    asked = {name for file in PAGES.rglob("*.py") for name in re.findall(r'tip\(\s*"(\w+)"', file.read_text())}
    assert len(asked) > 10 and asked <= set(TERMS)
