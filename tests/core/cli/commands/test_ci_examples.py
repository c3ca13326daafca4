"""The examples for CI in core/cli/README.md run as they stand, by what is installed here."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from core.cli import main
from core.samples import SAMPLES

pytestmark = pytest.mark.jobs
ROOT = Path(__file__).resolve().parents[4]
TEXT = (ROOT / "core" / "cli" / "README.md").read_text(encoding="utf-8")


def example(title: str) -> dict[Any, Any]:
    """The one example under this heading."""
    (found,) = re.findall(rf"^### {title}\n\n```yaml\n(.+?)^```", TEXT, re.DOTALL | re.MULTILINE)
    read: dict[Any, Any] = yaml.safe_load(found)
    return read


def github_steps() -> list[str]:
    return [step["run"] for step in example("GitHub Actions")["jobs"]["gate"]["steps"] if "run" in step]


def gitlab_steps() -> list[str]:
    found = example("GitLab CI")["fairness"]
    return [*found["before_script"], *found["script"]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a plan, the signed audit, its model beside it, and this installation as its own."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "fairness").mkdir()
    for path in (SAMPLES["loans"].table, SAMPLES["loans"].model):
        assert path is not None
        (folder / "fairness" / path.name).write_bytes(path.read_bytes())
    plan = folder / "fairness" / "plan.toml"
    plan.write_text(SAMPLES["loans"].plan.read_text())
    assert main(["audit", str(plan), "--out", str(folder / "fairness" / "signed")]) == 0
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    return folder


def ran(steps: list[str], folder: Path) -> list[int]:
    """The exit code of each step, as a runner runs them: by bash, which stops at the first error in a step."""
    around = os.environ | {"GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "PLUMBLINE_HOME": str(folder / "home")}
    around.pop("PLUMBLINE_LEDGER", None)
    for name in ("gate.xml", "gate.md", "summary.md"):
        (folder / name).unlink(missing_ok=True)
    return [
        subprocess.run(["bash", "-eo", "pipefail", "-c", step], cwd=folder, env=around, timeout=600).returncode
        for step in steps
    ]


def own(steps: list[str]) -> list[str]:
    """The steps that do not fetch or install."""
    assert [step for step in steps if "pip install" in step] == [
        "python3 -m venv .venv && .venv/bin/pip install --quiet --editable ./plumbline"
    ]
    return [step for step in steps if not re.search(r"pip install|git clone", step)]


def test_the_steps_pass_and_fail_as_they_should(checkout: Path) -> None:
    steps = own(github_steps())
    assert len(steps) == 2
    plan = checkout / "fairness" / "plan.toml"
    asked = plan.read_text()
    assert ran(steps, checkout) == [0, 0]
    assert (checkout / "gate.md").read_text().startswith("### Fairness gate: PASSED")
    try:
        plan.write_text(asked + '\n[policy]\nlimits = [{measure = "disparate_impact", least = 0.99}]\n')
        assert ran(steps, checkout) == [1, 0]
        assert len(etree.parse(checkout / "gate.xml").findall(".//failure")) >= 1
        assert (checkout / "summary.md").read_text() == (checkout / "gate.md").read_text()
        plan.write_text("broken")
        assert ran(steps, checkout) == [2, 0] and not (checkout / "gate.xml").exists()
    finally:
        plan.write_text(asked)


def test_both_gate_by_the_same_command() -> None:
    """Word by word, as a shell reads it: what passes and fails above does so in GitLab's."""
    gate, _ = own(github_steps())
    (script,) = own(gitlab_steps())
    assert "$" not in gate and shlex.split(script) == shlex.split(gate.replace("\\\n", ""))


def test_what_they_upload_is_what_the_steps_write() -> None:
    assert example("GitLab CI")["fairness"]["artifacts"]["reports"]["junit"] == "gate.xml"
    uploads = [
        step["with"]["path"] for step in example("GitHub Actions")["jobs"]["gate"]["steps"] if "upload" in str(step)
    ]
    assert uploads == ["gate.*"]
    assert all(
        "gate.xml" in " ".join(steps()) and "gate.md" in " ".join(steps()) for steps in (github_steps, gitlab_steps)
    )
