"""A stranger's plan under `--inside` reads nothing outside its folder, and writes through no link."""

from pathlib import Path

import pytest

from core.cli import main
from core.samples import SAMPLES

SECRET = "ssn,123-45-6789"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with a secret beside it, and links that lead there."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (tmp_path / "secret.csv").write_text(SECRET)
    (checkout / "linked.csv").symlink_to(tmp_path / "secret.csv")
    (checkout / "door").symlink_to(tmp_path)
    (checkout / "loop.csv").symlink_to(checkout / "loop.csv")
    for path in (SAMPLES["loans"].table, SAMPLES["loans"].model):
        assert path is not None
        (checkout / path.name).write_bytes(path.read_bytes())
    (checkout / "plan.toml").write_text(SAMPLES["loans"].plan.read_text())
    return checkout


def refused(folder: Path, capsys: pytest.CaptureFixture[str], command: str = "audit", *options: str) -> str:
    """The one line of a command that reads nothing of the secret and writes nothing."""
    before = sorted(folder.parent.rglob("*"))
    more = ["--with", "thresholds"] if command == "mitigate" else []
    code = main([command, str(folder / "plan.toml"), "--inside", "--out", str(folder / "out"), *more, *options])
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "123" not in said.err
    assert sorted(folder.parent.rglob("*")) == before
    return said.err


def edited(folder: Path, old: str, new: str) -> None:
    text = (folder / "plan.toml").read_text()
    assert old in text
    (folder / "plan.toml").write_text(text.replace(old, new))


OUTSIDE = ["../secret.csv", "linked.csv", "door/secret.csv", "loop.csv", "/etc/passwd", "door/checkout/../secret.csv"]


@pytest.mark.parametrize("command", ["audit", "mitigate", "explain"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_table_outside_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], command: str, name: str) -> None:
    edited(folder, "loans.csv", name)
    assert f'[data] file "{name}" leads out of the plan\'s folder' in refused(folder, capsys, command)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("[decision] model", "loans.pt2", "../secret.csv"),
        ("[decision] rule", 'model = "loans.pt2"', 'score = "x"\nrule = "linked.csv"'),
        ("[decision] images", "[groups]", 'image = "x"\nimages = "door"\n[groups]'),
        ("[mitigate] evaluate", "[mitigate]", '[mitigate]\nevaluate = "linked.csv"'),
    ],
)
def test_so_is_every_other_file_that_a_plan_names(
    folder: Path, capsys: pytest.CaptureFixture[str], key: str, old: str, new: str
) -> None:
    before = (folder / "plan.toml").read_text().replace(old, new)
    (folder / "plan.toml").write_text(before)
    assert f"{key} " in refused(folder, capsys)


def test_a_plan_that_is_itself_a_link_is_not_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.toml").unlink()
    (folder / "plan.toml").symlink_to(folder.parent / "secret.csv")
    assert "the plan itself leads out" in refused(folder, capsys)


@pytest.mark.parametrize("planted", ["out", "out/result.json", "out/before"])
def test_results_are_written_through_no_link(folder: Path, capsys: pytest.CaptureFixture[str], planted: str) -> None:
    (folder / planted).parent.mkdir(exist_ok=True)
    (folder / planted).symlink_to(folder.parent / "secret.csv")
    assert "is a link, which --inside does not write through" in refused(folder, capsys)


def test_nor_into_a_folder_that_leads_elsewhere(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert "door is a link" in refused(folder, capsys, "audit", "--out", "door/out")


@pytest.mark.jobs
def test_what_lies_inside_is_audited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a link that stays inside, with a path relative to where the command runs."""
    (folder / "people.csv").write_text("g,p\n" + "a,1\na,0\nb,1\nb,0\n" * 20)
    (folder / "link.csv").symlink_to("people.csv")
    plan = """plumbline = 1
name = "test"
[data]
file = "link.csv"
[decision]
prediction = "p"
favourable = 1
[groups]
sensitive = ["g"]
"""
    (folder / "plan.toml").write_text(plan)
    monkeypatch.chdir(folder.parent)
    assert main(["audit", "checkout/plan.toml", "--inside", "--out", "checkout/out"]) == 0
    assert (folder / "out" / "result.json").is_file()


@pytest.mark.parametrize("name", ["many", "many/*.csv"])
def test_a_link_among_the_files_of_a_table_leads_nowhere(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / "many").mkdir()
    (folder / "many" / "a.csv").write_bytes((folder / "loans.csv").read_bytes())
    (folder / "many" / "b.csv").symlink_to(folder.parent / "secret.csv")
    edited(folder, "loans.csv", name)
    assert f'[data] file "{name}", b.csv, leads out of the plan\'s folder' in refused(folder, capsys)
