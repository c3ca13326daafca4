"""What a web page wrote for a character is one piece of a text, named by that character; the model's text stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.counts.counts import Groups
from core.explain.features.vocabulary import FEWEST, OTHER, pieces, spelled, vocabulary

GROUPS = Groups(("g",), (("a", "b"),), ((0,), (1,)))


def named(text: str) -> list[str]:
    return [piece.word for piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("&#8220;Hello&#8221; you", ["“ (written as &#8220;)", "hello", "” (written as &#8221;)", "you"]),
        ("you &amp; me", ["you", "& (written as &amp;)", "me"]),
        ("&#x1F602;!", ["😂 (written as &#x1F602;)"]),
        ("a&nbsp;b", ["a", "blank (written as &nbsp;)", "b"]),
        ("8220 of R&D; AT&T, &#8220", ["8220", "of", "r", "d", "at", "t", "8220"]),  # numbers and letters of their own
        ("&&amp;;&;", ["& (written as &amp;)"]),
    ],
)
def test_each_is_named_by_the_character_it_stands_for(text: str, words: list[str]) -> None:
    assert named(text) == words


@given(st.lists(st.sampled_from(["&#8220;", "&amp;", "&", "#", ";", "8220", "word", "it's", " ", "&x;", "é"])))
def test_the_pieces_of_a_text_are_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(text[piece.begin : piece.end] for piece in pieces(text)) == text


def test_without_such_a_piece_nothing_of_it_is_left() -> None:
    text = "so &#8220;good&#8221; it is"
    left = "".join(text[p.begin : p.end] for p in pieces(text) if "written" not in p.word)
    assert left == "so goodit is"  # the blank after a piece goes with it


def test_frequent_ones_are_weighed_by_name_and_shown_as_written() -> None:
    texts = ["&#8220;good &#8221; day"] * FEWEST + ["day"] * FEWEST
    known = vocabulary(texts, np.arange(len(texts)) % 2, GROUPS)
    assert set(known.features) == {"“ (written as &#8220;)", "” (written as &#8221;)", "good", "day", OTHER}
    assert spelled(known, texts[0])["“ (written as &#8220;)"] == "&#8220;"
    assert spelled(known, texts[0])["day"] == "day" and spelled(known, "...") == {} == spelled(known, "")
