"""The Fix page as tests use it: people whose groups score apart, and a fix picked out of all of them."""

from xml.etree import ElementTree

from streamlit.testing.v1 import AppTest

from tests.pages.whole_app import widget
from tests.worlds.people import csv_text, plan_of

# Tenths of a score by group, of a person with the other outcome at step 0; by outcome; and by step.
SCORES = {"a": (3, 2, 1), "b": (0, 3, 2)}
# 50 people of each group, outcome and step.
ROWS = [
    (group, str(good), str((base + good * more + step * wide) / 10), "wxyz"[step], str(i))
    for group, (base, more, wide) in SCORES.items()
    for good in (0, 1)
    for step in range(4)
    for i in range(50)
]
NAMES = ("g", "y", "s", "x", "i")
TABLE = csv_text(NAMES, ROWS)
PLAN = plan_of(decision='score = "s"\nthreshold = 0.5', label=True)


def headline(at: AppTest) -> str:
    """What the page recommends, or that nothing is."""
    return str(at.header[0].value).replace("\\", "").replace("\u2060", "").replace("\u00a0", " ")


def cards(at: AppTest) -> list[str]:
    """What each card says, on one line."""
    found = [ElementTree.fromstring(box.proto.body) for box in at.get("html") if "fix-card" in box.proto.body[:40]]
    return [" ".join(" ".join(card.itertext()).split()).replace("\u00a0", " ") for card in found]


def choose(at: AppTest, name: str) -> AppTest:
    """Pick a fix, out of all of them; where all are listed already, there is nothing to show more."""
    for toggle in [found for found in at.toggle if "/all fixes" in str(found.key)]:
        toggle.set_value(True).run()
    widget(at, "radio", "picked fix").set_value(name).run()
    assert not at.exception
    return at
