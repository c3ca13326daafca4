"""`plumbline monitor` tells an alarm to whom the plan names and the operator allows: once, after a failure too."""

from pathlib import Path

import pytest

from core.cli import main
from tests.worlds.loan_files import put_loans
from tests.worlds.receivers import TOKEN, web_server

pytestmark = pytest.mark.jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three quiet months, and one in which far fewer women are approved."""
    return put_loans(tmp_path, 160, 158, 162, 80, more='[monitor]\nwebhook = "ops"\n')


def monitored(folder: Path, data: str = "loans-*.csv") -> int:
    return main(["monitor", str(folder / "plan.toml"), "--data", str(folder / data), "--out", str(folder / "out")])


def test_an_alarm_is_told_once_though_the_first_try_failed_and_the_command_runs_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(None) as receiver:
        receiver.statuses = [404]
        monkeypatch.setenv("PLUMBLINE_WEBHOOKS", f"ops=http://127.0.0.1:{receiver.port}{TOKEN}")
        assert monitored(folder, "loans-2026-0[1-3].csv") == 0 and receiver.bodies == []
        assert monitored(folder) == 1
        said = capsys.readouterr()
        assert 'The webhook "ops" (127.0.0.1) answers 404. The alarm waits; the next run tells it.' in said.err
        assert [monitored(folder) for _ in range(2)] == [1, 1]
        said = capsys.readouterr()
        assert said.out.count("Told ops of the alarm for 2026-04.") == 1
    first, second = receiver.bodies
    assert first == second and len(set(receiver.keys)) == 1, "the second is the same, told again after the failure"
    assert first["name"] == "Loans" and first["period"] == "2026-04" and first["gap"]["group"] == {"sex": "F"}
    assert first["sentence"].startswith("Since April 2026 the gap") and first["numbers"]["value"] == pytest.approx(
        (80 - 180) / 400
    )
    kept = "".join(path.read_text() for path in (folder / "out").rglob("*") if path.is_file())
    assert "t0ken" not in kept + said.out + said.err


def test_alarms_that_cannot_be_kept_are_said_and_hide_no_alarm(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_WEBHOOKS", "ops=https://hooks.example.org/")
    (folder / "out").mkdir()
    (folder / "out" / "alerts").touch()
    assert monitored(folder) == 1
    said = capsys.readouterr()
    assert f"{folder / 'out'} cannot be written (File exists)" in said.err and said.err.count("\n") == 1
    assert "Since April 2026 the gap between women and men has grown" in said.out


def test_a_webhook_that_the_operator_did_not_name_is_refused_before_anything_is_audited(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLUMBLINE_WEBHOOKS", raising=False)
    assert monitored(folder) == 2 and not (folder / "out").exists()
    assert 'webhook "ops" is not in the setting PLUMBLINE_WEBHOOKS' in capsys.readouterr().err
