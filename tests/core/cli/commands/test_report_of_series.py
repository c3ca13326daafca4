"""`plumbline report` of an audit that `plumbline monitor` keeps tells its series."""

import json
from pathlib import Path

import pytest

from core.cli import main
from tests.worlds.loan_files import put_loans

pytestmark = pytest.mark.jobs


def test_the_report_of_one_of_its_audits_tells_the_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, page = put_loans(tmp_path, 160, 158, 162, 161, 40), tmp_path / "report.html"
    monitored = ["monitor", str(folder / "plan.toml"), "--data", str(folder / "loans-*.csv")]
    assert main([*monitored, "--out", str(folder / "out")]) == 1
    sentence = json.loads((folder / "out" / "series.json").read_text())["sentence"]
    audits = sorted((folder / "out" / "audits").iterdir())

    def reported(record: Path) -> str:
        assert main(["report", str(record), "--reader", "policy", "--out", str(page)]) == 0
        return page.read_text(encoding="utf-8")

    assert sentence in reported(audits[0])
    assert "This report is about " in reported(audits[-1] / "record.json")
    alone = audits[0].rename(folder / "alone")
    assert sentence not in reported(alone)
    (folder / "out" / "series.json").write_text("[]")
    assert main(["report", str(audits[1]), "--out", str(page)]) == 2
    assert "series.json is no series. Remove it and run plumbline monitor again" in capsys.readouterr().err
