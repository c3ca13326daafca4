"""The Data page before there is a table: what it says, and the samples."""

import pytest

from core.report.glossary.pictures.samples import of_sample
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.on_data_page import audit_of, opened, press, said
from tests.pages.whole_app import alone
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs


def test_opened_alone_it_begins_with_the_question_and_a_sample() -> None:
    at = alone("data")
    assert at.title[0].value == "Is your model treating people alike?"
    assert at.button[0].label == "Try a sample: loans"
    assert "never rows" in said(at) and "24 hours" in said(at)


def test_each_sample_has_a_card_with_a_picture_that_says_in_words_what_it_shows() -> None:
    at = alone("data")
    drawn = "".join(html.proto.body for html in at.get("html"))
    for name, sample in SAMPLES.items():
        assert f'alt="{of_sample(name).alt}"' in drawn
        assert sample.title in said(at) and sample.about in said(at)
        assert f"Try a sample: {name}" in [button.label for button in at.button]


def test_the_sample_starts_at_once_and_leads_to_the_audit_page(space: Workspace) -> None:
    with holding_jobs():
        at = press(opened(), "Try a sample: loans")
        audit = audit_of(at, space)
        assert (audit.sample, audit.stage) == ("loans", "audit")
        assert not at.title or at.title[0].value != "Is your model treating people alike?"
        space.cancel(audit.id)
