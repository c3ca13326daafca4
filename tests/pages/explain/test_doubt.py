"""The Explain page and the command where a check speaks against the picture: the doubt comes first, and stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.cli import main
from core.counts.counts import Groups
from core.data.profile import Profile
from core.explain.explanation import Explanation
from core.explain.groups.attribution import Attribution
from core.explain.person import Person, PersonSide
from core.explain.sanity_checks.check import Check
from core.store.workspace import Workspace
from pages.components.explain import found as explain_found
from tests.core.report.documents.test_attribution import explanation
from tests.pages.whole_app import kept, opened, said
from tests.worlds.records import scored

PASSED = Check("completeness", "passed", "it adds up", 0.001, 0.05)
FAILED = Check("randomisation", "failed", "scrambled weights give much the same picture", 0.9, 0.5)
ROWS = 60


def explained(*checks: Check) -> Explanation:
    """In group b debt weighs against everybody, in group a nothing much does."""
    draw = np.random.default_rng(1).normal(0, 0.01, (2 * ROWS, 2))
    cells = np.arange(2 * ROWS) % 2
    draw[:, 1] -= 0.2 * cells
    groups = Groups(("g",), (("a", "b"),), ((0,), (1,)))
    before = Attribution.of(groups, ("job", "debt"), cells, cells == 0, draw)
    return replace(explanation(False), plan=scored().plan, before=before, checks=checks)


def page(space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch, found: Explanation) -> AppTest:
    """The page of an audit with this explanation."""
    monkeypatch.setattr(explain_found, "load", lambda audit_id: found)
    return opened("explain", kept(space, home, scored()))


def bold(at: AppTest) -> list[str]:
    return [str(text.value) for text in at.markdown if str(text.value).startswith("**") and "“" in str(text.value)]


def places(at: AppTest, *words: str) -> list[int]:
    """Where on the page each of these is said, counted in elements from the top."""
    shown = [str(getattr(element, "value", "")).replace("\\", "") for element in at.main]
    return [next(i for i, text in enumerate(shown) if word in text) for word in words]


def test_a_failed_check_stands_above_the_sentences_and_none_of_them_is_sure(
    space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page(space, home, monkeypatch, explained(PASSED, FAILED))
    assert not bold(at)
    assert "In doubt: what sets people whose g is b" in said(at) and "In doubt: in the scores of" in said(at)
    warned, apart, relied = places(at, "Do not rely on this picture", "apart from", "relies most on")
    assert warned < apart < relied


def test_a_picture_that_passed_is_said_in_bold_and_first(
    space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page(space, home, monkeypatch, explained(PASSED))
    assert "What sets people whose g is b" in bold(at)[0].replace("\u2060", "")
    assert "In doubt" not in said(at) and "Do not rely" not in said(at)


def test_one_persons_reasons_are_in_doubt_where_the_way_of_explaining_is(
    space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = PersonSide(0.4, False, 0.5, (0.01, -0.2), None, ())
    profile = Profile("t.csv", "0" * 64, "CSV", 2 * ROWS, ())
    monkeypatch.setattr(space, "profile", lambda audit_id: profile)
    monkeypatch.setattr(space, "person", lambda audit_id: Person(0, {"g": "b"}, ("job", "debt"), ("", "3"), (side,)))
    doubt = "the reasons below are in doubt"
    assert doubt in said(page(space, home, monkeypatch, explained(PASSED, FAILED)))
    assert doubt not in said(page(space, home, monkeypatch, explained(PASSED)))


def test_the_command_says_which_check_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("t.csv", "m.onnx"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "plan.toml").write_text(scored().plan.to_toml())
    profile = Profile("t.csv", "0" * 64, "CSV", 2 * ROWS, ())
    found = (explained(PASSED, FAILED), profile)
    monkeypatch.setattr("core.explain.api.explain_isolated", lambda *asked, **options: found)
    assert main(["explain", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "out")]) == 0
    assert f"Do not rely on it. A check failed: {FAILED.reason}" in capsys.readouterr().out
