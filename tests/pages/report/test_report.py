"""The Report page: whom it is for, what stands in it, and the file, in two clicks from a finished audit."""

import io
from base64 import b64decode
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.errors import DataError
from core.jobs import printing
from core.plan.parts import READERS, ReportPlan
from core.plan.plan import Plan
from core.report.documents.formats import REPORT_FORMATS
from core.report.sections import SECTIONS, sections_for
from core.store.workspace import Workspace
from tests.pages.whole_app import ME, kept, opened, said, widget
from tests.worlds.records import HOSTILE, decided

pytestmark = pytest.mark.jobs


def preview(at: AppTest) -> str:
    """The file that the page shows."""
    (frame,) = at.get("iframe")
    head, _, content = frame.proto.src.partition(",")
    assert head == "data:text/html;base64", "an origin of its own, which reaches nothing of the app"
    return b64decode(content).decode()


def plan_kept(space: Workspace, audit_id: str) -> ReportPlan:
    plan = space.get(audit_id).plan
    assert plan is not None
    return Plan.from_toml(plan).report


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, "PNG")
    return file.getvalue()


def test_without_an_audit_it_leads_to_one() -> None:
    assert "No audit is open" in said(opened("report"))


def test_a_finished_audit_is_one_page_to_take_away(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    page = preview(at)
    assert "Scope and limits" in page and "Every comparison" not in page
    files = [button.proto.label for button in at.get("download_button")]
    assert files[0] == f"Download: {next(iter(REPORT_FORMATS.values())).title}"


def test_small_numbers_are_hidden_at_a_click_and_that_is_kept(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided({"a": (30, 20, 10, 40), "b": (20, 20, 20, 21), "c": (1, 0, 1, 1)}))
    at = opened("report", audit_id)
    widget(at, "button_group", "report/readers").set_value(["policy"]).run()
    assert ">81<" in preview(at)
    widget(at, "checkbox", "report/hide_small").check().run()
    assert not at.exception and plan_kept(space, audit_id).hide_small
    assert "Larger groups are hidden too" in said(at)
    for page in (preview(at), preview(opened("report", audit_id))):
        assert ">81<" not in page and ">hidden<" in page


def test_each_kind_of_file_is_offered_or_what_to_do_instead(
    space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_id = kept(space, home, decided())

    def offered() -> list[str]:
        at = opened("report", audit_id)
        assert ("print this page" in said(at)) is not any("PDF" in label for label in labels_of(at))
        return labels_of(at)

    monkeypatch.setattr(printing, "chromium", lambda: "/usr/bin/chromium")
    assert offered()[: len(REPORT_FORMATS)] == [f"Download: {kind.title}" for kind in REPORT_FORMATS.values()]
    monkeypatch.setattr(printing, "chromium", lambda: None)
    assert "Download: PDF" not in offered()


def labels_of(at: AppTest) -> list[str]:
    return [button.proto.label for button in at.get("download_button")]


def test_readers_and_sections_are_chosen_and_kept_in_the_plan(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    before = space.record(audit_id)
    at = opened("report", audit_id)
    widget(at, "button_group", "report/readers").set_value(["decision", "policy"]).run()
    widget(at, "checkbox", "report/section/grid").uncheck().run()
    widget(at, "text_input", "report/author").set_value("A. Smith").run()
    widget(at, "date_input", "report/valid_until").set_value(date(2027, 11, 30)).run()
    assert not at.exception
    asked = plan_kept(space, audit_id)
    assert (asked.readers, asked.author, asked.valid_until) == (("decision", "policy"), "A. Smith", date(2027, 11, 30))
    assert asked.sections == tuple(name for name in SECTIONS if name != "grid")
    again = opened("report", audit_id)
    for page in (preview(at), preview(again)):
        assert "Four-fifths, with significance" in page and "Every measure, by every column" not in page
        assert "A. Smith" in page and "30 November 2027" in page
    record = space.record(audit_id)
    assert before is not None and record is not None
    assert record.digest == before.digest, "what ran stays as it is"


def test_every_reader_is_offered_with_its_sections(space: Workspace, home: Path) -> None:
    at = opened("report", kept(space, home, decided()))
    widget(at, "button_group", "report/readers").set_value(list(READERS)).run()
    offered = [str(box.key).rpartition("/")[2] for box in at.checkbox if "/section/" in str(box.key)]
    assert offered == sections_for(READERS)


def test_names_out_of_the_data_are_text(space: Workspace, home: Path) -> None:
    record = decided({HOSTILE: (40, 20, 10, 30), "b": (10, 5, 25, 60)})
    at = opened("report", kept(space, home, record))
    widget(at, "text_input", "report/title").set_value(HOSTILE).run()
    assert not at.exception
    page = preview(at)
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page


def test_a_logo_is_read_in_a_job_and_kept_as_it_was_written_anew(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    space.report_files.put_logo(audit_id, io.BytesIO(png() + b"<script>"))
    kept_logo = space.report_files.logo(audit_id)
    assert kept_logo is not None and b"script" not in kept_logo
    at = opened("report", audit_id)
    assert preview(at).count("data:image/png;base64,") == 1
    assert plan_kept(space, audit_id).logo == "logo.png"
    with pytest.raises(DataError, match="no PNG or JPEG"):
        space.report_files.put_logo(audit_id, io.BytesIO(b"<svg/>"))
    assert space.report_files.logo(audit_id) == kept_logo, "what cannot be read takes nothing away"
    next(button for button in at.button if button.label == "Remove the logo").click().run()
    assert space.report_files.logo(audit_id) is None and "data:image/png" not in preview(at)
    assert not list((home / "audits" / audit_id).glob("*.part"))


def test_it_is_a_step_once_a_report_was_taken_away(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    assert not space.report_files.is_taken(audit_id)
    space.report_files.take(audit_id)
    (style,) = (box.proto.body for box in opened("report", audit_id).get("html") if "NavLink" in box.proto.body)
    assert "[label=Report] p::before" in style.rpartition("}\n")[2]


def test_it_says_what_a_fix_did(space: Workspace, home: Path) -> None:
    from tests.core.report.sections.test_sections import FIX

    audit_id = kept(space, home, decided())
    child = space.new(ME)
    space.audits.save(replace(space.get(audit_id), owner=ME))
    space.audits.save(replace(child, original=audit_id, fix=FIX.to_text()))
    assert FIX.said in preview(opened("report", audit_id))
