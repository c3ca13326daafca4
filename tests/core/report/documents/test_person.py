"""One person's explanation to take away: everything in one file, and hostile text stays text."""

import re
from dataclasses import replace

import numpy as np

from core.explain.person import Counterfactual, Person, PersonSide
from core.explain.person.coloured_original import Original, Part
from core.report.charts.coloured_text import coloured_text
from core.report.documents.person import person_html
from tests.core.report.documents.test_attribution import PLAN, explanation

HOSTILE = "<script>alert(1)</script>"
SIDE = PersonSide(0.7, True, 0.5, (0.3, -0.1, 0.02), None, ())
TEXT = Original(text=(Part("Good ", 0), Part(f"bad, {HOSTILE} ", 1), Part("rare.", 2)))
READER = Person(3, {"g": HOSTILE}, ("good", "bad", "(other words)"), ("Good", "bad", "rare"), (SIDE,), TEXT)


def texts() -> Person:
    return READER


def test_hostile_text_stays_text() -> None:
    found = replace(explanation(False), plan=replace(PLAN, decision=replace(PLAN.decision, text="said")))
    page = person_html(found, texts(), "row 4")
    assert HOSTILE not in page and page.count("&lt;script&gt;") >= 2
    assert "http" not in re.sub(r"<!DOCTYPE html>", "", page), "nothing is fetched"
    assert "Row 4" in page and "Selected, with a score of 0.70" in page


def test_words_say_their_direction_besides_their_colour_and_rare_ones_have_none() -> None:
    paragraph = coloured_text(texts(), SIDE.values, 0.3, is_trusted=True)
    assert "".join(paragraph.itertext()) == f"+Good −bad, {HOSTILE} rare."
    good, bad, rare = paragraph
    assert "solid" in good.get("style", "") and "dotted" in bad.get("style", "") and rare.get("style") is None
    assert good.get("title") == "Good: +30.0 points"
    (grey,) = {
        re.findall(r"rgba\((\d+,\d+,\d+)", word.get("style", ""))[0]
        for word in coloured_text(texts(), SIDE.values, 0.3, is_trusted=False)
        if word.get("style")
    }
    assert grey


def test_an_image_stands_in_the_file_beside_itself_with_its_map() -> None:
    found = replace(explanation(False), plan=replace(PLAN, decision=replace(PLAN.decision, image="photo")))
    shown = Original(image=np.full((4, 4, 3), 90, np.uint8), maps=(np.eye(4),))
    page = person_html(found, replace(READER, original=shown, cells=("", "", "")), "row 4")
    assert page.count("data:image/png;base64,") == 2 and page.count("alt=") == 2


def test_what_would_turn_a_rows_decision_is_listed() -> None:
    change = Counterfactual(("income",), ("10",), (HOSTILE,), 0.4)
    row = replace(READER, original=None, sides=(replace(SIDE, changes=(change,)),))
    page = person_html(explanation(False), row, "row 4")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;” instead of “" not in page and HOSTILE not in page
    assert "“income” &lt;script&gt;" in page and "instead of 10 (score 0.40)" in page
