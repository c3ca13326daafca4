"""The Data page: cells that tell who a person is are hidden wherever the page quotes them, until somebody asks."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.roles.personal import MASK
from core.store.workspace import Workspace
from tests.pages.on_data_page import opened, put, said
from tests.pages.whole_app import tables

pytestmark = pytest.mark.jobs

PEOPLE = "Vorname,Geburtsdatum,E-Mail,phone,Straße,sex,approved\n" + "".join(
    f"Quirin{i},1.{1 + i % 9}.19{20 + i % 70},q{i}@example.org,{5550000 + i},Zwergweg {i},{'mf'[i % 2]},"
    f"{'yes' if i % 3 else 'no'}\n"
    for i in range(200)
)
SECRETS = ("Quirin", "example.org", "5550", "Zwergweg", "1.1.19", "9.19")


def everything(at: AppTest) -> str:
    """All that the browser gets of the page, options and help included."""
    return _sent(at.main)


def _sent(block: Any) -> str:
    children = getattr(block, "children", {})
    return "".join(str(getattr(child, "proto", "")) + _sent(child) for child in children.values())


def test_nothing_of_them_is_sent_before_it_is_asked_for(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    sent = everything(at)
    assert "plain-table" in sent and MASK in said_cells(at)
    assert not [secret for secret in SECRETS if secret in sent]
    for like in ("a name", "a birth date", "a mail address", "a phone number", "an address"):
        assert f"({like})" in said(at)


def test_they_are_shown_when_asked_and_hidden_again_after_a_visit_elsewhere(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.toggle[0].set_value(True).run()
    assert "Quirin0" in said_cells(at) and "numbers, 5,550,000 to 5,550,199" in said_cells(at)
    at.switch_page("pages/history.py").run()
    at.switch_page("pages/data.py").run()
    assert "Quirin0" not in said_cells(at) and MASK in said_cells(at)


def said_cells(at: AppTest) -> str:
    return "\n".join(cell for table in tables(at) for cells in table.values() for cell in cells)
