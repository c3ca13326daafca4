"""The Help page: what this machine can do, looked at when somebody asks, by a process of its own."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.cli.doctor import checks
from core.cli.doctor.checks import CHECKS, Machine, examined
from core.cli.doctor.look import MachineLook
from core.jobs import machine as hardware
from core.jobs import sandbox
from core.jobs.machine import DEVICE
from pages.components.help import machine
from tests.pages.test_sentences import long_ones
from tests.pages.whole_app import WAIT_SECONDS, labels, opened, press, said, tables

LOOK, AGAIN = "Look at this machine", "Look again"


def finding(
    check: str, state: str = "ok", says: str = "All is well.", do: str = "", detail: str = ""
) -> dict[str, Any]:
    named = next(each for each in CHECKS if each.name == check)
    kind = {"check": check, "title": named.title, "needed": named.is_needed}
    return {**kind, "state": state, "says": says, "do": do, "detail": detail}


FINDINGS = [
    finding("Python", says="3.12.1 on Linux x86_64."),
    finding("CPU", says="2 cores."),
    finding("Landlock", "missing", "Uploads cannot be kept from your other files.", "Use Linux 5.13 or newer."),
    finding("Disk", says="9 GB are free for runs.", detail="What is kept lies in /home/host/.plumbline."),
    finding("Chromium", "note", "None, so no PDF is made here.", "Install chromium."),
    finding("Port", "note", "8501 is in use.", "Else: another."),
]


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Callable[..., MachineLook]:
    """Has the page look by a command that prints these findings, or runs this code."""

    def use(*findings: dict[str, Any], code: str = "") -> MachineLook:
        said = json.dumps({"checks": findings})
        look = MachineLook([sys.executable, "-S", "-c", code or f"print({said!r})"])
        monkeypatch.setattr(machine, "look", lambda: look)
        return look

    return use


def at_this_machine() -> AppTest:
    at = opened("help")
    at.pills[0].set_value("machine").run()
    assert not at.exception
    return at


def looked(look: MachineLook) -> AppTest:
    """The page once the look that was asked for on it has ended."""
    at = press(at_this_machine(), LOOK)
    assert look.wait(WAIT_SECONDS) is not None
    at.run()
    assert not at.exception
    return at


def test_nothing_is_looked_at_before_somebody_asks(looking: Callable[..., MachineLook]) -> None:
    look = looking(*FINDINGS)
    at = at_this_machine()
    assert [header.value for header in at.header] == ["What this machine can do"] and not at.subheader
    assert LOOK in labels(at) and look.seconds is None and look.answer is None


def test_a_link_leads_to_it_until_another_part_is_chosen(looking: Callable[..., MachineLook]) -> None:
    look = looking(*FINDINGS)
    at = opened("help")
    at.query_params["part"] = "machine"
    at.run()
    assert at.header[0].value == "What this machine can do" and look.seconds is None
    at.pills[0].set_value("verdicts").run()
    assert at.header[0].value == "Verdicts" and "part" not in at.query_params
    at.query_params["part"] = "machine"
    at.run()
    at.text_input[0].set_value("lots").run()
    assert "found for" in at.header[0].value and "part" not in at.query_params


def test_it_says_that_it_is_looking_and_then_what_was_found(
    looking: Callable[..., MachineLook], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "answer")
    look = looking(code=f"print(open({str(tmp_path / 'answer')!r}).read())")
    at = press(at_this_machine(), LOOK)
    assert "Looking at this machine" in at.get("status")[0].label and LOOK not in labels(at)
    (tmp_path / "answer").write_text(json.dumps({"checks": FINDINGS}))
    assert look.wait(WAIT_SECONDS) is not None
    at.run()
    assert at.error[0].value == "An audit cannot run safely here yet\\. First see to\\:\u2060 Files kept apart\\."
    (shown,) = tables(at)
    assert shown["What"][:2] == ["Files kept apart", "Reports as PDF"], "worst first, and the app's own port not at all"
    assert shown["State"] == ["✗ missing", "worth knowing", "✓ fine", "✓ fine", "✓ fine"]
    assert shown["What to do"][:2] == ["Use Linux 5.13 or newer.", "Install chromium."]
    assert "9 GB are free for runs. What is kept lies in /home/host/.plumbline." in shown["Found"]
    assert "Looked at " in said(at) and AGAIN in labels(at)
    later = at_this_machine()
    assert tables(later) == [shown], "another window, or another visit, needs no look of its own"


class TriedMachine(Machine):
    """A machine on which the sandbox was tried, as a trial tells it; its graphics card fails or not."""

    problem: str | None = None

    @property
    def on_cpu(self) -> dict[str, Any]:
        cpu = {"name": "cpu", "is": "x86_64", "rows_a_second": 1000.0, "problem": self.problem}
        kept = {"reads_other_files": False, "reaches_network": False}
        return {"torch": "2.97.1+cu97", "cuda": "97.1", "devices": [cpu], **kept}

    @property
    def on_gpus(self) -> dict[str, Any]:  # type: ignore[override]
        gpu = {"name": "cuda:0", "is": "NVIDIA H200", "rows_a_second": 9000.0, "problem": self.problem}
        return {"devices": [gpu]}


@pytest.mark.parametrize(
    ("landlock", "found_chromium", "problem"),
    [(97, Path("/opt/host/chromium"), None), (None, None, "/opt/host/libcuda.so.97 has version 97.1")],
    ids=["all well", "much missing"],
)
def test_a_visitor_of_a_shared_app_reads_no_path_and_no_version_of_the_host(
    looking: Callable[..., MachineLook],
    monkeypatch: pytest.MonkeyPatch,
    landlock: int | None,
    found_chromium: Path | None,
    problem: str | None,
) -> None:
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    monkeypatch.delenv(DEVICE, raising=False)
    monkeypatch.setattr(sandbox, "_landlock_abi", lambda: landlock)
    monkeypatch.setattr(checks, "chromium", lambda: found_chromium)
    monkeypatch.setattr(hardware, "has_gpu", lambda: True)
    monkeypatch.setattr(TriedMachine, "problem", problem)
    tried = TriedMachine()
    findings = {each.name: asdict(examined(each, tried)) for each in CHECKS}
    assert "97" in json.dumps(findings["PyTorch"]) + json.dumps(findings["Landlock"]), "the host is told versions"
    at = looked(looking(*(finding(name, **each) for name, each in findings.items())))
    (shown,) = tables(at)
    assert list(shown) == ["What", "State", "Found"]
    assert sorted(shown["What"]) == sorted(each.title for each in CHECKS if each.name in machine._FOR_VISITORS)
    assert sorted(shown["Found"]) == sorted(findings[name]["says"] for name in machine._FOR_VISITORS)
    everything = f"{shown} {said(at)}"
    assert ("cannot run safely here yet." in everything) is (landlock is None)
    assert "ask plumbline doctor" in everything.replace("`", "")
    named = re.findall(r"97|version|\d+\.\d+\.\d+|(?<![\w<])/\w+|Install|nvidia-smi|Linux", everything)
    assert named == [], "paths, versions and what to do are the host's"
    assert AGAIN not in labels(at), "thirty visitors are not to have thirty looks"
    monkeypatch.setattr(machine, "_STANDS_SECONDS", -1.0)
    assert AGAIN in labels(at.run())


def test_words_of_the_system_are_the_text_they_are(looking: Callable[..., MachineLook]) -> None:
    at = looked(looking(finding("GPU", "note", "cuda:0 (<b>x</b>) failed.", "[a](b)", "The reason: <script>")))
    (shown,) = tables(at)
    assert shown["Found"] == ["cuda:0 (<b>x</b>) failed. The reason: <script>"] and shown["What to do"] == ["[a](b)"]


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(2)",
        "print('{')",
        "print('{\"checks\": []}')",
        'print(\'{"checks": [{"check": 1}]}\')',
        "print(1)",
    ],
)
def test_checks_that_give_no_answer_say_what_to_do(
    looking: Callable[..., MachineLook], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    at = looked(looking(code=code))
    assert at.error[0].value.startswith("The checks ended without an answer. Run `plumbline doctor` in a terminal")
    assert AGAIN in labels(at)


@pytest.mark.jobs
@pytest.mark.process
def test_what_the_command_finds_stands_on_the_page_in_short_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    look = MachineLook()
    monkeypatch.setattr(machine, "look", lambda: look)
    at = looked(look)
    can = sandbox.available()
    assert bool(at.success) is (can.landlock is not None and can.seccomp)
    (shown,) = tables(at)
    assert sorted(shown["What"]) == sorted(check.title for check in CHECKS if check.name != "Port")
    assert "rows a second inside the sandbox" in shown["Found"][shown["What"].index("Processor")]
    assert long_ones(at) == []


def test_visitors_are_told_of_checks_that_there_are() -> None:
    assert {*machine._FOR_VISITORS, *machine._NOT_HERE} < {check.name for check in CHECKS}
