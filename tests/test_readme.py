"""The README's commands and claims are the project's own."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from core.plan.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def command(name: str) -> str:
    """The one command under the mark `<!-- name -->`."""
    blocks = re.findall(rf"<!-- {name} -->\n```sh\n(.+)\n```\n", README)
    assert len(blocks) == 1
    return blocks[0]


@pytest.mark.parametrize(
    ("name", "install", "ending"),
    [
        ("app", "--editable .", ".venv/bin/plumbline app"),
        ("tests", '--editable ".[test]"', ".venv/bin/pytest -n 2"),
    ],
)
def test_each_command_does_its_own_set_up(name: str, install: str, ending: str) -> None:
    make, fill, run = command(name).split(" && ")
    assert make == "python3 -m venv .venv"
    assert install in fill
    assert run == ending


def test_both_commands_stand_on_the_first_screen() -> None:
    assert README.index(command("tests")) < README.index("\n## ")


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    extraction = re.search(r"^tests=\$\((.+)\)$", script, re.MULTILINE)
    assert extraction
    assert re.search(r'^step .*bash -euc "\$tests"$', script, re.MULTILINE)
    said = subprocess.run(
        ["bash", "-c", extraction[1]], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.strip() == command("tests")


def test_it_names_the_torch_that_is_pinned() -> None:
    pinned = next(need for need in PROJECT["project"]["dependencies"] if need.startswith("torch"))
    assert pinned in README
    assert f"FROM pytorch/pytorch:{pinned.removeprefix('torch==')}-" in (ROOT / "Dockerfile").read_text()


def test_it_is_short_and_its_lines_wrap() -> None:
    lines = README.splitlines()
    assert len(lines) <= 200
    code = re.findall(r"```.+?```", README, re.DOTALL)
    prose = [line for line in lines if not line.startswith("|") and not any(line in block for block in code)]
    assert max(map(len, prose)) <= 100


def test_its_plan_is_one() -> None:
    (plan,) = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)
    assert Plan.from_toml(plan).groups.sensitive == ("gender", "age")


def test_it_leads_to_files_that_are_there() -> None:
    for page in (ROOT / "README.md", *(ROOT / name for name in re.findall(r"\]\((\S+\.md)\)", README))):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("https://"):
                assert (page.parent / target).is_file(), f"{page.name}: {target}"


def test_its_rooms_are_those_of_the_import_contract_in_order() -> None:
    (layers,) = (each["layers"] for each in PROJECT["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    rooms = [room.strip() for layer in layers for room in layer.split("|")]
    named = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert named == rooms


def test_the_top_level_is_fixed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    top = {path.split("/")[0] for path in listed.stdout.splitlines()}
    allowed = {"streamlit_app.py", "pyproject.toml", "README.md", "pages", "core", "tests", "Dockerfile", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= allowed | {"CHANGELOG.md"}
