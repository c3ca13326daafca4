"""`--device`: it stands above the setting, reaches the job, and is refused where it is none."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.jobs.machine import DEVICE


@pytest.mark.jobs
@pytest.mark.apart
def test_the_option_stands_above_the_setting_and_reaches_the_sandbox(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")
    plan = str(root / "core" / "samples" / "loans.toml")
    assert main(["audit", plan, "--device", "cuda:99", "--out", str(tmp_path)]) == 0
    said = [warning["text"] for warning in json.loads((tmp_path / "result.json").read_text())["warnings"]]
    assert any(text.startswith("The model ran on the CPU, because the GPU (cuda:99) failed: ") for text in said)


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cpu\n", "meta"])
def test_what_is_no_device_is_refused_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["audit", "plan.toml", "--device", name])
    assert ended.value.code == 2
    assert "is no device; give cpu, cuda, or cuda:1" in capsys.readouterr().err


def test_an_app_whose_setting_is_no_device_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DEVICE, "gpu")
    assert main(["app"]) == 2
    assert "names no device" in capsys.readouterr().err
