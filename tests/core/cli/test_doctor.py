"""`plumbline doctor`: a line for each check, what is missing by name, and 1 where no audit can run safely."""

import json
import socket
from typing import Any

import pytest

from core.cli import main
from core.cli.doctor.checks import CHECKS, Machine, MachineCheck, examined
from core.jobs import sandbox
from core.jobs.machine import DEVICE

pytestmark = pytest.mark.jobs


def found(capsys: pytest.CaptureFixture[str], expected: int) -> dict[str, Any]:
    assert main(["doctor", "--json"]) == expected
    said = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in said["checks"]] == [check.name for check in CHECKS]
    return {each["check"]: each for each in said["checks"]} | {"safe": said["safe"]}


@pytest.mark.process
def test_it_says_what_this_machine_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    can = sandbox.available()
    is_safe = can.landlock is not None and can.seccomp
    assert main(["doctor"]) == (0 if is_safe else 1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CHECKS) + 2
    assert "rows a second inside the sandbox" in next(line for line in lines if " CPU " in line)
    assert lines[-1].startswith("An audit can run safely here." if is_safe else "An audit cannot run safely here yet.")


def test_what_is_optional_and_missing_is_no_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no Chromium in it
    monkeypatch.setenv(DEVICE, "cuda:99")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr("core.cli.doctor.checks.DEFAULT_PORT", taken.getsockname()[1])
        said = found(capsys, 0)
    assert said["Chromium"]["state"] == said["Port"]["state"] == said["GPU"]["state"] == "note"
    assert "--port" in said["Port"]["do"]
    assert said["safe"]


def test_a_lack_that_makes_an_audit_unsafe_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_landlock_abi", lambda: None)  # as on a system without it
    monkeypatch.setenv(DEVICE, "gpu")
    said = found(capsys, 1)
    assert said["Landlock"]["state"] == said["Device"]["state"] == "missing"
    assert "Linux 5.13" in said["Landlock"]["do"]
    assert not said["safe"]


def test_a_folder_that_cannot_be_written_is_missing_disk(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", "/proc/nowhere")
    said = found(capsys, 1)
    assert said["Disk"]["state"] == "missing"
    assert [name for name, each in said.items() if name != "safe" and each["state"] == "missing"] == ["Disk"]


@pytest.mark.parametrize(("is_needed", "state"), [(True, "missing"), (False, "note")])
def test_a_check_that_fails_itself_says_so_in_one_line(is_needed: bool, state: str) -> None:
    def crashes(machine: Machine) -> Any:
        raise ValueError("a\nb\x1b[31m")

    finding = examined(MachineCheck("This", "That", crashes, is_needed), Machine())
    assert finding.state == state
    assert finding.in_full == "This could not be looked at. The reason: a b[31m"


@pytest.mark.process
def test_no_trial_means_no_safe_audit_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.cli.doctor.checks.TRIAL_SECONDS", 0.01)
    said = found(capsys, 1)
    assert {name for name in said if name != "safe" and said[name]["state"] == "missing"} >= {"PyTorch", "CPU"}
    assert said["Memory"]["state"] in ("ok", "note")
