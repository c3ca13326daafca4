"""An audit job that did as it should, and a copy of what it wrote for each test to forge."""

from pathlib import Path

import pytest

from core.engine.job import run
from tests.worlds.people import csv_text, plan_of, quiet

ROWS = [("ab"[i % 2], str(i % 3 % 2), str(i % 10 / 10), "z" if i % 7 == 0 else "y") for i in range(60)]
PLAN = plan_of(
    decision='score = "s"\nthreshold = 0.5', label=True, data='keep = [{column = "k", not_in = ["z"]}]'
)  # fmt: skip
DIGEST = "a" * 64


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a job that did as it should."""
    folder = tmp_path_factory.mktemp("job")
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    (folder / "in" / "table").write_text(csv_text(("g", "y", "s", "k"), ROWS))
    run(folder, {"plan": PLAN.to_toml()}, quiet)  # type: ignore[arg-type]
    return folder / "out"


@pytest.fixture
def out(honest: Path, tmp_path: Path) -> Path:
    """A copy of it to forge."""
    (tmp_path / "out").mkdir()
    for path in honest.iterdir():
        (tmp_path / "out" / path.name).write_bytes(path.read_bytes())
    return tmp_path / "out"
