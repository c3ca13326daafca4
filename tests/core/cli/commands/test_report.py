"""`plumbline report` and `plumbline audit --report`: the files, and what is said where there can be none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.cli import main
from core.jobs import run_one
from core.jobs.run_one import JobDone
from core.plan.parts import READERS
from core.record.registers import BiasScenario, Registers
from core.report.documents.json import audit_texts
from tests.worlds.people import csv_text, plan_of
from tests.worlds.records import decided


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A folder of results."""
    for name, text in audit_texts(decided()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "record.json"


def written(record: Path, *options: str) -> str:
    out = record.parent / "report.html"
    assert main(["report", str(record), "--out", str(out), *options]) == 0
    return out.read_text(encoding="utf-8")


def refused(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    capsys.readouterr()
    assert main(["report", *command]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    return said.err


def png(size: tuple[int, int] = (40, 20)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, "PNG")
    return file.getvalue()


def test_it_is_for_whom_it_is_asked(record: Path) -> None:
    """Each reader by what only theirs says."""
    only = dict(zip(READERS, ("Scope and limits", "Four-fifths, with significance", "Every comparison"), strict=True))
    for reader in READERS:
        page = written(record, "--reader", reader)
        assert [name for name, words in only.items() if words in page] == [reader]
    page = written(record, "--reader", "annex", "--reader", "decision")
    assert page.index("Scope and limits") < page.index("Every comparison") and page.count("<h1>") == 1
    assert "Scope and limits" in written(record.parent), "a folder of results is as good"


def test_it_is_named_after_audit_and_day(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record.parent)
    assert main(["report", "record.json"]) == 0
    assert (record.parent / "t-csv-2026-11-21.html").is_file()
    assert main(["report", "record.json", "--reader", "annex", "--reader", "decision", "--hide-small"]) == 0
    assert (record.parent / "t-csv-2026-11-21-one-page-annex-hidden.html").is_file(), "not to be taken for the other"


@pytest.mark.parametrize(
    ("ending", "begins"),
    [("docx", b"PK"), ("xlsx", b"PK"), ("md", b"# Model card: t"), ("svg", b"<svg"), ("png", b"\x89PNG")],
)
def test_the_ending_says_as_what_it_is_written(record: Path, ending: str, begins: bytes) -> None:
    out = record.parent / f"report.{ending}"
    assert main(["report", str(record), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(begins)


def test_a_pdf_needs_a_chromium_and_that_is_said(
    record: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(record.parent))
    out = record.parent / "report.pdf"
    assert "Open the web page and print this page" in refused(capsys, str(record), "--out", str(out))
    assert not out.exists()


def test_small_numbers_are_hidden_where_that_is_asked(tmp_path: Path) -> None:
    shown = decided({"a": (30, 20, 10, 40), "b": (20, 20, 20, 21), "c": (1, 0, 1, 1)})
    for name, text in audit_texts(shown).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    record = tmp_path / "record.json"
    assert ">81<" in written(record, "--reader", "policy")
    page = written(record, "--reader", "policy", "--hide-small")
    assert ">81<" not in page and ">hidden<" in page


def test_registers_beside_a_record_are_printed(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = record.parent / "registers.json"
    assert "What could go wrong" not in written(record, "--reader", "policy").replace("; What could go wrong", "")
    written_down = Registers((BiasScenario("people of <b>", "turned down", owner="Ana"),))
    beside.write_text(json.dumps(written_down.to_json()), encoding="utf-8")
    page = written(record, "--reader", "policy")
    assert "<h2>What could go wrong</h2>" in page and "people of &lt;b&gt;" in page and "Ana" in page
    beside.write_text("[1]", encoding="utf-8")
    assert "holds no registers" in refused(capsys, str(record), "--out", str(record.parent / "r.html"))


def test_a_logo_is_written_anew(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logo = record.parent / "logo.png"
    logo.write_bytes(png((1_000, 500)) + b"<script>alert(1)</script>")
    page = written(record, "--logo", str(logo))
    assert page.count("data:image/png;base64,") == 1 and "<img" not in written(record)
    for content, message in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG or JPEG picture"),
        (png()[:40], "cannot be read as a picture"),
        (png((5_000, 10)), "over 4,000 pixels"),
        (png() + b"\0" * 1_000_000, "it may have 1,000,000"),
    ):
        logo.write_bytes(content)
        assert message in refused(capsys, str(record), "--logo", str(logo))


def test_what_a_logo_job_left_is_not_believed(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "logo.png").symlink_to(tmp_path / "secret.png")

    @contextmanager
    def hostile(*_: object) -> Iterator[JobDone]:
        yield JobDone(tmp_path / "out", {})

    monkeypatch.setattr(run_one, "job_done", hostile)
    asked = (str(record), "--logo", str(tmp_path / "secret.png"), "--out", str(tmp_path / "report.html"))
    assert "logo.png was refused" in refused(capsys, *asked)


def test_a_records_logo_lies_beside_it(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def naming(logo: str) -> Path:
        document = json.loads(audit_texts(decided())["record.json"])
        document["plan"] += f'\n[report]\nlogo = "{logo}"\n'
        record.write_text(json.dumps(document), encoding="utf-8")
        return record

    (record.parent / "own.png").write_bytes(png())
    assert "data:image/png" in written(naming("own.png"))
    assert "outside its folder" in refused(capsys, str(naming("../own.png")))


@pytest.mark.parametrize(
    ("name", "message"),
    [("report.pages", 'no report format named "pages"; known are html'), ("report", 'no report format named "report"')],
)
def test_another_kind_of_file_is_answered_with_those_there_are(
    record: Path, capsys: pytest.CaptureFixture[str], name: str, message: str
) -> None:
    assert message in refused(capsys, str(record), "--out", str(record.parent / name))


def test_what_is_no_record_is_refused(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is a result, without the counts" in refused(capsys, str(record.parent / "result.json"))
    assert "cannot be read" in refused(capsys, str(record.parent / "nothing.json"))


@pytest.mark.jobs
def test_an_audit_writes_its_report_beside_its_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text(csv_text(("g", "p"), [("ab"[i % 2], i % 3 % 2) for i in range(120)]))
    plan, out = tmp_path / "plan.toml", tmp_path / "out"
    plan.write_text(f'{plan_of().to_toml()}\n[report]\nauthor = "A. Smith"\nreaders = ["decision", "annex"]\n')
    assert main(["audit", str(plan), "--out", str(out), "--report", "html"]) == 0
    (page,) = out.glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "A. Smith" in text and "Every comparison" in text and page.name in capsys.readouterr().out
    plan.write_text(f'{plan_of().to_toml()}\n[report]\nsections = ["nothing"]\n')
    assert main(["audit", str(plan), "--out", str(tmp_path / "none")]) == 2
    assert 'no report section named "nothing"' in capsys.readouterr().err and not (tmp_path / "none").exists()
    assert main(["audit", str(plan_file(tmp_path)), "--out", str(tmp_path / "none"), "--report", "doc"]) == 2
    assert 'no report format named "doc"; known are' in capsys.readouterr().err


def plan_file(folder: Path) -> Path:
    path = folder / "plain.toml"
    path.write_text(plan_of().to_toml())
    return path
