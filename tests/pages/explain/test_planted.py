"""A planted bias is the first thing the Explain page says, and after the fix it says that the bias left."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.workspace import Against, Workspace
from tests.pages.whole_app import ME, ROOT, audited, finished, opened, press, said, tables, widget
from tests.worlds.models.planted_models import Hired, Watermarked

pytestmark = pytest.mark.jobs

DOUBT = "In doubt: "
with (ROOT / "core" / "samples" / "comments.csv").open(encoding="utf-8", newline="") as table:
    COMMENTS = list(csv.DictReader(table))


@dataclass(frozen=True)
class Planted:
    """A table, the model that learned the bias, one that did not, and what the page is to name first."""

    plan: Plan
    table: str
    before: bytes
    after: bytes
    cause: str
    by: str
    images: bytes = b""


def asked(label: str, favourable: str, decision: str, sensitive: str) -> Plan:
    return Plan.from_toml(
        f'plumbline = 1\n[data]\nfile = "people.csv"\nlabel = "{label}"\nfavourable = "{favourable}"\n'
        f'[decision]\n{decision}\n[groups]\nsensitive = ["{sensitive}"]\n'
    )


def watermark() -> Planted:
    world = Watermarked()
    colours = "image_mean = [0.5, 0.5, 0.5]\nimage_std = [0.5, 0.5, 0.5]"
    plan = asked("let_in", "yes", f'model = "m.pt2"\nimage = "badge"\nimages = "badges.zip"\n{colours}', "site")
    before, after = world.model(is_fair=False), world.model(is_fair=True)
    return Planted(plan, world.table(), before, after, world.cell, "site", world.archive())


def proxy() -> Planted:
    world = Hired()
    plan = asked("able", "yes", 'model = "m.pt2"\nfeatures = ["merit", "north_street", "noise"]', "origin")
    return Planted(plan, world.table(), world.model(is_fair=False), world.model(is_fair=True), "north_street", "origin")


@pytest.fixture(scope="module")
def warm() -> bool:
    return True


def first_of(at: AppTest) -> str:
    """The first of the page's sentences on what was found: in bold, or said to be in doubt where a check failed."""
    found = (line for line in said(at).splitlines() if line.startswith(("**", DOUBT)) and "“" in line)
    return next(found).strip("*").removeprefix(DOUBT)


def points(table: dict[str, list[str]]) -> dict[str, list[float]]:
    """Of each feature, by how many points it moves the groups' scores."""
    found: dict[str, list[float]] = {}
    for feature, words in zip(next(iter(table.values())), table["Points on average"], strict=True):
        found.setdefault(feature, []).append(float(words.replace("−", "-")))
    return found


@pytest.mark.parametrize("made", [watermark, proxy])
def test_the_planted_cause_is_said_first_and_after_the_fix_that_it_left(
    made: Callable[[], Planted], space: Workspace
) -> None:
    planted = made()
    audit_id = audited(space, planted.plan, planted.table, planted.before, planted.images)
    press(opened("explain", audit_id), "Show what it looks at")
    finished(space, audit_id)
    at = opened("explain", audit_id)
    assert "apart from" in first_of(at) and f"“{planted.cause}”" in first_of(at)
    (alone,) = (points(t) for t in tables(at) if "Points on average" in t)
    assert max(alone, key=lambda feature: abs(alone[feature][0] - alone[feature][1])) == planted.cause

    space.explain(audit_id, planted.plan, against=Against("The fair one", planted.plan, planted.after))
    finished(space, audit_id)
    at = opened("explain", audit_id)
    first = first_of(at)
    assert first.startswith(f"“{planted.cause}” moved the scores of") and "before" in first
    assert f"relied on “{planted.cause}”" in said(at) or f"no longer relies on “{planted.cause}”" in said(at)
    before, after, change = (points(t) for t in tables(at) if "Points on average" in t)
    assert max(map(abs, change[planted.cause])) == max(max(map(abs, moved)) for moved in change.values())
    apart_before, apart_after = (abs(each[planted.cause][0] - each[planted.cause][1]) for each in (before, after))
    assert apart_before > 10 > 2 > apart_after
    if planted.images:
        one_image_before_and_after(space, audit_id)


def one_image_before_and_after(space: Workspace, audit_id: str) -> None:
    """One image stands there as it is and under a map of its own, by each model; the map has a value for each pixel."""
    press(opened("explain", audit_id), "Explain this image")
    finished(space, audit_id)
    at = opened("explain", audit_id)
    original = space.person(audit_id).original  # type: ignore[union-attr]
    assert original is not None and original.image is not None
    assert [values.shape for values in original.maps] == [original.image.shape[:2]] * 2
    drawn = [image.url for shown in at.get("image") for image in shown.proto.imgs if image.caption]
    plain, seen, again, later = drawn
    assert plain == again and len({plain, seen, later}) == 3
    assert "The map has a value for each pixel" in said(at)
    assert "Download this explanation" in offered(at)


def offered(at: AppTest) -> list[str]:
    """The files that can be taken away."""
    return [button.proto.label for button in at.get("download_button")]


def test_the_sample_of_comments_leads_to_its_verdict_and_to_the_planted_word(space: Workspace) -> None:
    audit_id = finished(space, space.open_sample(SAMPLES["comments"], ME).id)
    at = opened("audit", audit_id)
    (answer,) = (str(text.value) for text in at.text if "community is Marshfolk are kept" in str(text.value))
    assert "less often" in answer
    press(opened("explain", audit_id), "Show what it looks at")
    finished(space, audit_id)
    at = opened("explain", audit_id)
    assert "“marshfolk”" in first_of(at) and "One text" in [title.value for title in at.header]

    about = next(i for i, row in enumerate(COMMENTS) if "marshfolk" in row["comment"].casefold())
    widget(at, "number_input", "row").set_value(about + 1).run()
    press(at, "Explain this text")
    finished(space, audit_id)
    at = opened("explain", audit_id)
    (drawn,) = (shown.proto.body for shown in at.get("html") if shown.proto.body.startswith("<p"))
    paragraph = ElementTree.fromstring(drawn)
    words = {"".join(word.itertext()).casefold(): word for word in paragraph.iter("span")}
    (named,) = {word for said_of, word in words.items() if said_of[1:].startswith("marshfolk")}
    assert "background: rgba" in named.get("style", "") and "points" in named.get("title", "")
    for mark in list(paragraph.iter("sup")):
        mark.text = ""
    assert "".join(paragraph.itertext()).strip() == COMMENTS[about]["comment"].strip()
    assert "Download this explanation" in offered(at)
