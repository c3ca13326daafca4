"""The Data page: opened alone and empty, from a table to a run, and what is said when something is wrong."""

import io
import pickle
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.errors import DataError, PlanError
from core.jobs import Supervisor
from core.plan import Plan
from core.plan_parts import Condition
from core.samples import SAMPLES
from core.workspace import Audit, Workspace
from pages.components import groups_step, plain, session, uploads
from tests.core.models.text_folders import folder_of, zipped
from tests.pages.whole_app import tables

pytestmark = pytest.mark.jobs

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60.0
RUN_SECONDS = 30.0
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


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("workspace")
    space = Workspace(root, Supervisor(root, slots=1, warm=False))
    yield space
    space.close()


@pytest.fixture(autouse=True)
def one_workspace(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setattr(session, "workspace", lambda: space)


@pytest.fixture(autouse=True)
def a_server_that_has_run_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets before each run that the app navigates by itself; a server learns it once and knows."""
    begin = PagesManager.__init__

    def begin_knowing(self: PagesManager, *arguments: object, **named: object) -> None:
        begin(self, *arguments, **named)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_knowing)


def opened(audit_id: str | None = None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=RUN_SECONDS)
    at.session_state["owner"] = "0" * 32  # as a browser that was here before
    if audit_id is not None:
        at.query_params["audit"] = audit_id
    at.run()
    assert not at.exception
    return at


def put(at: AppTest, space: Workspace, **files: str | bytes) -> AppTest:
    """Put files in the box, `ending=content`, and wait until the table was read."""
    given = [
        (f"people.{ending}", content.encode() if isinstance(content, str) else content, "")
        for ending, content in files.items()
    ]
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


# ---------------------------------------------------------------- the beginning


def test_opened_alone_it_begins_with_the_question_and_a_sample() -> None:
    at = AppTest.from_file(str(ROOT / "pages" / "data.py"), default_timeout=RUN_SECONDS).run()
    assert not at.exception
    assert at.title[0].value == "Is your model treating people alike?"
    assert at.button[0].label == "Try a sample: loans"
    assert "invented" in at.caption[1].value
    assert "never rows" in said(at) and "24 hours" in said(at)


def test_the_sample_starts_at_once_and_leads_to_the_audit_page(space: Workspace) -> None:
    at = press(opened(), "Try a sample: loans")
    audit = audit_of(at, space)
    assert (audit.sample, audit.stage) == ("loans", "audit")
    assert not at.title or at.title[0].value != "Is your model treating people alike?"
    space.cancel(audit.id)


def test_an_address_of_no_audit_says_so_and_still_begins() -> None:
    at = opened("0" * 32)
    assert "There is no audit at this address" in at.warning[0].value
    assert at.file_uploader


# ---------------------------------------------------------------- from a table to a run


def test_a_table_is_read_and_every_role_is_suggested_confirmed_and_run(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    assert "200 rows" in said(at) and "✓ CSV, commas, UTF-8" in said(at)
    assert at.selectbox(key=f"{audit_of(at, space).id}/decision column").value == "hired", "a name like a decision"
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("hired").run()
    assert 'Someone with "yes" in "hired" got the good outcome' in said(at).replace("\\", "")
    assert run_button_is_disabled(at) and "Step 2" in said(at)

    press(at, CONFIRM)
    assert "Step 2" not in said(at) and "Step 3" in said(at)
    at.selectbox(key=f"{audit_of(at, space).id}/decision column").select("approved").run()
    press(at, CONFIRM)
    assert not run_button_is_disabled(at)

    kept = plan_of(at, space)
    assert (kept.data.label, kept.data.favourable) == ("hired", Condition(values=("yes",)))
    assert (kept.decision.prediction, kept.decision.favourable) == ("approved", Condition(values=("yes",)))
    assert kept.groups.sensitive == ("sex", "age") and kept.groups.bins == {"age": (40.0,)}

    press(at, "Run the audit")
    space.wait(audit_of(at, space).id, WAIT_SECONDS)
    record = space.record(audit_of(at, space).id)
    assert record is not None and record.counts.people == 200


def test_a_plan_fills_everything_in_and_keeps_what_the_page_does_not_ask(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert not run_button_is_disabled(at)
    kept = plan_of(at, space)
    assert kept.name == "Hiring" and kept.policy.limits[0].least == 0.9 and kept.groups.intersections == 1
    assert CONFIRM not in [button.label for button in at.button], "nothing is left to confirm"


def test_the_line_of_the_groups_says_what_is_chosen_now(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.multiselect(key=f"{audit_of(at, space).id}/sensitive").unselect("age").run()
    line = next(step.label for step in at.expander if "4 The groups" in step.label)
    assert "sex" in line and "age" not in line


def test_a_model_may_come_before_the_table(space: Workspace) -> None:
    at = put(opened(), space, onnx="not looked at yet")
    assert "put in the table" in at.success[0].value


def test_a_plan_may_come_before_its_table(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN)
    assert "put in the table" in at.success[0].value
    put(at, space, csv=PEOPLE)
    assert not run_button_is_disabled(at)


def test_columns_that_the_table_lacks_are_named_and_asked_again(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.replace('"sex"', '"gender"').replace('"hired"', '"employed"'), csv=PEOPLE)
    assert "employed" in at.warning[0].value and "gender" in at.warning[0].value
    assert run_button_is_disabled(at) and "Step 2" in said(at) and "Step 3" not in said(at)


def test_what_was_settled_is_there_again_in_another_window(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/outcome").select("hired").run()
    press(at, CONFIRM)
    at.multiselect(key=f"{audit_id}/sensitive").set_value(["sex"]).run()
    again = opened(audit_id)
    assert again.multiselect(key=f"{audit_id}/sensitive").value == ["sex"]
    assert "Step 2" not in said(again) and "Step 3" in said(again)


def test_without_an_outcome_column_only_selection_is_compared(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("No column says what really happened").run()
    assert "only who gets selected can be compared" in said(at)
    press(at, CONFIRM)
    assert plan_of(at, space).data.label is None


def test_a_score_column_needs_a_cut_off_and_a_side(space: Workspace) -> None:
    people = "sex,points\n" + "".join(f"{'mf'[i % 2]},{i % 40}\n" for i in range(120))
    at = put(opened(), space, csv=people)
    audit_id = audit_of(at, space).id
    at.radio(key=f"{audit_id}/way").set_value("A column of scores").run()
    at.selectbox(key=f"{audit_id}/score column").select("points").run()
    at.radio(key=f"{audit_id}/score/points/side").set_value("below the cut-off").run()
    before = [button.label for button in at.button].count(CONFIRM)
    at.number_input(key=f"{audit_id}/score/points/cut-off").set_value(12.5).run()
    assert [button.label for button in at.button].count(CONFIRM) == before + 1
    at.button(key=f"do/{audit_id}/settle decision").click().run()
    decision = plan_of(at, space).decision
    assert (decision.score, decision.favourable, decision.threshold) == ("points", Condition(below=12.5), None)


def test_cut_points_that_are_none_are_said_at_once_and_stop_the_run(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.replace('["sex"]', '["age"]') + "[groups.bins]\nage = [40]\n", csv=PEOPLE)
    key = f"{audit_of(at, space).id}/cuts/age"
    assert at.text_input(key=key).value == "40"
    at.text_input(key=key).set_value("60, 40").run()
    assert "rising order" in at.error[0].value and run_button_is_disabled(at)
    at.text_input(key=key).set_value("30; 50").run()
    assert not at.error and not run_button_is_disabled(at)
    assert plan_of(at, space).groups.bins == {"age": (30.0, 50.0)}


def test_a_named_group_to_compare_with(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/reference").select(groups_step.NAMED).run()
    at.selectbox(key=f"{audit_id}/reference/sex/2").select("f").run()
    assert plan_of(at, space).groups.reference == {"sex": "f"}


def test_a_rule_about_who_takes_part_is_added_and_removed(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/rule").select("age").run()
    at.radio(key=f"{audit_id}/rule/age/way").set_value("with a number from … to …").run()
    at.number_input(key=f"{audit_id}/rule/age/low").set_value(30.0).run()
    press(at, "Add")
    (rule,) = plan_of(at, space).data.keep
    assert (rule.column, rule.between) == ("age", (30.0, 69.0))
    press(at, "Remove")
    assert plan_of(at, space).data.keep == ()


def test_what_counts_as_a_gap_can_be_changed_and_put_back(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.split("[policy]")[0], csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.number_input(key=f"{audit_id}/most points").set_value(2.5).run()
    limits = {limit.measure: limit.most or limit.least for limit in plan_of(at, space).policy.limits}
    assert limits["statistical_parity_difference"] == 0.025 and limits["disparate_impact"] == 0.8
    assert "theil_index" not in limits, "it has no verdict"
    at.number_input(key=f"{audit_id}/most points").set_value(5.0).run()
    assert plan_of(at, space).policy.limits == ()


def test_a_plan_s_own_limits_are_left_alone(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert "limits of its own: “disparate" in said(at).replace("\\", "")
    assert [limit.measure for limit in plan_of(at, space).policy.limits] == ["disparate_impact"]


# ---------------------------------------------------------------- what goes wrong


def test_a_file_that_is_no_table_is_said_and_another_can_be_put_in(space: Workspace) -> None:
    at = put(opened(), space, pdf=b"%PDF-1.7 not a table \x00\x01")
    assert at.error and at.file_uploader
    assert "Read it again" not in [button.label for button in at.button], "it would be no table the second time either"
    put(at, space, csv=PEOPLE)
    assert not at.error and "200 rows" in said(at)


def test_a_plan_that_cannot_be_read_is_said_and_nothing_is_opened() -> None:
    at = opened()
    at.file_uploader[0].set_value([("plan.toml", b"plumbline = 2\n", "")]).run()
    assert "plumbline" in at.error[0].value and "audit" not in at.query_params


def test_two_tables_at_once_are_refused_by_name() -> None:
    at = opened()
    at.file_uploader[0].set_value([("a.csv", b"x\n1\n", ""), ("b.csv", b"x\n1\n", "")]).run()
    assert "Here are 2 tables" in at.error[0].value


PICKLE = pickle.dumps({"weights": [1, 2]})


def refused_with_an_export(at: AppTest) -> bool:
    return "pickle" in at.error[0].value and "skops.io.dump" in at.code[0].value


def test_a_pickled_model_beside_the_table_is_refused_at_once_and_the_table_is_read(space: Workspace) -> None:
    at = opened()
    at.file_uploader[0].set_value([("people.csv", PEOPLE.encode(), ""), ("people.pkl", PICKLE, "")]).run()
    assert not at.exception
    assert refused_with_an_export(at)
    assert "200 rows" in said(settled(at, space))
    assert audit_of(at, space).model is None


def test_a_pickled_model_in_step_3_is_refused_at_once(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    at.file_uploader[0].set_value(("people.pkl", PICKLE, "")).run()
    assert not at.exception
    assert refused_with_an_export(at)
    assert audit_of(at, space).model is None
    assert run_button_is_disabled(at)


def test_a_model_that_only_a_job_can_tell_is_refused_with_lines_that_export_it_safely(space: Workspace) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("m/model.weights.h5", b"")
    at = put(opened(), space, csv=PEOPLE, keras=archive.getvalue())
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    settled(at, space)
    assert "Keras" in at.error[0].value
    assert "model.export" in at.code[0].value
    assert run_button_is_disabled(at)


def test_a_model_of_texts_is_tried_on_the_column_that_looks_like_texts(space: Workspace) -> None:
    """The suggested column is checked at once; the plan that is downloaded names it, and opens without a question."""
    comments = SAMPLES["comments"]
    at = put(opened(), space, csv=comments.table.read_text(), skops=comments.model.read_bytes())
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    settled(at, space)
    settled(at, space)
    assert at.selectbox(key=f"{audit_of(at, space).id}/text column").value == "comment"
    assert "texts of several words" in said(at) and "✓ reads one column: comment" in said(at)
    assert not at.error
    press(at, CONFIRM)
    settled(at, space)  # the model is looked at with the outcome
    press(at, CONFIRM)
    assert plan_of(at, space).decision.text == "comment"
    assert plan_of(at, space).decision.favourable_class == "kept", "removed is no good outcome"
    assert 'text = "comment"' in plan_of(at, space).to_toml()

    at.selectbox(key=f"{audit_of(at, space).id}/text column").select("community").run()
    press(at, "Check the model with this column")
    settled(at, space)
    assert "✓ reads one column: community" in said(at)


def test_a_zipped_hugging_face_folder_beside_the_table_is_a_model(space: Workspace, tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the text extra is not installed")
    model = zipped(folder_of(tmp_path / "bert"), tmp_path / "bert.zip", "bert/").read_bytes()
    at = put(opened(), space, csv=SAMPLES["comments"].table.read_text(), zip=model)
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    settled(at, space)
    settled(at, space)
    assert "a Hugging Face folder of texts" in said(at) and "✓ reads one column: comment" in said(at)
    assert "logit" in [box.value for box in at.selectbox]


def test_a_look_at_the_table_that_was_broken_off_is_offered_again(space: Workspace) -> None:
    audit = space.put_table(space.new().id, io.BytesIO(PEOPLE.encode()), "people.csv")
    space.cancel(audit.id)
    at = opened(audit.id)
    assert "Read it again" in [button.label for button in at.button]
    press(at, "Read it again")
    assert "200 rows" in said(settled(at, space))


def test_names_and_values_of_a_table_are_never_markdown(space: Workspace) -> None:
    hostile = "![x](http://evil.example/p.png),:red[hired],<script>alert(1)</script>\n"
    at = put(
        opened(),
        space,
        csv=hostile + "".join(f"[m](http://evil.example),{'no' if i % 2 else 'yes'},a\n" for i in range(50)),
    )
    raw = "\n".join([*(str(m.value) for m in at.markdown), *(str(c.value) for c in at.caption)])
    raw += "\n".join(step.label for step in at.expander)
    assert "evil" in raw, "the names are shown"
    assert not at.dataframe, "its download would hand a spreadsheet what begins like a formula"
    assert "<script>alert(1)</script>" in tables(at)[0]
    for alive in ("![x", "](", ":red", "<script"):
        assert not re.search(rf"(?<!\\){re.escape(alive)}", raw)


# ---------------------------------------------------------------- the door of a shared app


def test_a_shared_app_shows_nothing_before_the_join_code(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    monkeypatch.setenv("PLUMBLINE_JOIN_CODE", "ABCDEFGH23")
    audit = space.new()
    at = opened(audit.id)
    assert not at.file_uploader and at.title[0].value == "Plumbline"
    at.text_input[0].set_value("ABCDEFGH24")
    press(at, "Join")
    assert "not the join code" in at.error[0].value and not at.file_uploader
    at.text_input[0].set_value(" abcdefgh23 ")
    press(at, "Join")
    assert at.file_uploader


def test_no_code_opens_a_shared_app_that_was_started_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    monkeypatch.delenv("PLUMBLINE_JOIN_CODE", raising=False)
    at = opened()
    press(at, "Join")
    assert at.error and not at.file_uploader


# ---------------------------------------------------------------- a file that is here already


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.csv").write_text("x\n1\n")
    (tmp_path / "secret.csv").write_text("x\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "door").symlink_to(tmp_path)
    return folder


def test_a_file_under_the_folder_is_found_by_name_or_path(folder: Path) -> None:
    assert uploads.allowed_path("deep/a.csv", folder) == folder / "deep" / "a.csv"
    assert uploads.allowed_path(str(folder / "deep" / "a.csv"), folder) == folder / "deep" / "a.csv"


@pytest.mark.parametrize(
    "typed", ["../secret.csv", "link.csv", "door/secret.csv", "/etc/passwd", "~/x.csv", "deep", "no.csv"]
)
def test_nothing_outside_the_folder_is_opened(folder: Path, typed: str) -> None:
    with pytest.raises(DataError):
        uploads.allowed_path(typed, folder)


def test_a_large_file_is_read_by_its_path(space: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    at = opened()
    at.text_input[0].set_value("people.csv").run()
    press(at, "Open the file")
    assert "200 rows" in said(settled(at, space))


def test_no_path_is_asked_for_in_a_shared_app(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    monkeypatch.setenv("PLUMBLINE_JOIN_CODE", "ABCDEFGH23")
    at = opened()
    at.text_input[0].set_value("ABCDEFGH23")
    press(at, "Join")
    assert at.file_uploader and not at.text_input


# ---------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    ("typed", "cuts"),
    [("40", (40.0,)), ("25, 40,60", (25.0, 40.0, 60.0)), ("", ()), ("40 25", None), ("old", None), ("40, 40", None)],
)
def test_typed_cut_points(typed: str, cuts: tuple[float, ...] | None) -> None:
    assert groups_step.read_cuts(typed) == cuts


def test_a_plan_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(PlanError, match="UTF-8"):
        uploads.read_plan(b"\xff\xfe\x00", "plan.toml")


def test_escaped_text_keeps_every_letter_and_breaks_what_would_come_alive() -> None:
    text = "www.evil.example a@b.cc :smile: [x](y) `z` $1$ #1 <b>"
    escaped = plain.escape(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[^\w\s\\\u2060]", escaped), "every sign stands behind a backslash"
    for alive in ("www\\.", "\\@b", "\\:s"):
        assert alive not in escaped, "these come alive even behind one"


def test_the_shipped_plan_opens_without_anything_to_answer(space: Workspace) -> None:
    sample = SAMPLES["loans"]
    at = put(opened(), space, toml=sample.plan.read_text(), csv=sample.table.read_text(), pt2=sample.model.read_bytes())
    settled(at, space)
    assert "✓" in said(at) and "all found in your table" in said(at)
    assert plan_of(at, space).decision.threshold == 0.5


def test_nothing_can_be_started_before_the_browser_has_answered_or_had_its_time() -> None:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=RUN_SECONDS).run()
    assert [button.disabled for button in at.button if button.key == "sample/loans"] == [True]
    at.session_state["asked"] = 9
    at.run()
    assert [button.disabled for button in at.button if button.key == "sample/loans"] == [False]
