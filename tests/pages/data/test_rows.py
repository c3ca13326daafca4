"""The Data page asks what a row is where that is in doubt, and the answer then shows people as they count."""

import re

import pytest

from core.store.workspace import Workspace
from tests.core.metrics.sampling.sampled_rows import HEADER, rows_of
from tests.pages import whole_app
from tests.pages.on_data_page import PLAN, audit_of, opened, plan_of, press, put, said
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

ROWS = rows_of(200, seed=9, most=3)
TABLE = csv_text(("person ID", "sex", "hired", "approved", "survey weight", "office"), ROWS)
ASKED = PLAN.replace('"yes"', '"1"').replace('label = "hired"\nfavourable = "1"\n', "")


def test_persons_and_weights_are_asked_chosen_with_a_button_and_shown_in_the_answer(space: Workspace) -> None:
    at = put(opened(), space, csv=TABLE, toml=ASKED)
    assert "“person ID” reads like the number of a person" in said(at)
    assert "“survey weight” reads like the weights of a survey" in said(at)
    press(at, "Rows of one “person ID” are one person")
    press(at, "Weigh rows by “survey weight”")
    data = plan_of(at, space).data
    assert (data.person, data.weight) == ("person ID", "survey weight")
    assert not [warning for warning in at.warning if "reads like" in warning.value]
    chosen = {box.label: box.value for box in at.selectbox}
    assert (chosen["It weighs"], chosen["It belongs to the person"]) == ("survey weight", "person ID")
    audit = audit_of(at, space)
    space.run(audit.id, plan_of(at, space))
    space.wait(audit.id, whole_app.WAIT_SECONDS)
    at = whole_app.opened("audit", audit.id)
    assert not at.exception and not at.error
    assert "Shares and ranges are weighted by “survey weight”" in said(at)
    assert "Rows with the same “person ID” are one person" in said(at)
    assert "Keep one row for each “person ID”" in said(at) or "Draw rows with replacement" in said(at)
    assert "What would fix this?" not in [button.label for button in at.button]
    women, men = (len({row[0] for row in ROWS if row[1] == group}) for group in ("b", "a"))
    assert re.search(rf"of {women} against .* of {men}|of {men} against .* of {women}", said(at))


def test_what_is_right_as_it_is_is_asked_once(space: Workspace) -> None:
    at = put(opened(), space, csv=TABLE, toml=ASKED)
    confirm = next(button for button in at.button if button.label == "It is right as it is")
    confirm.click().run()
    assert plan_of(at, space).data.confirmed == ("repeated_persons:person ID",)
    assert "reads like the number of a person" not in said(at)


def test_a_clean_table_is_asked_nothing(space: Workspace) -> None:
    rows = [row[1:4] for row in ROWS]
    at = put(opened(), space, csv=csv_text(("sex", "hired", "approved"), rows), toml=ASKED)
    assert not at.warning and HEADER[0] not in said(at).split()
