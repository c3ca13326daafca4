"""A page that waits for its job, and what it asks the server meanwhile."""

import contextlib

import pytest

from tests.browser.conftest import App
from tests.browser.fresh import PATIENCE, SECONDS
from tests.browser.visitor import visiting

pytestmark = pytest.mark.browser

SAMPLE = "Try a sample: loans"


def test_each_drawing_of_a_waiting_page_asks_under_a_name_of_its_own(app: App) -> None:
    # A question for an earlier drawing would otherwise be answered in place of what the server has yet to send of the
    # present one, and the page would stand still.
    with app.holding() as let_go, contextlib.ExitStack() as crowd:
        *ahead, last = (crowd.enter_context(visiting(app.address, PATIENCE / SECONDS)) for _ in range(4))
        for visitor in [*ahead, last]:
            visitor.press(SAMPLE)
            visitor.wait_for("Running the audit")
        first, second = last.draw_again(), last.draw_again()
        assert not first & second
        let_go()
        for visitor in [*ahead, last]:
            visitor.wait_for("How sure is this")
