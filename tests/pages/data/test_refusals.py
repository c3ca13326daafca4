"""The Data page: what is said when something is wrong, and uploads that are hostile."""

import io
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from streamlit.testing.v1 import AppTest

from core.cli.doors.incoming import WAITING
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.core.models.text_folders import folder_of, zipped
from tests.pages.on_data_page import (
    CONFIRM,
    PEOPLE,
    audit_of,
    opened,
    plan_of,
    press,
    put,
    run_button_is_disabled,
    said,
    settled,
)
from tests.pages.whole_app import tables
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs


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


def test_whoever_drops_a_plan_reads_what_to_write_in_it() -> None:
    at = opened()
    plan = b'plumbline = 1\n[data]\nfile = "t"\ncount = "n"\nheld_out = 0.5\n[decision]\nscore = "s"\nthreshold = 1\n'
    at.file_uploader[0].set_value([("mine.toml", plan + b'[groups]\nsensitive = ["sex"]\n', "")]).run()
    said_of_it = at.error[0].value.replace("\\", "").replace("\u2060", "")
    assert "mine.toml: Only people who were held out" in said_of_it
    assert "In a plan file: no held_out under [data]." in said_of_it


def test_a_plan_whose_table_lies_at_an_address_is_refused() -> None:
    plan = b'plumbline = 1\n[data]\nfile = "s3://me:secret@bucket/t.csv"\n[decision]\nscore = "s"\nthreshold = 1\n'
    at = opened()
    at.file_uploader[0].set_value([("mine.toml", plan + b'[groups]\nsensitive = ["sex"]\n', "")]).run()
    assert "lies at an address\\, which the app does not open" in at.error[0].value.replace("\u2060", "")
    assert "secret" not in at.error[0].value and "audit" not in at.query_params


def test_two_plans_at_once_are_refused_by_name() -> None:
    at = opened()
    at.file_uploader[0].set_value([("a.toml", b"plumbline = 1", ""), ("b.toml", b"plumbline = 1", "")]).run()
    assert "Here are 2 plans" in at.error[0].value


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
    for _ in range(3):  # as while a job runs
        at.run()
        assert refused_with_an_export(at), "it stays until it is answered"
    press(at, "Close this message")
    assert not at.error and not at.run().error


def test_a_refused_model_is_answered_by_one_that_is_taken(space: Workspace) -> None:
    at = opened()
    at.file_uploader[0].set_value([("people.csv", PEOPLE.encode(), ""), ("people.pkl", PICKLE, "")]).run()
    settled(at, space)
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    assert at.error
    model = SAMPLES["loans"].model
    at.file_uploader[0].set_value((model.name, model.read_bytes(), "")).run()
    assert not any("pickle" in error.value for error in settled(at, space).error)


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
    with holding_jobs():
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
    assert "<script>alert(1)</script>" in tables(at)[0]["Column"]
    for alive in ("![x", "](", ":red", "<script"):
        assert not re.search(rf"(?<!\\){re.escape(alive)}", raw)


def test_columns_that_only_a_person_can_name_are_asked_on_the_page_and_not_as_a_line_of_a_plan(
    space: Workspace,
) -> None:
    draw = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    hired = (draw[:, 0] > 0).astype(int)
    rows = [f"{'mf'[i % 2]},{a},{b},{c},{y}" for i, ((a, b, c), y) in enumerate(zip(draw, hired, strict=True))]
    model = to_onnx(LogisticRegression().fit(draw[:, :2], hired), draw[:1, :2], options={"zipmap": False})
    at = put(opened(), space, csv="\n".join(["sex,a,b,c,hired", *rows]))
    at.radio(key=f"{audit_of(at, space).id}/way").set_value("A model file").run()
    at.file_uploader[0].set_value(("people.onnx", model.SerializeToString(), "")).run()
    settled(at, space)
    assert "takes a matrix of 2 columns" in at.error[0].value
    assert not re.search(r"features|decision\\?\]|plan file", at.error[0].value)
    check = next(button for button in at.button if button.label == "Check the model with these columns")
    assert check.proto.type == "primary"
    at.multiselect(key=f"{audit_of(at, space).id}/features").set_value(["a", "b"]).run()
    press(at, "Check the model with these columns")
    assert not settled(at, space).error and plan_of(at, space).decision.features == ("a", "b")


def test_a_file_that_came_while_its_box_was_renewed_is_not_lost_in_silence(space: Workspace) -> None:
    at = opened()
    with WAITING.arriving("me", "test session id", "box") as ticket:
        WAITING.put(ticket, io.BytesIO(b"x"), "model.onnx")
    put(at, space, csv=PEOPLE)
    assert "came while the page was drawn anew" in at.error[0].value and "onnx" in at.error[0].value
    press(at, "Close this message")
    assert not at.error and not at.run().error
