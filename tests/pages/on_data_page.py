"""The Data page as tests use it: files put in the box, and what the page then says."""

from streamlit.testing.v1 import AppTest

from core.plan.plan import Plan
from core.store.workspace import Audit, Workspace
from tests.pages import whole_app
from tests.pages.whole_app import WAIT_SECONDS
from tests.worlds.jobs.forked import holding_jobs

CONFIRM = "Yes, that is right"
PEOPLE = "sex,age,hired,approved\n" + "".join(
    f"{'mf'[i % 2]},{20 + i % 50},{'yes' if i % 3 else 'no'},{'yes' if i % 4 else 'no'}\n" for i in range(200)
)
PLAN = """
plumbline = 1
name = "Hiring"
[data]
file = "people.csv"
label = "hired"
favourable = "yes"
[decision]
prediction = "approved"
favourable = ["yes"]
[groups]
sensitive = ["sex"]
intersections = 1
[policy]
limits = [{measure = "disparate_impact", least = 0.9}]
"""


def opened(audit_id: str | None = None) -> AppTest:
    """The whole app at its Data page."""
    return whole_app.opened("data", audit_id)


def put(at: AppTest, space: Workspace, **files: str | bytes) -> AppTest:
    """Put files in the box, `ending=content`, and wait until the table was read."""
    given = [
        (f"people.{ending}", content.encode() if isinstance(content, str) else content, "")
        for ending, content in files.items()
    ]
    with holding_jobs("profile"):  # else the page might have drawn the steps once already
        at.file_uploader[0].set_value(given).run()
    assert not at.exception
    return settled(at, space) if "audit" in at.query_params else at


def settled(at: AppTest, space: Workspace) -> AppTest:
    space.wait(audit_of(at, space).id, WAIT_SECONDS)
    at.run()
    assert not at.exception
    return at


def audit_of(at: AppTest, space: Workspace) -> Audit:
    address = at.query_params["audit"]
    return space.get(address if isinstance(address, str) else address[0])


def plan_of(at: AppTest, space: Workspace) -> Plan:
    return Plan.from_toml(str(audit_of(at, space).plan))


def said(at: AppTest) -> str:
    """All that the page says outside its widgets."""
    texts = [*at.error, *at.warning, *at.caption, *at.markdown, *at.text, *at.title]
    return "\n".join([*(str(text.value) for text in texts), *(step.label for step in at.expander)])


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in [*at.button, *at.form_submit_button] if button.label == label).click().run()
    assert not at.exception
    return at


def run_button_is_disabled(at: AppTest) -> bool:
    return next(button for button in at.button if button.label == "Run the audit").disabled
